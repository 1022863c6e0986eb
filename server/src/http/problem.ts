import type { FieldError, Problem, ProblemCode } from '@parley/shared';
import { STATUS_CODES } from 'node:http';
import { STATUS, type ChatError } from '../errors/chat-error.js';

/** Sentences shared by answers and their documentation. */
export const BAD_JSON = 'The body must be a JSON object.';
export const TOO_LARGE = 'The body is too large.';
export const WRONG_TYPE = 'The body must be JSON: send Content-Type: application/json.';
export const DATABASE_AWAY = 'The database cannot be reached right now. Try again.';
export const FOREIGN_ORIGIN = 'Pages of this origin may not call this server.';
export const FOREIGN_HOST =
  'This server does not answer to this Host. If it is one of its names, add it to the setting ALLOWED_HOSTS.';

/** The code of a problem that is described by its status alone. */
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
  426: 'upgrade_required',
  429: 'rate_limited',
  431: 'too_large',
  500: 'internal',
  503: 'unavailable',
};

/**
 * An RFC 9457 problem. It never repeats parts of the request, of SQL or of a stack trace.
 * @param more `code` when it differs from that of the status; `errors`: the invalid fields.
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

/** The problem of a ChatError. */
export function problemOf({ code, message, details }: ChatError): Problem {
  return problem(STATUS[code], message, { code, errors: details.fields });
}
