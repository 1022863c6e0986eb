import { unsentMessages, type ChatState, type QueuedMessage, type ClientRoom } from '@parley/client';
import type { User } from '@parley/shared';
import { createMemo, type Accessor } from 'solid-js';
import { createKeyed } from '../ui/keyed';

/** What the state has of one room or user. Who reads it is not concerned by changes of the others. */
export interface RoomReader {
  room(id: number): ClientRoom | undefined;
  user(id: number): User | undefined;
  isTyping(roomId: number): boolean;
  /** The newest message of this user that the server has not confirmed and not refused. */
  lastQueued(roomId: number): QueuedMessage | undefined;
  /** The same of all rooms, by room id. */
  queued: Accessor<Readonly<Record<number, QueuedMessage>>>;
}

export function createRoomReader(state: Accessor<ChatState>): RoomReader {
  const outbox = createMemo(() => state().outbox);
  const queued = createMemo(() => {
    const waiting = unsentMessages(outbox()).filter(({ status }) => status !== 'failed');
    return Object.fromEntries(waiting.map((entry) => [entry.room_id, entry]));
  });
  const typing = createKeyed(createMemo(() => state().typing));
  return {
    room: createKeyed(createMemo(() => state().rooms)),
    user: createKeyed(createMemo(() => state().users)),
    isTyping: (roomId) => typing(roomId) !== undefined,
    lastQueued: createKeyed(queued),
    queued,
  };
}
