/** One wrong field of a request. */
export interface FieldError {
  field: string;
  message: string;
}

/** Every HTTP error: RFC 9457, `application/problem+json`. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
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
  rate_limited: { retry: true },
  unauthorized: { retry: false },
  unavailable: { retry: true },
  internal: { retry: true },
} as const satisfies Record<string, { retry: boolean }>;

export type ErrorCode = keyof typeof ERROR_CODES;

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
