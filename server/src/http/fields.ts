import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsISO8601, IsOptional, Matches, Max, Min } from 'class-validator';

/** Schema of an id: a range that JSON, JavaScript and PostgreSQL all represent exactly. */
export const ID = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
export const COUNT = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;
export const TIME = { type: 'string', format: 'date-time' } as const;

/** The query parameter by which a request names the user it acts as (simulation). */
export const ACTIVE_USER = { ...ID, name: 'active_user', description: 'The current user.' } as const;

interface Described {
  description: string;
  example?: number;
}

/** A required id in a body: what is documented is what is checked. */
export function Id(described: Described): PropertyDecorator {
  return applyDecorators(ApiProperty({ ...ID, ...described }), ...checks(ID));
}

/** An id in a body that may be left out. */
export function OptionalId(described: Described & { nullable?: boolean }): PropertyDecorator {
  return applyDecorators(ApiPropertyOptional({ ...ID, ...described }), IsOptional(), ...checks(ID));
}

/** Digits as JSON writes a whole number: no sign, space, leading zero, exponent or other base. */
const DIGITS = /^(?:0|[1-9]\d{0,15})$/;

/** An integer in a query that may be left out. It is written in digits and nothing else, and is not empty. */
export function QueryInteger({
  minimum,
  maximum = Number.MAX_SAFE_INTEGER,
  ...described
}: Described & { minimum: number; maximum?: number; default?: number }): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum, maximum, ...described }),
    IsOptional(),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && DIGITS.test(value) ? Number(value) : value,
    ),
    ...checks({ minimum, maximum }),
  );
}

/** A time of JSON, in UTC. */
const UTC = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z$/;

/** A time that may be left out, in a query or, with `nullable`, in a body. */
export function OptionalTime(described: {
  description: string;
  example?: string;
  nullable?: boolean;
}): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ ...TIME, pattern: UTC.source, ...described }),
    IsOptional(),
    IsISO8601({ strict: true }),
    Matches(UTC, { message: 'must be a time in UTC, like 2026-11-22T07:01:55.123Z' }),
  );
}

function checks({ minimum, maximum }: { minimum: number; maximum: number }): PropertyDecorator[] {
  return [IsInt(), Min(minimum), Max(maximum)];
}
