import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Problem } from '@parley/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { isConnectionTrouble } from '../database/database-errors.js';
import { ChatError } from '../errors/chat-error.js';
import { errorFields } from '../logging/log-line.js';
import { BAD_JSON, DATABASE_AWAY, problem, problemOf, TOO_LARGE, WRONG_TYPE } from './problem.js';
import { setRateLimit } from './rate-limit.js';

/** Turns every exception into an HTTP response. */
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

  /** Also used for errors that Fastify reports before Nest handles the request. */
  toProblem(error: unknown, requestId: string): { body: Problem; retryAfterMs?: number } {
    if (error instanceof ChatError) {
      const { retryAfterMs } = error.details;
      const body = problemOf(error);
      return retryAfterMs === undefined ? { body } : { body, retryAfterMs };
    }
    // Nest wraps what Fastify finds wrong with a body.
    const status = error instanceof HttpException ? error.getStatus() : clientErrorStatus(error);
    if (status) return { body: transportProblem(status, error) };
    if (isConnectionTrouble(error)) {
      return {
        body: problem(503, DATABASE_AWAY),
        retryAfterMs: 1_000,
      };
    }
    this.#logger.error({ msg: 'Unexpected error', request_id: requestId, ...errorFields(error) });
    return { body: problem(500, 'Something went wrong on our side.') };
  }
}

const SENTENCES: Record<number, string> = {
  404: 'No such path.',
  413: TOO_LARGE,
  414: 'The URL is too long.',
  415: WRONG_TYPE,
  503: DATABASE_AWAY,
};

function clientErrorStatus(error: unknown): number | null {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}

/** The problem of a request that Fastify has refused. */
function transportProblem(status: number, error: unknown): Problem {
  if (status !== 400) return problem(status, sentenceOf(status));
  if (error instanceof Error && 'code' in error && error.code === 'FST_ERR_BAD_URL')
    return problem(400, 'The URL is not valid.');
  return problem(400, BAD_JSON, { code: 'bad_json' });
}

function sentenceOf(status: number): string {
  return SENTENCES[status] ?? STATUS_CODES[status] ?? 'Invalid request.';
}
