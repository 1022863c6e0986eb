import type { ErrorCode, FieldError } from '@parley/shared';
import type { Quota } from '../limits/token-bucket.js';

/** Codes of {@link ChatError}: those of error frames, and those that only HTTP has. */
export type ChatErrorCode = ErrorCode | 'gone' | 'misdirected' | 'proof_required';

/** HTTP status of each code. */
export const STATUS: Readonly<Record<ChatErrorCode, number>> = {
  bad_json: 400,
  bad_frame: 400,
  unknown_type: 400,
  too_long: 400,
  unauthorized: 401,
  forbidden: 403,
  blocked: 403,
  edit_window_over: 403,
  proof_required: 403,
  not_found: 404,
  conflict: 409,
  deleted: 409,
  too_many: 409,
  gone: 410,
  misdirected: 421,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
};

/**
 * A refusal. Its message names the field and the rule for the developer of the client, and never repeats parts of the
 * request.
 */
export class ChatError extends Error {
  constructor(
    readonly code: ChatErrorCode,
    message: string,
    readonly details: { fields?: FieldError[]; retryAfterMs?: number; quota?: Quota } = {},
  ) {
    super(message);
  }
}

/** A refusal that is returned, not thrown: in a flood, creating the stack traces of errors would cost the most. */
export class Refusal {
  constructor(
    readonly code: ErrorCode,
    readonly message: string,
    readonly retryAfterMs?: number,
  ) {}
}

/** A field that breaks a rule. */
export function fieldError(field: string, message: string, code: ChatErrorCode = 'bad_frame'): ChatError {
  return new ChatError(code, `${field}: ${message}`, { fields: [{ field, message }] });
}

/** The same error for a room that does not exist and for one of other users. */
export function noSuchRoom(): ChatError {
  return new ChatError('not_found', 'There is no such room.');
}

export function noSuchMessage(): ChatError {
  return new ChatError('not_found', 'There is no such message.');
}

export function noSuchUser(): ChatError {
  return new ChatError('not_found', 'There is no such user.');
}

/** The refusal of a message to a deleted account. */
export function roomClosed(): ChatError {
  return new ChatError('forbidden', 'The other member has deleted the account.');
}
