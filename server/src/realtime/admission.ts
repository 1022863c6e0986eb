import { Inject, Injectable } from '@nestjs/common';
import { CLOSE_CODES, type User, type RoomId, type UserId } from '@parley/shared';
import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'node:querystring';
import { Authenticator, type Requester } from '../auth/authenticator.js';
import { parseId } from '../auth/id.js';
import { assertNamesUser, LegacyClients, noUserNamed } from '../auth/legacy-clients.js';
import { noSession } from '../auth/session.strategy.js';
import { usesCookie } from '../auth/session-token.js';
import type { Session } from '../auth/sessions.service.js';
import { CONFIG, type Config } from '../config/config.js';
import { MembershipService, type Pair } from '../rooms/membership.service.js';
import { ChatError, STATUS } from '../errors/chat-error.js';
import { UsersService } from '../users/users.service.js';

/** The decision about a socket, made before the handshake. */
export type Admitted = (
  | { kind: 'user'; user: User; userId: UserId }
  | { kind: 'room'; roomId: RoomId; pair: Pair; userId: UserId | null }
) & { session: Session | null };
/** `refused`: opened, and closed with a code. `rejected`: answered with a problem instead of 101. */
export type Admission =
  | Admitted
  | { kind: 'refused'; code: number; reason: string }
  | { kind: 'rejected'; status: number; detail: string };

/** See Connection.subscribedUserId. */
export function subscribedUserId(admission: Admitted): UserId {
  return admission.kind === 'user' ? admission.userId : admission.pair.a;
}

const ROOM_PATH = /^\/ws\/chat\/([^/]+)\/?$/;

/** Whether sockets can be opened at this path. */
export function isSocketPath(pathname: string): boolean {
  return pathname === '/ws' || pathname === '/ws/' || ROOM_PATH.test(pathname);
}

/** Decides which user may open which socket. */
@Injectable()
export class AdmissionService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly authenticator: Authenticator,
    private readonly membership: MembershipService,
    private readonly users: UsersService,
    private readonly legacy: LegacyClients,
  ) {}

  /**
   * In simulation a refusal is a close code, not an HTTP status, because scripts in browsers cannot read the status of a
   * handshake. In accounts mode a handshake without a session is rejected before the 101.
   * @throws the driver's error, or ChatError `unavailable`, when the database cannot be reached.
   */
  async admit(url: URL, headers: IncomingHttpHeaders, isSecure: boolean, ip: string): Promise<Admission> {
    const query = parse(url.search.slice(1));
    try {
      const result = await this.authenticator.authenticate({ headers, query, isSecure, ip });
      if (result.userId === undefined) throw result.error;
      if (this.config.accounts) assertSession(result, headers, query);
      const roomId = ROOM_PATH.exec(url.pathname)?.[1];
      return roomId === undefined
        ? await this.#user(result)
        : await this.#room(parseId(roomId) as RoomId | null, result);
    } catch (error) {
      if (!(error instanceof ChatError) || error.code === 'unavailable') throw error;
      if (this.config.accounts) {
        return { kind: 'rejected', status: STATUS[error.code], detail: error.message };
      }
      return refused('unauthorized', error.message);
    }
  }

  async #user({ userId, session }: Requester): Promise<Admission> {
    if (userId === null) throw noUserNamed('active_user');
    return { kind: 'user', user: await this.users.get(userId), userId, session };
  }

  async #room(roomId: RoomId | null, { userId, session }: Requester): Promise<Admission> {
    const member = roomId === null ? null : (session?.userId ?? (await this.#memberOf(roomId)));
    if (roomId === null || member === null) return refused('noSuchRoom', 'There is no such room.');
    // A legacy client may name its user as late as in its first frame. Until then it receives what both members receive.
    const pair = await this.membership.require(roomId, userId ?? member).catch(nullIfNotFound);
    if (pair !== null) return { kind: 'room', roomId, pair, userId, session };
    // With accounts, a room of other users is a room that does not exist.
    if (session !== null) return refused('noSuchRoom', 'There is no such room.');
    return refused('notAMember', 'That user is not a member of this room.');
  }

  #memberOf(roomId: RoomId): Promise<UserId | null> {
    return this.legacy.memberOf(roomId).catch(nullIfNotFound);
  }
}

/**
 * Accounts: the handshake has a session, and names no other user. A browser names the page that opens the socket; where
 * it would send the cookie by itself, a handshake that names none is refused, because no check of the origin was made.
 */
function assertSession({ userId, session }: Requester, headers: IncomingHttpHeaders, query: unknown): void {
  if (userId === null || session === null) throw noSession();
  if (usesCookie(headers) && headers.origin === undefined) {
    throw new ChatError('forbidden', 'A socket that is opened with the cookie needs an Origin.');
  }
  assertNamesUser(userId, { query });
}

function nullIfNotFound(error: unknown): null {
  if (error instanceof ChatError && error.code === 'not_found') return null;
  throw error;
}

function refused(why: 'unauthorized' | 'notAMember' | 'noSuchRoom', reason: string): Admission {
  return { kind: 'refused', code: CLOSE_CODES[why].code, reason };
}
