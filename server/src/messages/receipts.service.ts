import { Injectable } from '@nestjs/common';
import type { Receipt } from '@parley/shared';
import { EventBus } from '../bus/event-bus.js';
import type { Mark, Moved } from './mark.js';
import { ReceiptLog } from './receipt-log.js';
import { unreadOf, type RoomHead } from './room-head.js';

/** Read and delivered. The caller's membership has been checked. */
@Injectable()
export class ReceiptsService {
  constructor(
    private readonly log: ReceiptLog,
    private readonly bus: EventBus,
  ) {}

  /** Moves a watermark forward (or leaves it where it is further) and tells both users. */
  async mark(mark: Mark): Promise<RoomHead> {
    const { head, moved } = await this.log.mark(mark);
    for (const change of moved) this.#publish(change, head);
    return head;
  }

  #publish(moved: Moved, head: RoomHead): void {
    const { kind: type, userId: user_id, seq, messageId: message_id, rev } = moved;
    const receipt: Receipt = { room_id: head.id, user_id, seq, message_id, rev };
    this.bus.publish({
      to: [head.user_a_id, head.user_b_id],
      roomId: head.id,
      frame: { type, ...receipt },
      perUser: (userId) => (userId === user_id ? { unread_count: unreadOf(head, userId) } : {}),
    });
  }
}
