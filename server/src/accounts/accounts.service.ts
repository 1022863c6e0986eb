import { USERNAME_PATTERN, type Login, type Register, type SessionId, type UserId } from '@parley/shared';
import { Inject, Injectable } from '@nestjs/common';
import { noSession } from '../auth/session.strategy.js';
import { hashOfToken, newToken } from '../auth/session-token.js';
import { SessionsService, type Device, type LoginProof, type Session } from '../auth/sessions.service.js';
import { CONFIG, type AccountSettings, type Config } from '../config/config.js';
import { Database } from '../database/database.js';
import { isUniqueViolation } from '../database/database-errors.js';
import { ChatError, fieldError } from '../errors/chat-error.js';
import { networkOf } from '../limits/network.js';
import { SharedLimits } from '../limits/shared-limits.js';
import { SecurityLog } from '../logging/security-log.js';
import type { Profile } from '../users/users.service.js';
import {
  BY_ID,
  BY_USERNAME,
  CHANGE_PASSWORD,
  FIND_INVITE,
  REGISTER,
  SET_PASSWORD,
  SET_UP,
} from './accounts.sql.js';
import { LoginLimit, RegistrationLimit } from './login-limit.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordRules } from './password-rules.js';
import { skeletonOf } from './username-skeleton.js';

export function registrationClosed(): ChatError {
  return new ChatError('forbidden', 'Registration is closed.');
}
export function inviteNotValid(): ChatError {
  return fieldError('invite', 'is not valid, or not any more', 'forbidden');
}
export function usernameTaken(): ChatError {
  return fieldError('username', 'is taken, or looks like one that is', 'conflict');
}
/** The same for a user who does not exist, a wrong password, and a disabled account. */
export function wrongCredentials(): ChatError {
  return new ChatError('unauthorized', 'The username or the password is wrong.');
}
export function wrongPassword(field = 'current_password'): ChatError {
  return fieldError(field, 'is wrong', 'forbidden');
}

/** A session that was opened. */
export interface Opened {
  userId: UserId;
  token: string;
}

interface AccountRow {
  id: UserId;
  username: string;
  /** Null: the user logs in without a password. */
  password_hash: string | null;
  is_disabled: boolean;
  ips: string[];
}

type OwnAccountRow = Pick<AccountRow, 'username' | 'password_hash'>;

/** Registration, login and passwords. */
@Injectable()
export class AccountsService {
  readonly #settings: AccountSettings;
  readonly #hasher = new PasswordHasher();
  readonly #rules = new PasswordRules();
  /** Null: no limits. */
  readonly #logins: LoginLimit | null;
  readonly #registrations: RegistrationLimit | null;

  constructor(
    @Inject(CONFIG) { accounts, limits }: Config,
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly security: SecurityLog,
    shared: SharedLimits,
  ) {
    if (!accounts) throw new Error('Accounts exist with AUTH_MODE=accounts only.');
    this.#settings = accounts;
    this.#logins = limits.rates && new LoginLimit(shared);
    this.#registrations = limits.rates && new RegistrationLimit(shared, limits.rates.registrationsPerHour);
  }

  /**
   * Makes a user with an account, and opens a session.
   * @param before the session of the request, which ends.
   * @throws ChatError `forbidden` when registration is closed or the invite is not valid; `conflict` when the username is
   *   taken; `bad_frame` for a common password; `rate_limited`.
   */
  async register(
    { username, password, display_name, invite }: Register,
    device: Device,
    before: Session | null,
  ): Promise<Opened> {
    // Before the password is hashed, which is expensive.
    await this.assertMayRegister(invite, device.ip);
    this.#rules.assertAllowed('password', password, username);
    const displayName = display_name?.trim() ?? username;
    const passwordHash = await this.#hasher.hash(password);
    try {
      const terms = this.termsOf(hashOfToken(invite ?? ''));
      const values = [...terms, username, displayName, skeletonOf(username), passwordHash];
      const [profile] = await this.database.query<Profile>(REGISTER, values);
      if (!profile) throw inviteNotValid();
      return await this.#openOrRefuse(profile.id, passwordHash, device, before);
    } catch (error) {
      if (isUniqueViolation(error)) throw usernameTaken();
      throw error;
    }
  }

  /**
   * Counts an attempt to register.
   * @throws ChatError `forbidden` when registration is closed or the invite is not valid; `rate_limited`.
   */
  async assertMayRegister(invite: string | undefined, ip: string): Promise<void> {
    await this.#registrations?.count(networkOf(ip));
    const { registration } = this.#settings;
    if (registration === 'closed' && invite === undefined) throw registrationClosed();
    if (registration === 'open') return;
    const terms = this.termsOf(hashOfToken(invite ?? '')).slice(0, 2);
    if ((await this.database.query(FIND_INVITE, terms)).length === 0) throw inviteNotValid();
  }

  /** The first values of the statements that register: the invite, and what REGISTRATION says. */
  termsOf(inviteHash: Buffer): [inviteHash: Buffer, isClosed: boolean, isOpen: boolean] {
    const { registration } = this.#settings;
    return [inviteHash, registration === 'closed', registration === 'open'];
  }

  /** Counts an attempt to log in. @throws ChatError `rate_limited`. */
  async countLogin(ip: string): Promise<void> {
    await this.#logins?.countIp(networkOf(ip));
  }

  /**
   * Proves a user by the password, and opens a session.
   * @param before the session of the request, which ends.
   * @throws ChatError `unauthorized`, as {@link wrongCredentials}; `rate_limited`.
   */
  async logIn({ username, password }: Login, device: Device, before: Session | null): Promise<Opened> {
    const { ip } = device;
    const network = networkOf(ip);
    await this.countLogin(ip);
    const account = USERNAME_PATTERN.test(username) ? await this.#find(username) : null;
    const isKnownIp = account?.ips.some((known) => networkOf(known) === network) ?? false;
    const giveBack = await this.#logins?.countUsername(username, isKnownIp ? network : null);
    const isRight = await this.#hasher.verify(account?.password_hash ?? null, password);
    if (!account?.password_hash || !isRight || account.is_disabled) {
      this.security.report('login_failed', ip);
      throw wrongCredentials();
    }
    await giveBack?.();
    const passwordHash = await this.#upToDate(account.id, account.password_hash, password);
    return this.#openOrRefuse(account.id, passwordHash, device, before);
  }

  /**
   * Changes the password; all other sessions of the user end, and all access tokens.
   * @param current undefined: the account has none, and a passkey was proved a moment ago.
   * @returns the new token of the session.
   * @throws ChatError `forbidden` when the current password is wrong; `proof_required`; `bad_frame` for a common one;
   *   `rate_limited`.
   */
  async changePassword(session: Session, current: string | undefined, next: string): Promise<string> {
    const { userId } = session;
    const account = await this.#proved(session, 'current_password', current);
    this.#rules.assertAllowed('new_password', next, account.username);
    const token = newToken();
    const nextHash = await this.#hasher.hash(next);
    const values = [userId, account.password_hash, nextHash, session.id, hashOfToken(token)];
    const [changed] = await this.database.query<{ renewed: number; ended: SessionId[] }>(
      CHANGE_PASSWORD,
      values,
    );
    // Another device has changed it in between.
    if (!changed) throw wrongPassword();
    await this.sessions.publishEnded(changed.ended);
    // Of a login with the password before, or the creation of an access token, that was under way.
    await this.sessions.endAllBut(userId, session.id);
    if (changed.renewed === 0) throw noSession();
    return token;
  }

  /** Proves the user of a session again. @throws ChatError `forbidden` for a wrong password; `rate_limited`. */
  async prove(session: Session, password: string): Promise<void> {
    await this.#verified(session.userId, 'password', password);
    await this.sessions.prove(session);
  }

  /**
   * @param password undefined: the account has none, and a passkey was proved a moment ago.
   * @throws ChatError `forbidden` for a wrong password; `bad_frame` for one that is missing; `proof_required`; `rate_limited`.
   */
  async assertOwner(session: Session, password: string | undefined): Promise<void> {
    await this.#proved(session, 'password', password);
  }

  /**
   * Opens a session for a user who has proved something.
   * @param before the session of the request, which ends.
   * @returns null when that was changed meanwhile, or the user disabled.
   */
  async open(
    userId: UserId,
    proof: LoginProof,
    device: Device,
    before: Session | null,
  ): Promise<Opened | null> {
    const token = await this.sessions.create(userId, proof, device);
    if (token === null) return null;
    // An access token stays: it has no row among the sessions.
    if (before) await this.sessions.end(before.userId, before.id);
    return { userId, token };
  }

  /** The code of the invite for the first account; null when there are accounts, or a code was made before. */
  async setUpCode(): Promise<string | null> {
    const code = newToken();
    const rows = await this.database.query(SET_UP, [hashOfToken(code)]);
    return rows.length > 0 ? code : null;
  }

  async #find(username: string): Promise<AccountRow | null> {
    const [account] = await this.database.query<AccountRow>(BY_USERNAME, [username]);
    return account ?? null;
  }

  /**
   * The account of a session whose user has given the password, or has none and has proved a passkey a moment ago.
   * @param field of the request, for the refusal of a wrong password.
   */
  async #proved(session: Session, field: string, password: string | undefined): Promise<OwnAccountRow> {
    if (password !== undefined) return this.#verified(session.userId, field, password);
    const [account] = await this.database.query<OwnAccountRow>(BY_ID, [session.userId]);
    if (!account || account.password_hash !== null) throw fieldError(field, 'is missing');
    await this.sessions.assertProved(session);
    return account;
  }

  /** @param field of the request, for the refusal of a wrong password. */
  async #verified(userId: UserId, field: string, password: string): Promise<OwnAccountRow> {
    const giveBack = await this.#logins?.countUser(userId);
    const [account] = await this.database.query<OwnAccountRow>(BY_ID, [userId]);
    const isRight = await this.#hasher.verify(account?.password_hash ?? null, password);
    if (!account || !isRight) throw wrongPassword(field);
    await giveBack?.();
    return account;
  }

  /** The hash of a password that was right, made anew if it has other parameters. */
  async #upToDate(id: UserId, before: string, password: string): Promise<string> {
    if (!this.#hasher.isOutdated(before)) return before;
    const passwordHash = await this.#hasher.hash(password);
    const rows = await this.database.query(SET_PASSWORD, [id, before, passwordHash]);
    return rows.length > 0 ? passwordHash : before;
  }

  /** @throws ChatError `unauthorized` when the password was changed or the user disabled in between. */
  async #openOrRefuse(
    id: UserId,
    passwordHash: string,
    device: Device,
    before: Session | null,
  ): Promise<Opened> {
    const opened = await this.open(id, { passwordHash }, device, before);
    if (opened === null) throw wrongCredentials();
    return opened;
  }
}
