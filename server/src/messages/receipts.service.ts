import { Injectable } from '@nestjs/common';
import type { Receipt, Rev, UserId } from '@parley/shared';
import { EventBus } from '../bus/event-bus.js';
import { Committed } from './committed.js';
import type { ReceiptChange, ReceiptUpdate } from './receipt-update.js';
import { ReceiptLog } from './receipt-log.js';
import { MembershipService } from '../rooms/membership.service.js';
import { isFrozenFor, peerOf, seenBy, sideOf, unreadOf, type RoomState } from '../rooms/room-state.js';

/** Read and delivered watermarks. */
@Injectable()
export class ReceiptsService {
  constructor(
    private readonly membership: MembershipService,
    private readonly log: ReceiptLog,
    private readonly bus: EventBus,
    private readonly committed: Committed,
  ) {}

  /**
   * Moves a watermark forward, unless it is further already, and publishes what moved to the users who may see it.
   * @returns the room as the user sees it.
   * @throws ChatError `not_found` when the room is not the user's.
   */
  async update(update: ReceiptUpdate): Promise<RoomState> {
    const { roomId, userId } = update;
    if (!this.membership.known(roomId, userId)) await this.membership.require(roomId, userId);
    const { room, changes } = await this.log.update(update);
    for (const change of changes) {
      this.#publish(change, room);
      if (change.kind === 'read') this.committed.onRead(change.userId, room, change.seq);
    }
    return seenBy(room, userId);
  }

  #publish({ kind: type, userId, seq, messageId, revs, isPrivate }: ReceiptChange, room: RoomState): void {
    const to = [room.user_a_id, room.user_b_id];
    const publish = (rev: Rev, exceptUser?: UserId) => {
      const receipt: Receipt = { room_id: room.id, user_id: userId, seq, message_id: messageId, rev };
      this.bus.publish({
        to,
        roomId: room.id,
        frame: { type, ...receipt },
        perUser: (id) => (id === userId ? { unread_count: unreadOf(seenBy(room, id), id) } : {}),
        exceptUser,
      });
    };
    const other = peerOf(room, userId);
    const isHidden = isPrivate || isFrozenFor(room, other);
    if (!isHidden && revs.a === revs.b) return publish(revs.a);
    publish(revs[sideOf(room, userId)], other);
    if (!isHidden) publish(revs[sideOf(room, other)], userId);
  }
}
