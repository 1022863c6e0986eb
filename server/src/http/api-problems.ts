import { applyDecorators } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiProperty,
  ApiPropertyOptional,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import {
  ERROR_CODES,
  HTTP_ERROR_CODES,
  type FieldError,
  type Problem,
  type ProblemCode,
} from '@parley/shared';
import { problem } from './problem.filter.js';

export class FieldErrorDto implements FieldError {
  @ApiProperty({ example: 'text' })
  field: string;

  @ApiProperty({ example: 'must not be empty' })
  message: string;
}

export class ProblemDto implements Problem {
  @ApiProperty({ example: 'about:blank' })
  type: string;

  @ApiProperty({ example: 'Bad Request' })
  title: string;

  @ApiProperty({ type: 'integer', example: 400 })
  status: number;

  @ApiProperty({ example: 'text: must not be empty' })
  detail: string;

  @ApiProperty({
    enum: [...Object.keys(ERROR_CODES), ...Object.keys(HTTP_ERROR_CODES)],
    example: 'bad_frame',
    description: 'What a program decides by.',
  })
  code: ProblemCode;

  @ApiPropertyOptional({ type: [FieldErrorDto] })
  errors?: FieldErrorDto[];
}

/** When each status is answered, with an example. */
const CASES = {
  400: ['A field is missing or wrong: `errors` names it and the rule.', 'text: must not be empty'],
  404: ['Not there, or not yours: the same answer.', 'There is no such room.'],
  409: ['It is taken, or was used for something else.', 'username: is taken'],
  410: [
    'Too much has changed since: fetch the newest page instead.',
    'Too much has changed since that revision.',
  ],
  413: [
    'The body is larger than 32 KiB (with a text: than the longest text, every character escaped).',
    'The body is too large.',
  ],
  415: ['The body is not JSON.', 'The body must be JSON: send Content-Type: application/json.'],
  429: ['Too fast: wait `Retry-After` seconds.', 'You are sending faster than is allowed.'],
  503: ['The database is away. Nothing is lost: send it again.', 'The database cannot be reached right now.'],
} as const satisfies Record<number, readonly [string, string]>;

/** Documents the errors of a call that takes a body. */
export function ApiBodyProblems(...statuses: (keyof typeof CASES)[]) {
  return ApiProblems(...statuses, 413, 415);
}

/** Documents the errors of a call. Every call is limited (429), and may find the database away (503). */
export function ApiProblems(...statuses: (keyof typeof CASES)[]) {
  return applyDecorators(
    ApiOriginProblem(),
    ...[...new Set([...statuses, 429 as const, 503 as const])].map((status) => {
      const [description, detail] = CASES[status];
      return ApiResponse({ status, description, content: contentOf(status, detail) });
    }),
  );
}

/** Documents what every call answers to the page of a foreign origin, and to a foreign `Host`. */
export function ApiOriginProblem() {
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    ApiResponse({
      status: 421,
      description: '`Host` is not a name of this server (`ALLOWED_HOSTS`).',
      content: contentOf(421, 'This server does not answer to this Host.'),
    }),
    ApiResponse({
      status: 403,
      description: 'A page of a foreign origin.',
      content: contentOf(403, 'This origin may not call.'),
    }),
  );
}

function contentOf(status: number, detail: string) {
  const schema = { $ref: getSchemaPath(ProblemDto) };
  return { 'application/problem+json': { schema, example: problem(status, detail) } };
}
