import { LRUCache } from 'lru-cache';
import type { UserId } from '@parley/shared';
import { ChatError } from '../errors/chat-error.js';
import { Buckets } from '../limits/buckets.js';

/** Attempts of one IP: a burst, and ten a minute. */
const PER_IP = { burst: 20, perSecond: 10 / 60 };
/** Failed attempts for one username: a burst, and one a minute. */
const PER_USERNAME = { burst: 10, perSecond: 1 / 60 };
const HOUR_MS = 3_600_000;
const MAX_IPS = 50_000;

const TOO_MANY = 'Too many attempts.';

/**
 * Limits the attempts to log in, per IP and per username, known or not. Attempts from an IP where the user has a session
 * have a bucket of their own, so that strangers who try the name do not keep its owner from logging in. Sessions are not
 * affected.
 */
export class LoginLimit {
  readonly #ofIp = new Buckets<string>(PER_IP);
  readonly #ofUsername = new Buckets<string>(PER_USERNAME);
  readonly #ofUser = new Buckets<UserId>(PER_USERNAME);

  /** @throws ChatError `rate_limited` with the time to wait. */
  takeIp(ip: string): void {
    refuseIf(this.#ofIp.take(ip));
  }

  /**
   * @param knownIp an IP where the user has a session; null: the attempt comes from elsewhere.
   * @returns what gives the attempt back when it succeeds.
   * @throws ChatError `rate_limited` with the time to wait.
   */
  takeUsername(username: string, knownIp: string | null): () => void {
    // A username has no space.
    const key = `${username.toLowerCase()} ${knownIp ?? ''}`;
    refuseIf(this.#ofUsername.take(key));
    return () => this.#ofUsername.giveBack(key);
  }

  /** For a user who has a session and proves the password again. */
  takeUser(userId: UserId): () => void {
    refuseIf(this.#ofUser.take(userId));
    return () => this.#ofUser.giveBack(userId);
  }
}

/** Limits the attempts to register in any hour, per IP. */
export class RegistrationLimit {
  readonly #attempts = new LRUCache<string, number[]>({ max: MAX_IPS });

  constructor(private readonly perHour: number) {}

  /** @throws ChatError `rate_limited` with the time to wait. */
  take(ip: string): void {
    const now = performance.now();
    const recent = (this.#attempts.get(ip) ?? []).filter((time) => now - time < HOUR_MS);
    this.#attempts.set(ip, recent);
    const [oldest] = recent;
    if (oldest !== undefined && recent.length >= this.perHour) refuseIf(HOUR_MS - (now - oldest));
    recent.push(now);
  }
}

function refuseIf(retryAfterMs: number): void {
  if (retryAfterMs > 0) throw new ChatError('rate_limited', TOO_MANY, { retryAfterMs });
}
