import { Injectable } from '@nestjs/common';
import type { Receipt } from '@parley/shared';
import { EventBus } from '../bus/event-bus.js';
import type { ReceiptChange, ReceiptUpdate } from './receipt-update.js';
import { ReceiptLog } from './receipt-log.js';
import { MembershipService } from '../rooms/membership.service.js';
import { unreadOf, type RoomState } from '../rooms/room-state.js';

/** Read and delivered watermarks. */
@Injectable()
export class ReceiptsService {
  constructor(
    private readonly membership: MembershipService,
    private readonly log: ReceiptLog,
    private readonly bus: EventBus,
  ) {}

  /**
   * Moves a watermark forward, unless it is further already, and publishes what moved to both users.
   * @throws ChatError `not_found` when the room is not the user's.
   */
  async update(update: ReceiptUpdate): Promise<RoomState> {
    const { roomId, userId } = update;
    if (!this.membership.known(roomId, userId)) await this.membership.require(roomId, userId);
    const { room, changes } = await this.log.update(update);
    for (const change of changes) this.#publish(change, room);
    return room;
  }

  #publish(change: ReceiptChange, room: RoomState): void {
    const { kind: type, userId: user_id, seq, messageId: message_id, rev } = change;
    const receipt: Receipt = { room_id: room.id, user_id, seq, message_id, rev };
    this.bus.publish({
      to: [room.user_a_id, room.user_b_id],
      roomId: room.id,
      frame: { type, ...receipt },
      perUser: (userId) => (userId === user_id ? { unread_count: unreadOf(room, userId) } : {}),
    });
  }
}
