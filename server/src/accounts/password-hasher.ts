import { hash, verify } from '@node-rs/argon2';
import { ConcurrencyLimit } from '../database/concurrency-limit.js';
import { newToken } from '../auth/session-token.js';

/** Argon2id as OWASP recommends it: 19 MiB, two passes, one thread. Stored in every hash. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const CURRENT = `$argon2id$v=19$m=${OPTIONS.memoryCost},t=${OPTIONS.timeCost},p=${OPTIONS.parallelism}$`;

/** Hashes at once, of the four threads that Node has for all such work; and how many wait for one. */
const CONCURRENCY = 2;
const MAX_WAITING = 100;

/** Hashes passwords off the event loop, few at a time: each takes some 20 ms of a core and 19 MiB. */
export class PasswordHasher {
  readonly #share = new ConcurrencyLimit(CONCURRENCY, MAX_WAITING, 'Too many log in right now. Try again.');
  /** Of a password that nobody has. */
  readonly #nobodys = hash(newToken(), OPTIONS);

  /** @throws ChatError `unavailable` when too many wait. */
  hash(password: string): Promise<string> {
    return this.#share.run(() => hash(normal(password), OPTIONS));
  }

  /**
   * @param passwordHash null: there is no such user; takes as long as for one.
   * @throws ChatError `unavailable` when too many wait.
   */
  async verify(passwordHash: string | null, password: string): Promise<boolean> {
    const compared = passwordHash ?? (await this.#nobodys);
    const isRight = await this.#share.run(() => verify(compared, normal(password)));
    return isRight && passwordHash !== null;
  }

  /** Whether the hash was made with other parameters than new ones are. */
  isOutdated(passwordHash: string): boolean {
    return !passwordHash.startsWith(CURRENT);
  }
}

/** The same characters typed on another keyboard may have other code points (RFC 8265, OpaqueString). */
function normal(password: string): string {
  return password.normalize('NFC');
}
