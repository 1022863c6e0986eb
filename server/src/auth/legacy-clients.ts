import type { MessageId, RoomId, UserId } from '@parley/shared';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database, type Statement } from '../database/database.js';
import { ChatError, fieldError, noSuchMessage, noSuchRoom } from '../errors/chat-error.js';
import type { AuthStrategy, Credentials, Identity } from './authenticator.js';
import { parseId } from './id.js';

/**
 * Everything that legacy clients need to be identified (docs/protocol.md, "Compatibility"), in one file. They have no
 * session: they name their user in the query, in the body or in a frame; a room socket names it as late as its first
 * frame; and three calls name nobody at all. Services always receive a user and check its permission (UsersService says
 * why it lists and creates users without one).
 */

/**
 * The user named by `active_user` of the query or `active_user_id` of the body; null when neither is given.
 * @throws ChatError `bad_frame` when a name is not an id, or the two differ.
 */
export function namedUser({ query, body }: Pick<Credentials, 'query' | 'body'>): UserId | null {
  const inQuery = idIn(query, 'active_user');
  const inBody = idIn(body, 'active_user_id');
  if (inQuery !== null && inBody !== null && inQuery !== inBody) {
    throw fieldError('active_user_id', 'must be the same as active_user of the query');
  }
  return inQuery ?? inBody;
}

/** The refusal of a request that must name its user. @param field where the request could have named it. */
export function noUserNamed(field: 'active_user' | 'active_user_id'): ChatError {
  return fieldError(field, 'is missing: it names the current user');
}

/**
 * The user that a request names must be that of its session.
 * @throws ChatError `forbidden` when it is another one; `bad_frame` as {@link namedUser}.
 */
export function assertNamesUser(userId: UserId, request: Pick<Credentials, 'query' | 'body'>): void {
  const named = namedUser(request);
  if (named === null || named === userId) return;
  const field = idIn(request.query, 'active_user') === null ? 'active_user_id' : 'active_user';
  throw fieldError(field, 'is not the user of the session', 'forbidden');
}

/** Simulation: every request acts as the user that it names. */
@Injectable()
export class SimulationStrategy implements AuthStrategy {
  authenticate(credentials: Credentials): Identity | null {
    const userId = namedUser(credentials);
    return userId === null ? null : { userId, session: null };
  }
}

/** The user and the room of a socket. A room socket may have no user yet. */
interface Socket {
  /** Not null: the socket has the user of this session and no other. */
  readonly session: object | null;
  readonly userId: UserId | null;
  readonly room: { readonly pair: { readonly a: UserId; readonly b: UserId } } | null;
}

/**
 * The user of a frame: that of its socket, or on a room socket the member named by `sender_id`.
 * @throws ChatError `unauthorized` when there is none, `forbidden` for another user than that of the user socket and
 *   for a user who is not a member of the room.
 */
export function senderOf({ session, userId, room }: Socket, senderId: number | undefined): UserId {
  if (senderId === undefined || senderId === userId) {
    if (userId !== null) return userId;
    throw fieldError('sender_id', 'is missing: it names the user who sends this', 'unauthorized');
  }
  if (room === null || session !== null)
    throw new ChatError('forbidden', 'sender_id: is not the user of this socket');
  if (senderId !== room.pair.a && senderId !== room.pair.b) {
    throw new ChatError('forbidden', 'sender_id: is not a member of this room');
  }
  return senderId as UserId;
}

const RECEIVER: Statement = {
  name: 'legacy-receiver',
  sql: `SELECT CASE messages.sender_id WHEN user_a_id THEN user_b_id ELSE user_a_id END AS user_id
        FROM messages JOIN rooms ON rooms.id = room_id WHERE messages.id = $1`,
};
const MEMBER: Statement = {
  name: 'legacy-member',
  sql: `SELECT user_a_id AS user_id FROM rooms WHERE id = $1`,
};

/** The user of calls and frames that name nobody. */
@Injectable()
export class LegacyClients {
  /** Members of a room never change. */
  readonly #members = new LRUCache<RoomId, UserId>({ max: 50_000 });

  constructor(private readonly database: Database) {}

  /** A `read` belongs to the receiver of the message: nobody else can have read it. @throws ChatError `not_found`. */
  async receiverOf(messageId: MessageId): Promise<UserId> {
    return this.#userId(RECEIVER, messageId, noSuchMessage);
  }

  /**
   * A history is the same for both members, and so are the frames of a room socket: the client gets them as one of the
   * members.
   * @throws ChatError `not_found` when there is no such room.
   */
  async memberOf(roomId: RoomId): Promise<UserId> {
    const known = this.#members.get(roomId);
    if (known !== undefined) return known;
    const member = await this.#userId(MEMBER, roomId, noSuchRoom);
    this.#members.set(roomId, member);
    return member;
  }

  async #userId(statement: Statement, id: number, notFound: () => ChatError): Promise<UserId> {
    const [row] = await this.database.query<{ user_id: UserId }>(statement, [id]);
    if (!row) throw notFound();
    return row.user_id;
  }
}

function idIn(source: unknown, field: 'active_user' | 'active_user_id'): UserId | null {
  if (typeof source !== 'object' || source === null || !Object.hasOwn(source, field)) return null;
  const value: unknown = (source as Record<string, unknown>)[field];
  // In a query everything is text; in a body an id is a number.
  const isOfRightType = typeof value === (field === 'active_user' ? 'string' : 'number');
  const id = isOfRightType ? parseId(String(value)) : null;
  if (id === null) throw fieldError(field, 'must be a positive integer');
  return id as UserId;
}
