import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FieldError, Problem, ProblemCode } from '@parley/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { isConnectionTrouble } from '../database/database-errors.js';
import { ChatError, STATUS } from '../errors/chat-error.js';
import { errorFields } from '../logging/log-line.js';
import { setRateLimit } from './rate-limit.js';

/** The code of a problem that nothing but its status says anything about. */
const CODES: Readonly<Record<number, ProblemCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'timeout',
  409: 'conflict',
  410: 'gone',
  413: 'too_large',
  414: 'too_large',
  415: 'unsupported_media_type',
  421: 'misdirected',
  429: 'rate_limited',
  431: 'too_large',
  500: 'internal',
  503: 'unavailable',
};

/**
 * What went wrong as RFC 9457 says it. Nothing of the request, of SQL or of a stack is repeated.
 * @param more `code` where the status does not say it all; the fields that are wrong.
 */
export function problem(
  status: number,
  detail: string,
  more: { code?: ProblemCode; errors?: FieldError[] | undefined } = {},
): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  const code = more.code ?? CODES[status] ?? (status < 500 ? 'bad_request' : 'internal');
  return {
    type: 'about:blank',
    title,
    status,
    detail,
    code,
    ...(more.errors ? { errors: more.errors } : {}),
  };
}

/** The one place where an exception becomes an HTTP answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const { body, retryAfterMs } = this.toProblem(error, http.getRequest<FastifyRequest>().id);
    if (error instanceof ChatError && error.details.quota) setRateLimit(reply, error.details.quota);
    if (retryAfterMs !== undefined) void reply.header('Retry-After', Math.ceil(retryAfterMs / 1_000));
    void reply.status(body.status).type('application/problem+json').send(JSON.stringify(body));
  }

  /** Also for errors that Fastify finds before Nest is asked. */
  toProblem(error: unknown, requestId: string): { body: Problem; retryAfterMs?: number } {
    if (error instanceof ChatError) {
      const { fields, retryAfterMs } = error.details;
      const body = problem(STATUS[error.code], error.message, { code: error.code, errors: fields });
      return retryAfterMs === undefined ? { body } : { body, retryAfterMs };
    }
    // Nest wraps what Fastify finds wrong with a body.
    const status = error instanceof HttpException ? error.getStatus() : clientErrorStatus(error);
    if (status) return { body: transportProblem(status, error) };
    if (isConnectionTrouble(error)) {
      return {
        body: problem(503, 'The database cannot be reached right now. Try again.'),
        retryAfterMs: 1_000,
      };
    }
    this.#logger.error({ msg: 'Unexpected error', request_id: requestId, ...errorFields(error) });
    return { body: problem(500, 'Something went wrong on our side.') };
  }
}

const SENTENCES: Record<number, string> = {
  404: 'There is nothing at this address.',
  413: 'The body is too large.',
  414: 'The address is too long.',
  415: 'The body must be JSON: send Content-Type: application/json.',
  503: 'The database cannot be reached right now. Try again.',
};

function clientErrorStatus(error: unknown): number | null {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

/** What is wrong with a request before any code of ours has seen it. */
function transportProblem(status: number, error: unknown): Problem {
  if (status !== 400) return problem(status, sentenceOf(status));
  if (error instanceof Error && 'code' in error && error.code === 'FST_ERR_BAD_URL')
    return problem(400, 'The address is not valid.');
  return problem(400, 'The body must be valid JSON.', { code: 'bad_json' });
}

function sentenceOf(status: number): string {
  return SENTENCES[status] ?? STATUS_CODES[status] ?? 'The request is not understood.';
}
