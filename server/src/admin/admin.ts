import {
  MAX_PASSWORD_LENGTH,
  MIN_PASSWORD_LENGTH,
  MAX_USERNAME_LENGTH,
  textLength,
  USERNAME_PATTERN,
} from '@parley/shared';
import { randomBytes } from 'node:crypto';
import { START, type Started } from '../accounts/deletion/deletion.sql.js';
import { PasswordHasher } from '../accounts/password-hasher.js';
import { PasswordRules } from '../accounts/password-rules.js';
import { skeletonOf } from '../accounts/username-skeleton.js';
import { hashOfToken, newToken } from '../auth/session-token.js';
import { COUNT_END } from '../auth/sessions.sql.js';
import { CommandError } from '../backup/command.js';
import type { Statement } from '../database/database.js';
import { isUniqueViolation } from '../database/database-errors.js';
import { ChatError } from '../errors/chat-error.js';
import * as sql from './admin.sql.js';

/** Runs statements; the server's pool or a client of a command. */
export interface Queries {
  query<Row>(statement: Statement, values: unknown[]): Promise<Row[]>;
}

/** The sessions or access tokens that end: one, those of a user, or all. */
export type Target = { id: number } | { username: string } | 'all';

/** How many sessions and access tokens have ended. */
export interface Ended {
  ended_sessions: number;
  ended_tokens: number;
}

/** Exit code of a command about something that does not exist. */
const NOT_FOUND = 3;
/** 96 bits, as 16 characters that can be read aloud. */
const PASSWORD_BYTES = 12;

/** What the commands of `npm run admin` do. The results are what `--json` prints. */
export class Admin {
  readonly #hasher = new PasswordHasher();
  readonly #rules = new PasswordRules();

  constructor(private readonly database: Queries) {}

  users(): Promise<Record<string, unknown>[]> {
    return this.database.query(sql.LIST_USERS, []);
  }

  /** @param password null: one is made. @throws CommandError when the username is not valid or taken. */
  async createUser(username: string, displayName: string, password: string | null) {
    if (!USERNAME_PATTERN.test(username) || username.length > MAX_USERNAME_LENGTH) {
      throw new CommandError(
        `A username has 1 to ${MAX_USERNAME_LENGTH} letters, digits, ".", "_" and "-", and begins with a letter or digit.`,
        1,
      );
    }
    const secret = this.#passwordFor(username, password);
    try {
      const values = [username, displayName, skeletonOf(username), await this.#hasher.hash(secret)];
      const [row] = await this.database.query<{ user_id: number }>(sql.CREATE_USER, values);
      return { id: row?.user_id, username, ...shown(secret, password) };
    } catch (error) {
      if (isUniqueViolation(error))
        throw new CommandError(`${username} is taken, or looks like a user who is there.`, 1);
      throw error;
    }
  }

  /**
   * A new password; all sessions and access tokens end, and passkeys and identities are removed: the account is back with its owner.
   * @param password null: one is made.
   */
  async resetUser(name: string, password: string | null) {
    const { id, username } = await this.#find(name);
    const secret = this.#passwordFor(username, password);
    const values = [id, skeletonOf(username), await this.#hasher.hash(secret)];
    let ended: Ended = { ended_sessions: 0, ended_tokens: 0 };
    try {
      const rows = await this.database.query(sql.RESET_PASSWORD, values);
      ended = { ...ended, ended_sessions: rows.length };
    } catch (error) {
      if (isUniqueViolation(error)) {
        throw new CommandError(`${username} looks like another user with an account.`, 1);
      }
      throw error;
    }
    // The access tokens, and the sessions of logins with the password before that were under way.
    const rest = await this.#endAllOf(id);
    await this.database.query(COUNT_END, []);
    ended = { ...rest, ended_sessions: ended.ended_sessions + rest.ended_sessions };
    return { id, username, ...ended, ...shown(secret, password) };
  }

  /** A disabled user cannot log in; all sessions and access tokens end. */
  async setDisabled(name: string, isDisabled: boolean) {
    const { id, username } = await this.#find(name);
    const rows = await this.database.query(sql.DISABLE_USER, [id, isDisabled]);
    if (rows.length === 0) throw new CommandError(`${username} has no account.`, NOT_FOUND);
    const ended = isDisabled ? await this.#endAllOf(id) : { ended_sessions: 0, ended_tokens: 0 };
    return { id, username, disabled: isDisabled, ...ended };
  }

  /** Deletes the account at once. The servers close the rooms and remove the texts, or the next one that starts. */
  async deleteUser(name: string, removeTexts: boolean) {
    const { id, username } = await this.#find(name);
    const [started] = await this.database.query<Started>(START, [id, removeTexts, null]);
    if (!started) throw new CommandError(`There is no user ${name}.`, NOT_FOUND);
    await this.database.query(COUNT_END, []);
    return {
      id,
      username,
      messages: removeTexts ? 'remove' : 'keep',
      ended_sessions: started.ended_sessions.length,
      ended_tokens: started.ended_tokens.length,
    };
  }

  /** @returns the code, which is stored nowhere. */
  async createInvite(uses: number, days: number) {
    const code = newToken();
    const values = [hashOfToken(code), uses, days];
    const [row] = await this.database.query<{ id: number; expires_at: Date }>(sql.CREATE_INVITE, values);
    return { id: row?.id, code, uses, expires_at: row?.expires_at };
  }

  invites(): Promise<Record<string, unknown>[]> {
    return this.database.query(sql.LIST_INVITES, []);
  }

  async sessions(name: string | null): Promise<Record<string, unknown>[]> {
    const user = name === null ? null : await this.#find(name);
    return this.database.query(sql.LIST_SESSIONS, [user?.id ?? null]);
  }

  /** Ends one session, those of a user, or all. Servers close their sockets within a second. */
  async endSessions(target: Target): Promise<Pick<Ended, 'ended_sessions'>> {
    return { ended_sessions: await this.#endTarget(sql.END_SESSIONS, target, 'session') };
  }

  async tokens(name: string | null): Promise<Record<string, unknown>[]> {
    const user = name === null ? null : await this.#find(name);
    return this.database.query(sql.LIST_TOKENS, [user?.id ?? null]);
  }

  /** Ends access tokens. Servers close their sockets within a second. */
  async endTokens(target: Target): Promise<Pick<Ended, 'ended_tokens'>> {
    return { ended_tokens: await this.#endTarget(sql.END_TOKENS, target, 'access token') };
  }

  reports(): Promise<Record<string, unknown>[]> {
    return this.database.query(sql.LIST_REPORTS, []);
  }

  /** A report and the messages that it is about. @throws CommandError when there is none. */
  async report(id: number): Promise<Record<string, unknown> & { messages: Record<string, unknown>[] }> {
    const [report] = await this.database.query<Record<string, unknown>>(sql.FIND_REPORT, [id]);
    if (!report) throw noSuchReport(id);
    const values = [report.room_id, report.first_seq, report.last_seq];
    return { ...report, messages: await this.database.query(sql.REPORTED_MESSAGES, values) };
  }

  /** @throws CommandError when there is none. */
  async deleteReport(id: number): Promise<{ id: number }> {
    const [deleted] = await this.database.query<{ id: number }>(sql.DELETE_REPORT, [id]);
    if (!deleted) throw noSuchReport(id);
    return deleted;
  }

  async #find(name: string): Promise<{ id: number; username: string }> {
    const [user] = await this.database.query<{ id: number; username: string }>(sql.FIND_USER, [name]);
    if (!user) throw new CommandError(`There is no user ${name}.`, NOT_FOUND);
    return user;
  }

  async #endTarget(statement: Statement, target: Target, noun: string): Promise<number> {
    if (target === 'all') return this.#end(statement, null, null);
    if ('username' in target) return this.#end(statement, null, (await this.#find(target.username)).id);
    const ended = await this.#end(statement, target.id, null);
    if (ended === 0) throw new CommandError(`There is no ${noun} ${target.id}.`, NOT_FOUND);
    return ended;
  }

  async #endAllOf(userId: number): Promise<Ended> {
    return {
      ended_sessions: await this.#end(sql.END_SESSIONS, null, userId),
      ended_tokens: await this.#end(sql.END_TOKENS, null, userId),
    };
  }

  /** @returns how many have ended. */
  async #end(statement: Statement, id: number | null, userId: number | null): Promise<number> {
    const rows = await this.database.query(statement, [id, userId]);
    if (rows.length > 0) await this.database.query(COUNT_END, []);
    return rows.length;
  }

  #passwordFor(username: string, password: string | null): string {
    if (password === null) return randomBytes(PASSWORD_BYTES).toString('base64url');
    const length = textLength(password);
    if (length < MIN_PASSWORD_LENGTH || length > MAX_PASSWORD_LENGTH) {
      throw new CommandError(
        `A password has ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters.`,
        1,
      );
    }
    try {
      this.#rules.assertAllowed('password', password, username);
    } catch (error) {
      throw error instanceof ChatError ? new CommandError(`${error.message}.`, 1) : error;
    }
    return password;
  }
}

/** A password that was made is shown, once. */
function shown(secret: string, given: string | null): { password?: string } {
  return given === null ? { password: secret } : {};
}

function noSuchReport(id: number): CommandError {
  return new CommandError(`There is no report ${id}.`, NOT_FOUND);
}
