import {
  MAX_PASSKEYS,
  type LoginMethods,
  type Passkey,
  type PasskeyCredential,
  type PasskeyRegistration,
  type UserId,
} from '@parley/shared';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { randomBytes } from 'node:crypto';
import { noSuchPasskey } from '../../auth/id.pipes.js';
import { hashOfToken } from '../../auth/session-token.js';
import { SessionsService, type Device, type Session } from '../../auth/sessions.service.js';
import { CONFIG, type Config } from '../../config/config.js';
import { Database } from '../../database/database.js';
import { isUniqueViolation } from '../../database/database-errors.js';
import { ChatError } from '../../errors/chat-error.js';
import { Buckets } from '../../limits/buckets.js';
import { networkOf } from '../../limits/network.js';
import { SecurityLog } from '../../logging/security-log.js';
import { AccountsService, inviteNotValid, usernameTaken, type Opened } from '../accounts.service.js';
import { lastLoginMethod, MAX_TRIES, othersChange } from '../login-methods.js';
import { skeletonOf } from '../username-skeleton.js';
import {
  challengeIn,
  creationOptions,
  loadWebAuthn,
  requestOptions,
  verifyMade,
  verifyUsed,
  type MadePasskey,
} from './ceremonies.js';
import { Challenges, type Ceremony, type PendingRegistration } from './challenges.js';
import {
  ADD,
  BY_CREDENTIAL,
  IS_TAKEN,
  LIST,
  NAME_OWNER,
  OWNER,
  REGISTER_WITH_PASSKEY,
  REMOVE,
  RENAME,
  USE,
  type OwnerRow,
} from './passkeys.sql.js';
import type { RelyingParty } from './relying-party.js';

/** The same whatever is wrong with it: unknown, of another site, an old challenge, a wrong signature, a disabled account. */
export function passkeyNotValid(): ChatError {
  return new ChatError('unauthorized', 'This passkey cannot be used here, or the attempt has expired.');
}
/** The same for what the browser made and for what it signed in a session. */
export function credentialNotValid(): ChatError {
  return new ChatError('forbidden', 'The passkey is not valid for this site, or the attempt has expired.');
}
export function tooManyPasskeys(): ChatError {
  return new ChatError('conflict', `An account has at most ${MAX_PASSKEYS} passkeys.`);
}
export function passkeyKnown(): ChatError {
  return new ChatError('conflict', 'This passkey is in use already.');
}

/** Attempts that one IP may begin: a burst, and one a second. Each sign-in page begins one. */
const CHALLENGES_PER_IP = { burst: 120, perSecond: 1 };
const HANDLE_BYTES = 32;

interface PasskeyRow {
  id: number;
  credential_id: Buffer;
  transports: string[];
  rp_id: string;
  name: string;
  is_synced: boolean;
  created_at: Date;
  last_used_at: Date | null;
}

interface CredentialRow {
  id: number;
  user_id: UserId;
  public_key: Buffer;
  sign_count: number;
  rp_id: string;
  user_handle: Buffer;
}

/** Passkeys: login, registration, and those of the current user. */
@Injectable()
export class PasskeysService implements OnModuleInit {
  /** Null: no limits. */
  readonly #begun: Buckets<string> | null;

  constructor(
    @Inject(CONFIG) { limits }: Config,
    private readonly database: Database,
    private readonly challenges: Challenges,
    private readonly accounts: AccountsService,
    private readonly sessions: SessionsService,
    private readonly security: SecurityLog,
  ) {
    this.#begun = limits.rates && new Buckets(CHALLENGES_PER_IP);
  }

  async onModuleInit(): Promise<void> {
    await loadWebAuthn();
  }

  /** @throws ChatError `rate_limited`. */
  async beginLogin(rp: RelyingParty, ip: string): Promise<PublicKeyCredentialRequestOptionsJSON> {
    this.#takeAttempt(ip);
    const challenge = await this.challenges.issue(loginAt(rp));
    return requestOptions(rp, challenge, null);
  }

  /**
   * Proves a user by a passkey, and opens a session.
   * @param before the session of the request, which ends.
   * @throws ChatError `unauthorized`, as {@link passkeyNotValid}; `rate_limited`.
   */
  async logIn(
    rp: RelyingParty,
    credential: PasskeyCredential,
    device: Device,
    before: Session | null,
  ): Promise<Opened> {
    await this.accounts.countLogin(device.ip);
    const used = await this.#use(rp, credential, loginAt(rp));
    const proof = used && { passkeyId: used.id };
    const opened = proof && (await this.accounts.open(used.user_id, proof, device, before));
    if (!opened) {
      this.security.report('login_failed', device.ip, { method: 'passkey' });
      throw passkeyNotValid();
    }
    return opened;
  }

  /**
   * Checks what can be checked before the user makes a passkey.
   * @throws ChatError as {@link AccountsService.register}.
   */
  async beginRegistration(
    rp: RelyingParty,
    { username, display_name, invite }: PasskeyRegistration,
    ip: string,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    await this.accounts.assertMayRegister(invite, ip);
    const taken = await this.database.query(IS_TAKEN, [username, skeletonOf(username)]);
    if (taken.length > 0) throw usernameTaken();
    const handle = randomBytes(HANDLE_BYTES);
    const displayName = display_name?.trim() ?? username;
    const challenge = await this.challenges.issue(registrationAt(rp), {
      username,
      display_name: displayName,
      invite: hashOfToken(invite ?? '').toString('hex'),
      user_handle: handle.toString('base64url'),
    });
    return creationOptions(rp, challenge, { handle, username, displayName }, []);
  }

  /**
   * Makes the user that {@link beginRegistration} was asked for, with this passkey and without a password.
   * @param before the session of the request, which ends.
   * @throws ChatError `forbidden` for a wrong passkey and for an invite that is used up; `conflict`.
   */
  async register(
    rp: RelyingParty,
    credential: PasskeyCredential,
    device: Device,
    before: Session | null,
  ): Promise<Opened> {
    const { made, registration } = await this.#made(rp, credential, registrationAt(rp));
    if (registration === null) throw credentialNotValid();
    const { userId, passkeyId } = await this.#create(rp, registration, made, device.device);
    const opened = await this.accounts.open(userId, { passkeyId }, device, before);
    if (opened === null) throw passkeyNotValid();
    return opened;
  }

  /** How the user can log in. */
  async methods(userId: UserId): Promise<LoginMethods> {
    const [owner, rows] = await Promise.all([this.#owner(userId), this.#list(userId)]);
    const { has_password, has_identity } = owner;
    return { passkeys: rows.map(toPasskey), has_password, has_provider: has_identity };
  }

  /** @throws ChatError `proof_required`; `conflict` for too many. */
  async beginAddition(rp: RelyingParty, session: Session): Promise<PublicKeyCredentialCreationOptionsJSON> {
    await this.sessions.assertProved(session);
    const [owner, rows] = await Promise.all([this.#owner(session.userId), this.#list(session.userId)]);
    if (rows.length >= MAX_PASSKEYS) throw tooManyPasskeys();
    const handle = owner.user_handle ?? (await this.#nameOwner(session.userId));
    const challenge = await this.challenges.issue({ ...rp, purpose: 'add', sessionId: session.id });
    const user = { handle, username: owner.username, displayName: owner.display_name };
    return creationOptions(rp, challenge, user, atSite(rows, rp));
  }

  /** @throws ChatError `forbidden` for a wrong passkey; `conflict` for one too many, or one that is known. */
  async add(
    rp: RelyingParty,
    session: Session,
    credential: PasskeyCredential,
    name: string,
  ): Promise<Passkey> {
    const { userId } = session;
    const { made } = await this.#made(rp, credential, { ...rp, purpose: 'add', sessionId: session.id });
    for (let i = 0; i < MAX_TRIES; i++) {
      const { passkeys_rev } = await this.#owner(userId);
      if ((await this.#list(userId)).length >= MAX_PASSKEYS) throw tooManyPasskeys();
      const values = [userId, ...valuesOf(made), rp.id, name, passkeys_rev];
      const [row] = await this.#knownIfTaken(
        this.database.query<{ id: number; created_at: Date }>(ADD, values),
      );
      if (row) {
        return toPasskey({ ...row, rp_id: rp.id, name, is_synced: made.isSynced, last_used_at: null });
      }
    }
    throw othersChange();
  }

  /** @throws ChatError `not_found`. */
  async rename(userId: UserId, passkeyId: number, name: string): Promise<Passkey> {
    const [row] = await this.database.query<PasskeyRow>(RENAME, [userId, passkeyId, name]);
    if (!row) throw noSuchPasskey();
    return toPasskey(row);
  }

  /** @throws ChatError `proof_required`; `not_found`; `conflict` for the only way to log in. */
  async remove(session: Session, passkeyId: number): Promise<void> {
    await this.sessions.assertProved(session);
    for (let i = 0; i < MAX_TRIES; i++) {
      const { passkeys_rev, has_password, has_identity } = await this.#owner(session.userId);
      const ids = (await this.#list(session.userId)).map(({ id }) => id);
      if (!ids.includes(passkeyId)) throw noSuchPasskey();
      if (!has_password && !has_identity && ids.length === 1) throw lastLoginMethod();
      const values = [session.userId, passkeyId, passkeys_rev];
      const [row] = await this.database.query<{ changed: number }>(REMOVE, values);
      if (row?.changed === 1) return;
    }
    throw othersChange();
  }

  async beginProof(rp: RelyingParty, session: Session): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const rows = await this.#list(session.userId);
    const challenge = await this.challenges.issue({ ...rp, purpose: 'proof', sessionId: session.id });
    return requestOptions(rp, challenge, atSite(rows, rp));
  }

  /** Proves the user of a session again. @throws ChatError `forbidden`; `rate_limited`. */
  async prove(rp: RelyingParty, session: Session, credential: PasskeyCredential, ip: string): Promise<void> {
    await this.accounts.countLogin(ip);
    const used = await this.#use(rp, credential, { ...rp, purpose: 'proof', sessionId: session.id });
    if (used?.user_id !== session.userId) throw credentialNotValid();
    await this.sessions.prove(session);
  }

  /** The passkey that signed; null unless all of it is right. */
  async #use(
    rp: RelyingParty,
    credential: PasskeyCredential,
    ceremony: Ceremony,
  ): Promise<CredentialRow | null> {
    const challenge = challengeIn(credential);
    if (challenge === null || !(await this.challenges.take(challenge, ceremony))) return null;
    const credentialId = Buffer.from(credential.id, 'base64url');
    const [stored] = await this.database.query<CredentialRow>(BY_CREDENTIAL, [credentialId]);
    if (!stored || stored.rp_id !== rp.id) return null;
    const { userHandle } = credential.response;
    if (userHandle && !stored.user_handle.equals(Buffer.from(userHandle, 'base64url'))) return null;
    const used = await verifyUsed(rp, challenge, credential, stored);
    if (used === null) return null;
    const values = [stored.id, stored.sign_count, used.signCount, used.isSynced];
    return (await this.database.query(USE, values)).length > 0 ? stored : null;
  }

  /** @throws ChatError `forbidden` unless the passkey was made for this. */
  async #made(
    rp: RelyingParty,
    credential: PasskeyCredential,
    ceremony: Ceremony,
  ): Promise<{ made: MadePasskey; registration: PendingRegistration | null }> {
    const challenge = challengeIn(credential);
    const taken = challenge === null ? null : await this.challenges.take(challenge, ceremony);
    const made = taken && challenge ? await verifyMade(rp, challenge, credential) : null;
    if (taken === null || made === null) throw credentialNotValid();
    return { made, registration: taken.registration };
  }

  async #create(
    rp: RelyingParty,
    { username, display_name, invite, user_handle }: PendingRegistration,
    made: MadePasskey,
    name: string,
  ): Promise<{ userId: UserId; passkeyId: number }> {
    const terms = this.accounts.termsOf(Buffer.from(invite, 'hex'));
    const handle = Buffer.from(user_handle, 'base64url');
    const values = [
      ...terms,
      username,
      display_name,
      skeletonOf(username),
      handle,
      ...valuesOf(made),
      rp.id,
      name,
    ];
    try {
      const [row] = await this.database.query<{ user_id: UserId; passkey_id: number }>(
        REGISTER_WITH_PASSKEY,
        values,
      );
      if (!row) throw inviteNotValid();
      return { userId: row.user_id, passkeyId: row.passkey_id };
    } catch (error) {
      if (isUniqueViolation(error)) throw usernameTaken();
      throw error;
    }
  }

  async #owner(userId: UserId): Promise<OwnerRow> {
    const [owner] = await this.database.query<OwnerRow>(OWNER, [userId]);
    if (!owner) throw new ChatError('forbidden', 'This user has no account.');
    return owner;
  }

  #list(userId: UserId): Promise<PasskeyRow[]> {
    return this.database.query<PasskeyRow>(LIST, [userId]);
  }

  async #nameOwner(userId: UserId): Promise<Buffer> {
    const values = [userId, randomBytes(HANDLE_BYTES)];
    const [row] = await this.database.query<{ user_handle: Buffer }>(NAME_OWNER, values);
    if (!row) throw new ChatError('forbidden', 'This user has no account.');
    return row.user_handle;
  }

  async #knownIfTaken<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      if (isUniqueViolation(error)) throw passkeyKnown();
      throw error;
    }
  }

  #takeAttempt(ip: string): void {
    const retryAfterMs = this.#begun?.take(networkOf(ip)) ?? 0;
    if (retryAfterMs > 0) throw new ChatError('rate_limited', 'Too many attempts.', { retryAfterMs });
  }
}

function loginAt({ origin }: RelyingParty): Ceremony {
  return { purpose: 'login', sessionId: null, origin };
}

function registrationAt({ origin }: RelyingParty): Ceremony {
  return { purpose: 'register', sessionId: null, origin };
}

/** The passkeys that a browser can use at this site. */
function atSite(rows: PasskeyRow[], rp: RelyingParty): PasskeyRow[] {
  return rows.filter(({ rp_id }) => rp_id === rp.id);
}

function valuesOf({ credentialId, publicKey, signCount, transports, isSynced }: MadePasskey): unknown[] {
  return [credentialId, publicKey, signCount, transports, isSynced];
}

function toPasskey(row: Omit<PasskeyRow, 'credential_id' | 'transports'>): Passkey {
  const { id, name, rp_id, is_synced, created_at, last_used_at } = row;
  return {
    id,
    name,
    host: rp_id,
    is_synced,
    created_at: created_at.toISOString(),
    last_used_at: last_used_at && last_used_at.toISOString(),
  };
}
