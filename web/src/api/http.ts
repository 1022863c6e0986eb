/** Longest wait for an answer, in milliseconds. */
const TIMEOUT_MS = 15_000;

/** The server refused (`status` is its answer's), or could not be reached (`status` is 0). */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** `GET`s JSON. */
export function getJson<T>(path: string): Promise<T> {
  return requestJson<T>(path, {});
}

/** `POST`s JSON and reads the answer. */
export function postJson<T>(path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return requestJson<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function requestJson<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    throw new HttpError(0, 'The server cannot be reached.');
  }
  // A captive portal or a proxy answers 200 with a page of its own: that is no answer.
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  if (!response.ok || !isJson)
    throw new HttpError(response.ok ? 0 : response.status, 'The server did not answer as expected.');
  try {
    return (await response.json()) as T;
  } catch {
    // Broken off on the way.
    throw new HttpError(0, 'The server cannot be reached.');
  }
}
