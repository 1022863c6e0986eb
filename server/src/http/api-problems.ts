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
import { STATUS, type ChatError } from '../errors/chat-error.js';
import {
  BAD_JSON,
  DATABASE_AWAY,
  FOREIGN_HOST,
  FOREIGN_ORIGIN,
  problem,
  problemOf,
  TOO_LARGE,
  WRONG_TYPE,
} from './problem.js';

export class FieldErrorDto implements FieldError {
  @ApiProperty({ example: 'text' })
  field: string;

  @ApiProperty({ example: 'must not be empty' })
  message: string;
}

export class ProblemDto implements Problem {
  @ApiProperty({ enum: ['about:blank'] })
  type: string;

  @ApiProperty({ example: 'Bad Request', description: 'The phrase of the status.' })
  title: string;

  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599, example: 400 })
  status: number;

  @ApiProperty({ example: 'text: must not be empty', description: 'For people; it may change.' })
  detail: string;

  @ApiProperty({
    enum: [...Object.keys(ERROR_CODES), ...Object.keys(HTTP_ERROR_CODES)],
    example: 'bad_frame',
    description: 'For programs; it does not change.',
  })
  code: ProblemCode;

  @ApiPropertyOptional({
    type: [FieldErrorDto],
    description: 'The fields that are wrong, each with its rule.',
  })
  errors?: FieldErrorDto[];
}

const TOO_OFTEN = problem(429, 'Too many requests.');

/** What each status means here. */
export const MEANINGS: Readonly<Record<number, string>> = {
  400: 'The request is wrong: `errors` names the field and the rule where there is one.',
  401: 'There is no session, or it has ended.',
  403: 'It is not allowed: the page that calls is of a foreign origin, or the user or the access token may not do this.',
  404: 'It does not exist, or it is not yours: one answer for both.',
  409: 'It is taken, was used for something else, or has come further than you say.',
  410: 'Too much has changed: fetch the newest page instead. Of an upload: its time is over.',
  412: 'The version of the protocol is another one.',
  413: 'The body is larger than 32 KiB (with a text: than the longest text, every character escaped).',
  415: 'The body is not JSON.',
  421: '`Host` is not a name of this server (`ALLOWED_HOSTS`).',
  423: 'Another request to the same upload is under way: send this one again.',
  429: 'Too fast: wait `Retry-After` seconds.',
  503: 'The database is away. Nothing is lost: send the same again after `Retry-After` seconds.',
};

/** What a call answers to a body that it cannot read, or does not take. All but those that only read have these. */
export const BODY_PROBLEMS = [
  problem(400, BAD_JSON, { code: 'bad_json' }),
  problem(413, TOO_LARGE),
  problem(415, WRONG_TYPE),
];

/**
 * Documents the errors of a call by the very errors that it throws, which become the examples. Every call is
 * limited (429), and may find the database away (503).
 */
export function ApiProblems(...errors: ChatError[]) {
  const byStatus = new Map<number, Problem[]>();
  for (const body of [...errors.map(problemOf), TOO_OFTEN, problem(503, DATABASE_AWAY)])
    byStatus.set(body.status, [...(byStatus.get(body.status) ?? []), body]);
  return applyDecorators(ApiOriginProblem(), ...[...byStatus.values()].map(response));
}

/** Documents the errors of a call that takes a body. */
export function ApiBodyProblems(...errors: ChatError[]) {
  const badJson = problem(400, BAD_JSON, { code: 'bad_json' });
  const others = errors.map(problemOf).filter(({ status }) => status === 400);
  return applyDecorators(
    ApiProblems(...errors.filter((error) => STATUS[error.code] !== 400)),
    response([...others, badJson]),
  );
}

/** Documents refusals by a library, each of a status of its own that nothing else of the call has. */
export function ApiOtherProblems(...problems: Problem[]) {
  return applyDecorators(...problems.map((body) => response([body])));
}

/** Documents the limit of a call that needs no database. */
export function ApiLimitProblem() {
  return applyDecorators(ApiOriginProblem(), response([TOO_OFTEN]));
}

/** Documents what every call answers to the page of a foreign origin, and to a foreign `Host`. */
export function ApiOriginProblem() {
  return applyDecorators(
    ApiExtraModels(ProblemDto),
    response([problem(403, FOREIGN_ORIGIN)]),
    response([problem(421, FOREIGN_HOST)]),
  );
}

/** All examples of one status. */
function response(bodies: Problem[]): MethodDecorator & ClassDecorator {
  const { status } = bodies[0] as Problem;
  const examples = bodies.map((value, i) => [
    `${value.code}${i === 0 ? '' : `_${i + 1}`}`,
    { summary: value.detail, value },
  ]);
  return ApiResponse({
    status,
    description: MEANINGS[status] ?? 'It was refused.',
    content: {
      'application/problem+json': {
        schema: { $ref: getSchemaPath(ProblemDto) },
        examples: Object.fromEntries(examples),
      },
    },
  });
}
