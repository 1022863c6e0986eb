import type { Problem } from '@parley/shared';

/** Longest wait for an answer, in milliseconds. */
const TIMEOUT_MS = 15_000;

/** The server refused (`status` is its answer's), or could not be reached (`status` is 0). */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** What the server says about it; null when it says nothing. */
    readonly problem: Problem | null = null,
    /** When to try again, in seconds from now; null when the server does not say. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
  }
}

let whenUnauthorized: (() => void) | null = null;

/** Calls `listener`, the only one, for each answer that says that the session is not valid (401). */
export function onUnauthorized(listener: () => void): void {
  whenUnauthorized = listener;
}

/** `GET`s JSON. */
export async function getJson<T>(path: string): Promise<T> {
  return readJson<T>(await request(path, {}));
}

/** `POST`s JSON and reads the answer. */
export async function postJson<T>(path: string, body: object): Promise<T> {
  return readJson<T>(await request(path, withBody('POST', body)));
}

/** `PATCH`es JSON and reads the answer. */
export async function patchJson<T>(path: string, body: object): Promise<T> {
  return readJson<T>(await request(path, withBody('PATCH', body)));
}

/** `POST`s JSON, for an answer without a body. */
export async function post(path: string, body?: object): Promise<void> {
  await request(path, withBody('POST', body));
}

/** `PUT`s JSON, for an answer that is not read. */
export async function put(path: string, body: object): Promise<void> {
  await request(path, withBody('PUT', body));
}

/** `DELETE`s what is at the path. */
export async function remove(path: string, body?: object): Promise<void> {
  await request(path, withBody('DELETE', body));
}

function withBody(method: string, body: object | undefined): RequestInit {
  if (body === undefined) return { method };
  return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** @param init its `signal` stands for the timeout. @throws HttpError unless the answer is 2xx. */
export async function request(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
  } catch {
    throw new HttpError(0, 'The server cannot be reached.');
  }
  if (response.ok) return response;
  if (response.status === 401) whenUnauthorized?.();
  const problem = await readJson<Problem>(response).catch(() => null);
  const retryAfter = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
  throw new HttpError(
    response.status,
    'The server did not answer as expected.',
    problem,
    Number.isNaN(retryAfter) ? null : retryAfter,
  );
}

async function readJson<T>(response: Response): Promise<T> {
  // A captive portal or a proxy answers 200 with a page of its own: that is no answer.
  if (!/\bjson\b/.test(response.headers.get('content-type') ?? ''))
    throw new HttpError(0, 'The server did not answer as expected.');
  try {
    return (await response.json()) as T;
  } catch {
    // Broken off on the way.
    throw new HttpError(0, 'The server cannot be reached.');
  }
}
