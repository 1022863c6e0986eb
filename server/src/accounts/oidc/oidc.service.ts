import {
  MAX_DISPLAY_NAME_LENGTH,
  MAX_USERNAME_LENGTH,
  type PasskeyRegistration,
  type UserId,
} from '@parley/shared';
import { Injectable, Logger } from '@nestjs/common';
import { hashOfToken, newToken } from '../../auth/session-token.js';
import type { Device, Session } from '../../auth/sessions.service.js';
import type { OidcProvider } from '../../config/providers.js';
import { Database } from '../../database/database.js';
import { isUniqueViolation } from '../../database/database-errors.js';
import { ChatError } from '../../errors/chat-error.js';
import { SecurityLog } from '../../logging/security-log.js';
import { AccountsService, inviteNotValid, usernameTaken, type Opened } from '../accounts.service.js';
import { skeletonOf } from '../username-skeleton.js';
import { BY_SUBJECT, IS_WAITING, REGISTER_WITH_IDENTITY, WAIT } from './oidc.sql.js';
import { Providers, type Attempt, type ProvenIdentity } from './providers.js';

/** How long the choice of a username may take, in milliseconds. */
export const REGISTRATION_MS = 900_000;

export function registrationExpired(): ChatError {
  return new ChatError('unauthorized', 'Log in with your provider again: the registration has expired.');
}

/** Why a login with a provider did not succeed; the page has a sentence for each. */
export type OidcFailure = 'denied' | 'expired' | 'failed' | 'refused' | 'too_many';

/** What a callback leads to: a session, the choice of a username, or the page for signing in with a reason. */
export type OidcResult =
  | { readonly opened: Opened }
  | { readonly token: string; readonly username: string; readonly displayName: string }
  | { readonly failure: OidcFailure };

/** Logins with identity providers (OpenID Connect). */
@Injectable()
export class OidcService {
  readonly #logger = new Logger('Oidc');

  constructor(
    private readonly providers: Providers,
    private readonly accounts: AccountsService,
    private readonly database: Database,
    private readonly security: SecurityLog,
  ) {}

  /** Where the browser logs in, and what its cookie holds meanwhile; null when the provider cannot be used now. */
  async begin(provider: OidcProvider, redirectUri: string): Promise<{ attempt: Attempt; url: URL } | null> {
    try {
      return await this.providers.begin(provider, redirectUri);
    } catch (error) {
      this.#log(provider, error);
      return null;
    }
  }

  /**
   * @param attempt of the cookie; null: this browser has begun no login, or too long ago.
   * @param callback URL with what the provider has sent.
   * @param before the session of the request, which ends when there is a new one.
   */
  async finish(
    provider: OidcProvider,
    attempt: Attempt | null,
    callback: URL,
    device: Device,
    before: Session | null,
  ): Promise<OidcResult> {
    const identity = await this.prove(provider, attempt, callback, device.ip);
    if (typeof identity === 'string') return { failure: identity };
    const [known] = await this.database.query<{ id: number; user_id: UserId }>(BY_SUBJECT, [
      identity.issuer,
      identity.subject,
    ]);
    if (!known) return this.#wait(identity);
    const opened = await this.accounts.open(known.user_id, { identityId: known.id }, device, before);
    if (opened) return { opened };
    this.security.report('login_failed', device.ip, { method: 'oidc' });
    return { failure: 'refused' };
  }

  /** The identity that a callback proves, or why it does not. @param attempt as of {@link finish}. */
  async prove(
    provider: OidcProvider,
    attempt: Attempt | null,
    callback: URL,
    ip: string,
  ): Promise<ProvenIdentity | OidcFailure> {
    const { searchParams: answer } = callback;
    // Otherwise the answer is that of a login which somebody else has begun (CSRF), or an old one.
    if (attempt?.provider !== provider.id || answer.get('state') !== attempt.state) return 'expired';
    if (answer.get('error') === 'access_denied') return 'denied';
    if (!(await this.#mayTry(ip))) return 'too_many';
    return (await this.#identityOf(provider, attempt, callback)) ?? 'failed';
  }

  /**
   * Makes a user without a password for the identity that waits.
   * @param token of the cookie.
   * @throws ChatError `unauthorized` when nothing waits; else as {@link AccountsService.register}.
   */
  async register(
    token: string | null,
    { username, display_name, invite }: PasskeyRegistration,
    device: Device,
    before: Session | null,
  ): Promise<Opened> {
    const tokenHash = hashOfToken(token ?? '');
    if ((await this.database.query(IS_WAITING, [tokenHash])).length === 0) throw registrationExpired();
    await this.accounts.assertMayRegister(invite, device.ip);
    const terms = this.accounts.termsOf(hashOfToken(invite ?? ''));
    const displayName = display_name?.trim() ?? username;
    const values = [...terms, username, displayName, skeletonOf(username), tokenHash];
    try {
      const [row] = await this.database.query<{ user_id: UserId; identity_id: number }>(
        REGISTER_WITH_IDENTITY,
        values,
      );
      if (!row) throw inviteNotValid();
      const opened = await this.accounts.open(row.user_id, { identityId: row.identity_id }, device, before);
      if (!opened) throw registrationExpired();
      return opened;
    } catch (error) {
      if (isUniqueViolation(error)) throw usernameTaken();
      throw error;
    }
  }

  async #wait({ issuer, subject, username, displayName }: ProvenIdentity): Promise<OidcResult> {
    const token = newToken();
    await this.database.query(WAIT, [hashOfToken(token), issuer, subject, REGISTRATION_MS]);
    return {
      token,
      username: suggestion(username),
      displayName: (displayName ?? '').slice(0, MAX_DISPLAY_NAME_LENGTH),
    };
  }

  async #identityOf(provider: OidcProvider, attempt: Attempt, callback: URL): Promise<ProvenIdentity | null> {
    try {
      return await this.providers.finish(provider, attempt, callback);
    } catch (error) {
      this.#log(provider, error);
      return null;
    }
  }

  async #mayTry(ip: string): Promise<boolean> {
    try {
      await this.accounts.countLogin(ip);
      return true;
    } catch (error) {
      if (error instanceof ChatError && error.code === 'rate_limited') return false;
      throw error;
    }
  }

  /** Neither the stack nor the cause: they may quote what the provider has sent. */
  #log({ id }: OidcProvider, error: unknown): void {
    const code =
      error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
    const name = error instanceof Error ? error.name : typeof error;
    this.#logger.warn({ msg: 'A login with a provider failed', provider: id, error: name, code });
  }
}

/** A username made of a claim, which the user may change; empty when nothing of it can be used. */
function suggestion(claim: string | null): string {
  return (claim ?? '')
    .normalize('NFKD')
    .replace(/@.*$/s, '')
    .replace(/[^A-Za-z0-9._-]+/g, '')
    .replace(/^[._-]+/, '')
    .slice(0, MAX_USERNAME_LENGTH);
}
