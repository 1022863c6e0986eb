import { Injectable } from '@nestjs/common';
import type { Room, RoomId, UserId } from '@parley/shared';
import { Database } from '../database/database.js';
import { ChatError, roomClosed } from '../errors/chat-error.js';
import { InboxService } from '../inbox/inbox.service.js';
import { ProfileChanges } from '../inbox/profile-changes.js';
import { isBlocked } from '../messages/message-log.js';
import { MembershipService } from '../rooms/membership.service.js';
import { BLOCKS, SILENT } from '../users/privacy.js';
import { REFUSAL, SET_TIMER } from './retention.sql.js';

/** The refusal of a timer by the receiver of a request. */
export function notAccepted(): ChatError {
  return new ChatError('forbidden', 'Accept the request first.');
}

/** The timers of chats for disappearing messages. */
@Injectable()
export class TimerService {
  constructor(
    private readonly database: Database,
    private readonly membership: MembershipService,
    private readonly rooms: InboxService,
    private readonly changes: ProfileChanges,
  ) {}

  /**
   * Sets after which time new messages disappear, for both members. Those that are stored keep the time that they have.
   * @param seconds null: they stay.
   * @throws ChatError `not_found`; `blocked` when the user has blocked the other; `forbidden` when the room is closed, or a request
   *   that the user has not accepted.
   */
  async set(userId: UserId, roomId: RoomId, seconds: number | null): Promise<Room> {
    await this.membership.require(roomId, userId);
    const [changed] = await this.database.query<{ exists_a: boolean; exists_b: boolean }>(SET_TIMER, [
      roomId,
      userId,
      seconds,
    ]);
    if (changed) await this.#publish(roomId, changed);
    else await this.#assertAllowed(userId, roomId);
    return this.rooms.get(roomId, userId);
  }

  /** Not to a member for whom the room does not exist yet. */
  async #publish(roomId: RoomId, exists: { exists_a: boolean; exists_b: boolean }): Promise<void> {
    const [row] = await this.rooms.rows([roomId]);
    if (!row) throw new Error('A room that has members is gone.');
    const { user_a_id, user_b_id } = row;
    const to = [exists.exists_a ? user_a_id : [], exists.exists_b ? user_b_id : []].flat();
    this.changes.publishRoom(row, to);
  }

  async #assertAllowed(userId: UserId, roomId: RoomId): Promise<void> {
    const [room] = await this.database.query<{ closed: boolean; privacy: number }>(REFUSAL, [roomId, userId]);
    if (!room || room.closed) throw roomClosed();
    if (room.privacy & BLOCKS) throw isBlocked();
    if (room.privacy & SILENT) throw notAccepted();
  }
}
