/** One wrong field of a request. */
export interface FieldError {
  field: string;
  message: string;
}

/**
 * Every HTTP error: RFC 9457, `application/problem+json`. A program decides by `code`; `detail` is a sentence for
 * people and may change. `type` is always `about:blank`, so `title` is the phrase of the status.
 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  errors?: FieldError[];
}

/** Codes of `error` frames, and whether sending the same again later can help. */
export const ERROR_CODES = {
  bad_json: { retry: false },
  bad_frame: { retry: false },
  unknown_type: { retry: false },
  not_found: { retry: false },
  forbidden: { retry: false },
  too_long: { retry: false },
  conflict: { retry: false },
  blocked: { retry: false },
  edit_window_over: { retry: false },
  deleted: { retry: false },
  too_many: { retry: false },
  rate_limited: { retry: true },
  unauthorized: { retry: false },
  unavailable: { retry: true },
  internal: { retry: true },
} as const satisfies Record<string, { retry: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;

type RetryableCode = {
  [Code in ErrorCode]: (typeof ERROR_CODES)[Code]['retry'] extends true ? Code : never;
}[ErrorCode];

/** Those with `retry`, which the compiler compares with the list: clients ask for no more, and a page carries no more. */
const RETRYABLE_CODES: Readonly<Record<RetryableCode, true>> = {
  rate_limited: true,
  unavailable: true,
  internal: true,
};

/** Whether sending the same again later can help. Not for a code of a newer server, which this build does not know. */
export function isRetryable(code: string): boolean {
  return Object.hasOwn(RETRYABLE_CODES, code);
}

/** Further codes, of problems that only HTTP can meet, and whether sending the same again later can help. */
export const HTTP_ERROR_CODES = {
  /** 400: the request is not HTTP, or its path or query cannot be decoded. */
  bad_request: { retry: false },
  /** 405: the path has other methods, which `Allow` lists. */
  method_not_allowed: { retry: false },
  /** 408: the request took too long to arrive. */
  timeout: { retry: true },
  /** 410: more has changed since that revision than one answer holds. */
  gone: { retry: false },
  /** 413, 414, 431: the body, the address or the headers are too large. */
  too_large: { retry: false },
  /** 415: the body is not JSON. */
  unsupported_media_type: { retry: false },
  /** 421: this server does not answer for that host. */
  misdirected: { retry: false },
  /** 403: the user has to prove the password or a passkey again: the last proof is too old. */
  proof_required: { retry: false },
  /** 426: the path is a WebSocket. */
  upgrade_required: { retry: false },
} as const satisfies Record<string, { retry: boolean }>;

/** The code of an HTTP problem: one of the socket's, or one that only HTTP has. */
export type ProblemCode = ErrorCode | keyof typeof HTTP_ERROR_CODES;

/** Why the server closes a socket, and whether the client should come back. */
export const CLOSE_CODES = {
  /** Abuse. Coming back at once makes it worse. */
  policy: { code: 1008, reconnect: false },
  /** A frame over the limit: the same frame would be refused again. */
  tooBig: { code: 1009, reconnect: true },
  /** The server restarts: come back at a random moment within 5 s. */
  restart: { code: 1012, reconnect: true },
  /** Too slow to keep up: come back and `sync`. */
  tooSlow: { code: 1013, reconnect: true },
  unauthorized: { code: 4401, reconnect: false },
  notAMember: { code: 4403, reconnect: false },
  noSuchRoom: { code: 4404, reconnect: false },
} as const satisfies Record<string, { code: number; reconnect: boolean }>;
