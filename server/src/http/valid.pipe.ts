import { Injectable, type ArgumentMetadata, type PipeTransform, type Type } from '@nestjs/common';
import type { FieldError } from '@parley/shared';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import { ChatError } from '../errors/chat-error.js';

const FIELDS = new Map<Type<object>, ReadonlySet<string>>();

/** The fields of a DTO: those that have a rule. */
export function fieldsOf(dto: Type<object>): ReadonlySet<string> {
  let fields = FIELDS.get(dto);
  if (!fields) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
    FIELDS.set(dto, (fields = new Set(rules.map(({ propertyName }) => propertyName))));
  }
  return fields;
}

/**
 * Checks a body or a query against its DTO. Only the fields of the DTO are looked at, and of these only values that are
 * not objects are transformed, because no field of a DTO is one: class-transformer walks through everything that it is
 * given, which took up to 124 ms for a body of 122 kB that was refused after all.
 *
 * Unknown fields are ignored in the calls of legacy clients (`ValidBase`); elsewhere the first of them is refused.
 */
@Injectable()
class ValidPipe implements PipeTransform<unknown, object> {
  constructor(private readonly unknownFields: 'ignored' | 'refused') {}

  /** @throws ChatError `bad_frame` that names the fields and the rules. */
  transform(value: unknown, { metatype }: ArgumentMetadata): object {
    const dto = metatype as Type<object>;
    const source = value ?? {};
    if (typeof source !== 'object' || Array.isArray(source)) {
      throw new ChatError('bad_frame', 'The body must be one JSON object.');
    }
    const known = fieldsOf(dto);
    const plain: Record<string, unknown> = {};
    const nested: Record<string, unknown> = {};
    const errors: FieldError[] = [];
    for (const field of known) {
      if (!Object.hasOwn(source, field)) continue;
      const given = (source as Record<string, unknown>)[field];
      (typeof given === 'object' && given !== null ? nested : plain)[field] = given;
    }
    const unknown =
      this.unknownFields === 'refused' && Object.keys(source).find((field) => !known.has(field));
    if (typeof unknown === 'string')
      errors.push({ field: unknown.slice(0, MAX_FIELD_LENGTH), message: 'is not a field of this request' });
    const instance = Object.assign(plainToInstance(dto, plain), nested);
    errors.push(...validateSync(instance, { stopAtFirstError: true }).map(fieldErrorOf));
    if (errors.length === 0) return instance;
    const detail = errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
    throw new ChatError('bad_frame', detail, { fields: errors });
  }
}

/** Of the name of an unknown field, only this many characters come back. */
const MAX_FIELD_LENGTH = 50;

export const ValidBase = new ValidPipe('ignored');
export const Valid = new ValidPipe('refused');

/**
 * class-validator begins its sentences with the field's name, which stands before them already. Of a required field that
 * was not sent it names the type ("must be a string"), which reads as if a wrong one had been sent.
 */
export function fieldErrorOf(error: ValidationError): FieldError {
  if (error.value === undefined) return { field: error.property, message: 'is missing' };
  const [sentence = 'is not valid'] = Object.values(error.constraints ?? {});
  return { field: error.property, message: sentence.replace(`${error.property} `, '') };
}
