import type { SessionId } from '@parley/shared';
import { Injectable } from '@nestjs/common';
import { newToken } from '../../auth/session-token.js';
import { Database } from '../../database/database.js';
import { ISSUE, TAKE } from './passkeys.sql.js';

/** How long an authenticator has to sign, in milliseconds. The page asks for a new challenge before that. */
export const CHALLENGE_MS = 300_000;

/** What a passkey that is used for a registration will belong to. */
export interface PendingRegistration {
  username: string;
  display_name: string;
  /** SHA-256 of the invite, in hexadecimal. */
  invite: string;
  /** base64url. */
  user_handle: string;
}

/** What a signature is asked for. One for another purpose, session or page does not count. */
export interface Ceremony {
  readonly purpose: 'login' | 'register' | 'add' | 'proof';
  /** Null: no session is needed. */
  readonly sessionId: SessionId | null;
  readonly origin: string;
}

/**
 * Challenges that authenticators sign. They are rows, so that any server can check what another one asked for, and the
 * statement that reads one deletes it: it counts once.
 */
@Injectable()
export class Challenges {
  constructor(private readonly database: Database) {}

  /** @returns the challenge, in base64url. */
  async issue(
    { purpose, sessionId, origin }: Ceremony,
    registration: PendingRegistration | null = null,
  ): Promise<string> {
    const challenge = newToken();
    await this.database.query(ISSUE, [challenge, purpose, sessionId, origin, registration, CHALLENGE_MS]);
    return challenge;
  }

  /** Uses a challenge up. @returns null when there is no such challenge for this, or it has expired. */
  async take(
    challenge: string,
    { purpose, sessionId, origin }: Ceremony,
  ): Promise<{ registration: PendingRegistration | null } | null> {
    const rows = await this.database.query<{ registration: PendingRegistration | null }>(TAKE, [
      challenge,
      purpose,
      sessionId,
      origin,
    ]);
    return rows[0] ?? null;
  }
}
