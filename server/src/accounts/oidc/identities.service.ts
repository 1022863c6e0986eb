import { Injectable } from '@nestjs/common';
import { MAX_IDENTITIES, type Identity, type UserId } from '@parley/shared';
import { noSuchIdentity } from '../../auth/id.pipes.js';
import { SessionsService, type Session } from '../../auth/sessions.service.js';
import { Database } from '../../database/database.js';
import { isUniqueViolation } from '../../database/database-errors.js';
import { ChatError } from '../../errors/chat-error.js';
import { lastLoginMethod, MAX_TRIES, othersChange } from '../login-methods.js';
import { OWNER, type OwnerRow } from '../passkeys/passkeys.sql.js';
import { BY_SUBJECT, LINK, LIST_IDENTITIES, UNLINK } from './oidc.sql.js';
import { OidcService, type OidcFailure } from './oidc.service.js';
import { Providers, type Attempt } from './providers.js';

export function tooManyIdentities(): ChatError {
  return new ChatError('conflict', `An account has at most ${MAX_IDENTITIES} identities.`);
}
export function providerUnavailable(): ChatError {
  return new ChatError('unavailable', 'The provider cannot be used now.');
}

/** Why an identity was not linked; the page has a sentence for each. `taken`: another user logs in by it. */
export type LinkFailure = OidcFailure | 'taken';

/** Identities by which a user who has an account logs in too. */
@Injectable()
export class IdentitiesService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsService,
    private readonly providers: Providers,
    private readonly oidc: OidcService,
  ) {}

  async list(userId: UserId): Promise<Identity[]> {
    const rows = await this.#rows(userId);
    return rows.map(({ id, issuer, created_at }) => {
      const provider = this.providers.ofIssuer(issuer);
      return {
        id,
        provider: provider?.id ?? null,
        name: provider?.name ?? new URL(issuer).host,
        created_at: created_at.toISOString(),
      };
    });
  }

  /** @throws ChatError `proof_required`; `not_found` for a provider; `conflict` for too many; `unavailable`. */
  async begin(
    session: Session,
    provider: string,
    redirectUri: string,
  ): Promise<{ attempt: Attempt; url: URL }> {
    const known = this.providers.get(provider);
    await this.sessions.assertProved(session);
    if ((await this.#rows(session.userId)).length >= MAX_IDENTITIES) throw tooManyIdentities();
    const begun = await this.oidc.begin(known, redirectUri);
    if (!begun) throw providerUnavailable();
    return begun;
  }

  /**
   * Links the identity that a callback proves.
   * @param session that has begun it.
   * @returns null when it is linked, also when it was before.
   */
  async finish(
    session: Session,
    provider: string,
    attempt: Attempt,
    callback: URL,
    ip: string,
  ): Promise<LinkFailure | null> {
    const proven = await this.oidc.prove(this.providers.get(provider), attempt, callback, ip);
    if (typeof proven === 'string') return proven;
    const identity = [proven.issuer, proven.subject];
    try {
      const values = [session.userId, ...identity, MAX_IDENTITIES];
      if ((await this.database.query(LINK, values)).length > 0) return null;
      return 'refused';
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const [owner] = await this.database.query<{ user_id: UserId }>(BY_SUBJECT, identity);
      return owner?.user_id === session.userId ? null : 'taken';
    }
  }

  /** @throws ChatError `proof_required`; `not_found`; `conflict` for the only way to log in. */
  async remove(session: Session, identityId: number): Promise<void> {
    const { userId } = session;
    await this.sessions.assertProved(session);
    for (let i = 0; i < MAX_TRIES; i++) {
      const [owner] = await this.database.query<OwnerRow>(OWNER, [userId]);
      const ids = (await this.#rows(userId)).map(({ id }) => id);
      if (!owner || !ids.includes(identityId)) throw noSuchIdentity();
      if (!owner.has_password && !owner.has_passkey && ids.length === 1) throw lastLoginMethod();
      const values = [userId, identityId, owner.passkeys_rev];
      const [row] = await this.database.query<{ changed: number }>(UNLINK, values);
      if (row?.changed === 1) return;
    }
    throw othersChange();
  }

  #rows(userId: UserId): Promise<{ id: number; issuer: string; created_at: Date }[]> {
    return this.database.query(LIST_IDENTITIES, [userId]);
  }
}
