import type { ChatState, OutboxEntry } from './chat-state.js';
import { allSegments } from './segments.js';

/** Removes the entries whose message is in its room: by its client_id, or by its seq once acked. */
export function settleOutbox(state: ChatState): ChatState {
  if (state.outbox.length === 0) return state;
  const outbox = state.outbox.filter((entry) => !hasArrived(state, entry));
  return outbox.length === state.outbox.length ? state : { ...state, outbox };
}

function hasArrived(state: ChatState, entry: OutboxEntry): boolean {
  const room = state.rooms[entry.room_id];
  if (!room) return false;
  if (entry.seq !== null) return entry.seq <= room.room.last_seq;
  return allSegments(room.segments).some(({ messages }) =>
    messages.some(({ client_id, sender }) => client_id === entry.client_id && sender.id === state.me),
  );
}

/** Changes one entry, if it is still there. */
export function withEntry(state: ChatState, clientId: string, change: Partial<OutboxEntry>): ChatState {
  const outbox = state.outbox.map((entry) =>
    entry.client_id === clientId ? { ...entry, ...change } : entry,
  );
  return { ...state, outbox };
}
