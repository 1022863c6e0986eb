import { Injectable } from '@nestjs/common';
import { CLOSE_CODES, type User, type RoomId, type UserId } from '@parley/shared';
import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'node:querystring';
import { Authenticator } from '../auth/authenticator.js';
import { parseId } from '../auth/id.js';
import { LegacyClients, noUserNamed } from '../auth/legacy-clients.js';
import { MembershipService, type Pair } from '../rooms/membership.service.js';
import { ChatError } from '../errors/chat-error.js';
import { UsersService } from '../users/users.service.js';

/** The decision about a socket, made before the handshake. */
export type Admission =
  | { kind: 'user'; user: User; userId: UserId }
  | { kind: 'room'; roomId: RoomId; pair: Pair; userId: UserId | null }
  | { kind: 'refused'; code: number; reason: string };

/** See Connection.subscribedUserId. */
export function subscribedUserId(admission: Exclude<Admission, { kind: 'refused' }>): UserId {
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
    private readonly authenticator: Authenticator,
    private readonly membership: MembershipService,
    private readonly users: UsersService,
    private readonly legacy: LegacyClients,
  ) {}

  /**
   * A refusal is a close code, not an HTTP status, because scripts in browsers cannot read the status of a handshake.
   * @throws the driver's error, or ChatError `unavailable`, when the database cannot be reached.
   */
  async admit(url: URL, headers: IncomingHttpHeaders): Promise<Admission> {
    try {
      const query = parse(url.search.slice(1));
      const { userId: currentUserId, error } = await this.authenticator.authenticate({ headers, query });
      if (currentUserId === undefined) throw error;
      const roomId = ROOM_PATH.exec(url.pathname)?.[1];
      return roomId === undefined
        ? await this.#user(currentUserId)
        : await this.#room(parseId(roomId) as RoomId | null, currentUserId);
    } catch (error) {
      if (!(error instanceof ChatError) || error.code === 'unavailable') throw error;
      return refused('unauthorized', error.message);
    }
  }

  async #user(currentUserId: UserId | null): Promise<Admission> {
    if (currentUserId === null) throw noUserNamed('active_user');
    return { kind: 'user', user: await this.users.get(currentUserId), userId: currentUserId };
  }

  async #room(roomId: RoomId | null, currentUserId: UserId | null): Promise<Admission> {
    const memberId = roomId === null ? null : await this.legacy.memberOf(roomId).catch(nullIfNotFound);
    if (roomId === null || memberId === null) return refused('noSuchRoom', 'There is no such room.');
    // A legacy client may name its user as late as in its first frame. Until then it receives what both members receive.
    const pair = await this.membership.require(roomId, currentUserId ?? memberId).catch(nullIfNotFound);
    if (pair === null) return refused('notAMember', 'That user is not a member of this room.');
    return { kind: 'room', roomId, pair, userId: currentUserId };
  }
}

function nullIfNotFound(error: unknown): null {
  if (error instanceof ChatError && error.code === 'not_found') return null;
  throw error;
}

function refused(why: 'unauthorized' | 'notAMember' | 'noSuchRoom', reason: string): Admission {
  return { kind: 'refused', code: CLOSE_CODES[why].code, reason };
}
