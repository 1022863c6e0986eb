import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  MAX_REASON_LENGTH,
  REPORT_CATEGORIES,
  VISIBLE_CHARACTER,
  type Me,
  type ReportCategory,
  type ReportRoom,
  type Sharing,
} from '@parley/shared';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, Max, Min, ValidateIf } from 'class-validator';
import { ID } from '../http/fields.js';
import { UserDto } from '../users/user.dto.js';

/** What each of {@link Sharing} is about. */
export const WHAT = {
  share_read: 'That messages are read.',
  share_delivered: 'That messages have arrived on a device.',
  share_typing: 'That the user is typing.',
  share_presence: 'Whether the user is online, and since when not.',
} as const;

/** A field that may be left out and is a boolean: unlike `IsOptional`, null is refused. */
function OptionalFlag(name: keyof Sharing): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'boolean', example: false, description: WHAT[name] }),
    ValidateIf((_, value) => value !== undefined),
    IsBoolean(),
  );
}

const flag = (name: keyof Sharing) => ApiProperty({ example: true, description: WHAT[name] });
export class MeDto extends UserDto implements Me {
  @flag('share_read') share_read: boolean;
  @flag('share_delivered') share_delivered: boolean;
  @flag('share_typing') share_typing: boolean;
  @flag('share_presence') share_presence: boolean;
}

export class SharingDto implements Sharing {
  @flag('share_read') share_read: boolean;
  @flag('share_delivered') share_delivered: boolean;
  @flag('share_typing') share_typing: boolean;
  @flag('share_presence') share_presence: boolean;
}

export class ChangeSharingDto implements Partial<Sharing> {
  @OptionalFlag('share_read') share_read?: boolean;
  @OptionalFlag('share_delivered') share_delivered?: boolean;
  @OptionalFlag('share_typing') share_typing?: boolean;
  @OptionalFlag('share_presence') share_presence?: boolean;
}

/** The same as JSON Schema and as the check: PostgreSQL stores no NUL and no half of a surrogate pair. */
const NOT_STORED = '[\\u0000\\ud800-\\udfff]';

export class ReportRoomDto implements ReportRoom {
  @ApiPropertyOptional({
    enum: REPORT_CATEGORIES,
    default: 'other',
    description: 'What it is about.',
  })
  @IsOptional()
  @IsIn(REPORT_CATEGORIES, { message: `must be one of ${REPORT_CATEGORIES.join(', ')}` })
  category?: ReportCategory;

  @ApiPropertyOptional({
    minLength: 1,
    maxLength: MAX_REASON_LENGTH,
    pattern: VISIBLE_CHARACTER.source,
    not: { pattern: NOT_STORED },
    example: 'Sends threats.',
    description: 'In the words of the user. Needed without `category`.',
  })
  @ValidateIf(({ category, reason }: ReportRoom) => reason !== undefined || (category ?? null) === null)
  @IsString()
  @Matches(
    new RegExp(`^(?!.*${NOT_STORED})(?=.*${VISIBLE_CHARACTER.source}).{1,${MAX_REASON_LENGTH}}$`, 'su'),
    {
      message: `must have 1 to ${MAX_REASON_LENGTH} characters, one of them visible`,
    },
  )
  reason?: string;

  @ApiPropertyOptional({ ...ID, example: 3, description: '`seq` of the first message that it is about.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  first_seq?: number;

  @ApiPropertyOptional({ ...ID, example: 7, description: '`seq` of the last message that it is about.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  last_seq?: number;
}
