import { Injectable, Logger } from '@nestjs/common';
import type { RoomId, UserId } from '@parley/shared';
import { EventBus } from '../bus/event-bus.js';
import { Database, type Statement } from '../database/database.js';
import { errorFields } from '../logging/log-line.js';
import { isFrozenFor } from '../rooms/room-state.js';
import { SILENT } from '../users/privacy.js';
import { InboxService } from './inbox.service.js';
import type { RoomRow } from './inbox.sql.js';

/** Rooms in one statement: so long do their writers wait, and no longer. */
const ROOMS_PER_STATEMENT = 100;

/**
 * Gives the next rooms of user $1 (with messages, after room $2, at most $3) a revision, so that clients find the change by
 * `sync` too. Whom the user has blocked, or not accepted, does not learn that the user did something. Locks rooms in the order of their ids, as every statement does.
 */
const ADVANCE: Statement = {
  name: 'rooms-advance',
  sql: `WITH room AS (
          SELECT id FROM rooms WHERE last_seq > 0 AND id > $2
            AND (user_a_id = $1 AND privacy_a & ${SILENT} = 0 OR user_b_id = $1 AND privacy_b & ${SILENT} = 0)
          ORDER BY id LIMIT $3 FOR NO KEY UPDATE
        )
        UPDATE rooms SET rev = rev + 1 FROM room WHERE rooms.id = room.id RETURNING rooms.id`,
};

/** Publishes that a user has another profile to the members of the user's rooms. */
@Injectable()
export class ProfileChanges {
  readonly #logger = new Logger('Profiles');

  constructor(
    private readonly database: Database,
    private readonly inbox: InboxService,
    private readonly bus: EventBus,
  ) {}

  /** Never rejects: the change is committed. Clients that are not reached find it when they load the room again. */
  async publish(userId: UserId): Promise<void> {
    try {
      for (
        let last: RoomId | null = 0 as RoomId;
        last !== null;
        last = await this.#publishAfter(userId, last)
      );
    } catch (error) {
      this.#logger.warn({
        msg: 'A change of a profile was not published to every room',
        ...errorFields(error),
      });
    }
  }

  /** The room as each of these members (both by default) sees it, to the sockets of that member. */
  publishRoom(row: RoomRow, to: readonly UserId[] = [row.user_a_id, row.user_b_id]): void {
    for (const member of to) {
      // Nothing of a user reaches somebody who has blocked it.
      if (isFrozenFor(row, member)) continue;
      this.bus.publish({
        to: [member],
        roomId: row.id,
        frame: { type: 'room', room: this.inbox.view(row, member) },
      });
    }
  }

  /** @returns the last room of the batch; null when there are no more. */
  async #publishAfter(userId: UserId, last: RoomId): Promise<RoomId | null> {
    const rows = await this.database.query<{ id: RoomId }>(ADVANCE, [userId, last, ROOMS_PER_STATEMENT]);
    if (rows.length === 0) return null;
    const ids = rows.map(({ id }) => id);
    for (const row of await this.inbox.rows(ids)) this.publishRoom(row);
    return Math.max(...ids) as RoomId;
  }
}
