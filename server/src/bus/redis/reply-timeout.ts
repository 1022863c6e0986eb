import type { Redis } from 'ioredis';

/** A connection that receives no data for this long after a command hangs, in milliseconds. */
export const REPLY_TIMEOUT_MS = 500;
/** A timer that fires later than this means that this process was suspended (a long task, SIGSTOP), in milliseconds. */
const MAX_TIMER_DELAY_MS = 50;

/**
 * Closes a connection that hangs, so that ioredis opens a new one. Unlike `socketTimeout` and `commandTimeout` of ioredis
 * it does not close a connection because this process was suspended: replies that arrived meanwhile are read first.
 */
export class ReplyTimeout {
  #timer: NodeJS.Timeout | null = null;
  /** The connection that the timer watches. */
  #stream: Redis['stream'] | null = null;

  constructor(private readonly redis: Redis) {
    // ioredis sends its own commands (AUTH, INFO) before a connection is ready.
    redis.on('connect', () => this.expectReply());
  }

  ping(): void {
    if (this.redis.status !== 'ready') return;
    this.expectReply();
    this.redis.ping().catch(() => undefined);
  }

  /** To be called before each command. */
  expectReply(): void {
    const { stream } = this.redis;
    if (this.#timer && this.#stream === stream) return;
    this.close();
    this.#wait(stream, stream.bytesRead);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#stream = null;
  }

  #wait(stream: Redis['stream'], bytesRead: number): void {
    const dueAt = performance.now() + REPLY_TIMEOUT_MS;
    this.#stream = stream;
    this.#timer = setTimeout(() => {
      const wasSuspended = performance.now() - dueAt > MAX_TIMER_DELAY_MS;
      // Timers run before sockets are read; setImmediate runs after.
      setImmediate(() => {
        if (this.#stream !== stream) return;
        this.#timer = null;
        if (stream.destroyed || stream.bytesRead > bytesRead) return;
        if (wasSuspended) this.#wait(stream, bytesRead);
        else stream.destroy(new Error(`no reply within ${REPLY_TIMEOUT_MS} ms`));
      });
    }, REPLY_TIMEOUT_MS).unref();
  }
}
