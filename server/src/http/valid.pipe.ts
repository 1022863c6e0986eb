import { ValidationPipe, type ValidationError } from '@nestjs/common';
import type { FieldError } from '@parley/shared';
import { ChatError } from '../errors/chat-error.js';

/**
 * Checks a body or a query against its DTO. What the first clients may send besides is ignored in their calls
 * (`base`); elsewhere an unknown field is a mistake and is named.
 */
function valid(unknownFields: 'ignored' | 'refused'): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: unknownFields === 'refused',
    forbidUnknownValues: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => refusal(errors),
  });
}

export const ValidBase = valid('ignored');
export const Valid = valid('refused');

function refusal(errors: ValidationError[]): ChatError {
  const fields = errors.map(fieldErrorOf);
  return new ChatError('bad_frame', fields.map(({ field, message }) => `${field}: ${message}`).join('; '), {
    fields,
  });
}

/** class-validator begins its sentences with the field's name, which stands before them already. */
export function fieldErrorOf(error: ValidationError): FieldError {
  const [rule, sentence = 'is not valid'] = Object.entries(error.constraints ?? {})[0] ?? [];
  if (rule === 'whitelistValidation')
    return { field: error.property, message: 'is not a field of this request' };
  return { field: error.property, message: sentence.replace(`${error.property} `, '') };
}
