import { readFileSync } from 'node:fs';
import { fieldError } from '../errors/chat-error.js';

/** The same from src and from dist. */
const COMMON_PASSWORDS = new URL('../../data/common-passwords.txt', import.meta.url);

/**
 * What NIST SP 800-63B asks of passwords besides their length: none that attackers try first. There are no rules about
 * digits or symbols.
 */
export class PasswordRules {
  /** Lower case; about 1 MB of memory. */
  readonly #common = new Set(readFileSync(COMMON_PASSWORDS, 'utf8').split('\n'));

  /** @throws ChatError `bad_frame` for a password that is common, or the username. */
  assertAllowed(field: string, password: string, username: string): void {
    const folded = password.toLowerCase();
    if (folded === username.toLowerCase()) throw fieldError(field, 'must not be the username');
    if (this.#common.has(folded)) throw fieldError(field, 'is one of the most common passwords');
  }
}
