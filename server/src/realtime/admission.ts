import { Injectable } from '@nestjs/common';
import { CLOSE_CODES, type User } from '@parley/shared';
import { callerOfUpgrade, parseId } from '../auth/caller.js';
import { MembershipService, type Pair } from '../auth/membership.service.js';
import { ChatError } from '../errors/chat-error.js';
import { UsersService } from '../users/users.service.js';

/** What a socket may be, found out before it is opened. */
export type Admission =
  | { kind: 'user'; user: User }
  | { kind: 'room'; roomId: number; pair: Pair; userId: number | null }
  | { kind: 'refused'; code: number; reason: string };

/** By whom the socket will listen (Connection.listensBy). */
export function listensBy(admission: Exclude<Admission, { kind: 'refused' }>): number {
  return admission.kind === 'user' ? admission.user.id : admission.pair.a;
}

const ROOM_PATH = /^\/ws\/chat\/([^/]+)\/?$/;

/** Whether this address is one of ours at all; others get a plain 404. */
export function isSocketPath(pathname: string): boolean {
  return pathname === '/ws' || pathname === '/ws/' || ROOM_PATH.test(pathname);
}

/** Who may open which socket. */
@Injectable()
export class AdmissionService {
  constructor(
    private readonly membership: MembershipService,
    private readonly users: UsersService,
  ) {}

  /**
   * Whatever is wrong with what the client sent is a close code, which a browser can read.
   * @throws when nobody can tell right now: the client is to come back.
   */
  async admit(address: URL): Promise<Admission> {
    try {
      const caller = callerOfUpgrade(address.searchParams);
      const roomId = ROOM_PATH.exec(address.pathname)?.[1];
      return roomId === undefined ? await this.#user(caller) : await this.#room(parseId(roomId), caller);
    } catch (error) {
      if (!(error instanceof ChatError) || error.code === 'unavailable') throw error;
      return refused('unauthorized', error.message);
    }
  }

  async #user(caller: number | null): Promise<Admission> {
    if (caller === null)
      return refused('unauthorized', 'active_user: is missing: it names the user who asks');
    return { kind: 'user', user: await this.users.get(caller) };
  }

  async #room(roomId: number | null, caller: number | null): Promise<Admission> {
    try {
      if (roomId === null) return refused('noSuchRoom', 'There is no such room.');
      const pair = await this.membership.requireRoom(roomId);
      if (caller !== null && caller !== pair.a && caller !== pair.b) {
        return refused('notAMember', 'That user is not a member of this room.');
      }
      return { kind: 'room', roomId, pair, userId: caller };
    } catch (error) {
      if (error instanceof ChatError && error.code === 'not_found')
        return refused('noSuchRoom', error.message);
      throw error;
    }
  }
}

function refused(why: 'unauthorized' | 'notAMember' | 'noSuchRoom', reason: string): Admission {
  return { kind: 'refused', code: CLOSE_CODES[why].code, reason };
}
