import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { MAX_DISPLAY_NAME_LENGTH, VISIBLE_CHARACTER } from '@parley/shared';
import { IsOptional, IsString, Matches } from 'class-validator';

/** Characters that PostgreSQL does not store, or that disturb the text around a name: controls and directions. */
export const NOT_IN_NAME = '[\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]';

/** A name that people read. */
export const DISPLAY_NAME_SCHEMA = {
  minLength: 1,
  maxLength: MAX_DISPLAY_NAME_LENGTH,
  pattern: VISIBLE_CHARACTER.source,
  not: { pattern: NOT_IN_NAME },
};
/** The same, for the check. */
export const DISPLAY_NAME_PATTERN = new RegExp(
  `^(?!.*${NOT_IN_NAME})(?=.*${VISIBLE_CHARACTER.source}).{1,${MAX_DISPLAY_NAME_LENGTH}}$`,
  'su',
);

/** What others see of a user, in any script. The length counts code points. */
export function DisplayName(description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      ...DISPLAY_NAME_SCHEMA,
      example: 'Frida',
      description,
    }),
    IsOptional(),
    IsString(),
    Matches(DISPLAY_NAME_PATTERN, {
      message: `must have 1 to ${MAX_DISPLAY_NAME_LENGTH} characters, one of them visible, and no control characters`,
    }),
  );
}
