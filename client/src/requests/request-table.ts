import type { ErrorCode, ServerFrameOf } from '@parley/shared';

/** Why a request has no answer to show: the server refused it, or none came in time, or the line is gone. */
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

/** Pairs what was asked with what is answered, by `ref`. Knows nothing of sockets. */
export class RequestTable {
  readonly #pending = new Map<number, Pending>();
  #lastRef = 0;

  /** Sends by `send`, with a fresh ref; resolves with the ack, whose fields follow from the question. */
  ask(send: (ref: number) => boolean, timeoutMs: number): Promise<unknown> {
    const ref = ++this.#lastRef;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#fail(ref, new RequestError('timeout')), timeoutMs);
      this.#pending.set(ref, { resolve, reject, timer });
      if (!send(ref)) this.#fail(ref, disconnected());
    });
  }

  /** Takes an `ack` or `error` frame. False when nobody waits for it. */
  settle(frame: ServerFrameOf<'ack'> | ServerFrameOf<'error'>): boolean {
    const pending = this.#take(Number(frame.ref));
    if (!pending) return false;
    if (frame.type === 'ack') pending.resolve(frame);
    else pending.reject(new RequestError(frame.code, frame.message, frame.retry_after_ms));
    return true;
  }

  /** The connection is gone: rejects every waiting request. */
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
