import { until } from '../faults/harness/wait.js';
import type { Parley } from './parley.js';

/** Waits until every message of the room, and every change, is in a segment of the index. */
export async function indexed(parley: Parley, roomId: number): Promise<void> {
  await until('the room is indexed', async () => {
    const [row] = await parley.sql<{ is_done: boolean }>(
      `SELECT p.seq = r.last_seq AND NOT EXISTS (
         SELECT FROM messages m WHERE m.room_id = r.id AND m.changed AND m.rev > p.rev) AS is_done
       FROM rooms r JOIN message_search_rooms p ON p.room_id = r.id WHERE r.id = $1`,
      [roomId],
    );
    return row?.is_done === true;
  });
}
