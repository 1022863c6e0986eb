import type { ErrorCode, ServerFrameOf } from '@parley/shared';

/** Why a request failed: the server refused it (an error code), no reply arrived in time, or the connection was lost. */
export class RequestError extends Error {
  constructor(
    readonly code: ErrorCode | 'timeout' | 'disconnected',
    message: string = code,
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }
}

interface Pending {
  resolve(ack: unknown): void;
  reject(error: RequestError): void;
  timer: ReturnType<typeof setTimeout>;
}

/** The requests that wait for their reply, by `ref`. */
export class RequestTable {
  readonly #pending = new Map<number, Pending>();
  #lastRef = 0;

  /**
   * Calls `send` with a new ref, and resolves with the `ack` frame of that ref.
   * @throws RequestError, at once (`disconnected`) when `send` returns false.
   */
  request(send: (ref: number) => boolean, timeoutMs: number): Promise<unknown> {
    const ref = ++this.#lastRef;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(ref, new RequestError('timeout')), timeoutMs);
      this.#pending.set(ref, { resolve, reject, timer });
      if (!send(ref)) this.#fail(ref, disconnected());
    });
  }

  /** Resolves or rejects the request that the frame answers. @returns false when no request waits for it. */
  settle(frame: ServerFrameOf<'ack'> | ServerFrameOf<'error'>): boolean {
    const pending = this.#take(Number(frame.ref));
    if (!pending) return false;
    if (frame.type === 'ack') pending.resolve(frame);
    else pending.reject(new RequestError(frame.code, frame.message, frame.retry_after_ms));
    return true;
  }

  /** Rejects every waiting request, because the connection was lost. */
  failAll(): void {
    for (const ref of this.#pending.keys()) this.#fail(ref, disconnected());
  }

  #fail(ref: number, error: RequestError): void {
    this.#take(ref)?.reject(error);
  }

  #take(ref: number): Pending | undefined {
    const pending = this.#pending.get(ref);
    if (!pending) return undefined;
    clearTimeout(pending.timer);
    this.#pending.delete(ref);
    return pending;
  }
}

function disconnected(): RequestError {
  return new RequestError('disconnected');
}
