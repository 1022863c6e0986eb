import type { UserId } from '@parley/shared';
import { ChatError } from '../errors/chat-error.js';
import type { SharedBuckets, SharedLimits, SharedWindow } from '../limits/shared-limits.js';

/** Attempts of one IP: a burst, and ten a minute. */
const PER_IP = { burst: 20, perSecond: 10 / 60 };
/** Failed attempts for one username: a burst, and one a minute. */
const PER_USERNAME = { burst: 10, perSecond: 1 / 60 };
const HOUR_MS = 3_600_000;

const TOO_MANY = 'Too many attempts.';

/** Gives an attempt back that has succeeded. */
export type GiveBack = () => Promise<void>;

/**
 * Limits the attempts to log in, per IP and per username, known or not, on all servers together. Attempts from an IP where
 * the user has a session have a bucket of their own, so that strangers who try the name do not keep its owner from
 * logging in. Sessions are not affected.
 */
export class LoginLimit {
  readonly #ofIp: SharedBuckets;
  readonly #ofUsername: SharedBuckets;
  readonly #ofUser: SharedBuckets;

  constructor(limits: SharedLimits) {
    this.#ofIp = limits.buckets('login-ip', PER_IP);
    this.#ofUsername = limits.buckets('login-username', PER_USERNAME);
    this.#ofUser = limits.buckets('password-user', PER_USERNAME);
  }

  /** Counts an attempt of an IP. @throws ChatError `rate_limited` with the time to wait. */
  async countIp(ip: string): Promise<void> {
    refuseIf(await this.#ofIp.take(ip));
  }

  /**
   * Counts an attempt for a username.
   * @param knownIp an IP where the user has a session; null: the attempt comes from elsewhere.
   * @throws ChatError `rate_limited` with the time to wait.
   */
  countUsername(username: string, knownIp: string | null): Promise<GiveBack> {
    // A username has no space.
    return count(this.#ofUsername, `${username.toLowerCase()} ${knownIp ?? ''}`);
  }

  /**
   * Counts an attempt of a user who has a session and proves the password again.
   * @throws ChatError `rate_limited` with the time to wait.
   */
  countUser(userId: UserId): Promise<GiveBack> {
    return count(this.#ofUser, String(userId));
  }
}

/** Limits the attempts to register in any hour, per IP, on all servers together. */
export class RegistrationLimit {
  readonly #attempts: SharedWindow;

  constructor(limits: SharedLimits, perHour: number) {
    this.#attempts = limits.window('register-ip', HOUR_MS, perHour);
  }

  /** @throws ChatError `rate_limited` with the time to wait. */
  async count(ip: string): Promise<void> {
    refuseIf(await this.#attempts.take(ip));
  }
}

async function count(buckets: SharedBuckets, key: string): Promise<GiveBack> {
  refuseIf(await buckets.take(key));
  return () => buckets.giveBack(key);
}

function refuseIf(retryAfterMs: number): void {
  if (retryAfterMs > 0) throw new ChatError('rate_limited', TOO_MANY, { retryAfterMs });
}
