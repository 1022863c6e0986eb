import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FieldError, Problem } from '@parley/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { isConnectionTrouble } from '../database/database-errors.js';
import { ChatError, STATUS } from '../errors/chat-error.js';
import { errorFields } from '../logging/log-line.js';

/** What went wrong as RFC 9457 says it. Nothing of the request, of SQL or of a stack is repeated. */
export function problem(status: number, detail: string, errors?: FieldError[]): Problem {
  const title = STATUS_CODES[status] ?? 'Error';
  return { type: 'about:blank', title, status, detail, ...(errors ? { errors } : {}) };
}

/** The one place where an exception becomes an HTTP answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const { body, retryAfterMs } = this.toProblem(error, http.getRequest<FastifyRequest>().id);
    if (retryAfterMs !== undefined) void reply.header('Retry-After', Math.ceil(retryAfterMs / 1_000));
    void reply.status(body.status).type('application/problem+json').send(JSON.stringify(body));
  }

  /** Also for errors that Fastify finds before Nest is asked. */
  toProblem(error: unknown, requestId: string): { body: Problem; retryAfterMs?: number } {
    if (error instanceof ChatError) {
      const { fields, retryAfterMs } = error.details;
      const body = problem(STATUS[error.code], error.message, fields);
      return retryAfterMs === undefined ? { body } : { body, retryAfterMs };
    }
    if (error instanceof HttpException)
      return { body: problem(error.getStatus(), sentenceOf(error.getStatus(), error)) };
    const status = clientErrorStatus(error);
    if (status) return { body: problem(status, sentenceOf(status, error)) };
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
  400: 'The body must be valid JSON.',
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

function sentenceOf(status: number, error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'FST_ERR_BAD_URL')
    return 'The address is not valid.';
  return SENTENCES[status] ?? STATUS_CODES[status] ?? 'The request is not understood.';
}
