import type { ChatState, OutboxEntry } from './chat-state.js';
import { allSegments } from './segments.js';

/**
 * Removes the entries that are in their room: a message by its client_id, or by its seq once acked; a change by its
 * revision. What waits for a message learns its id when that message is there.
 */
export function settleOutbox(state: ChatState): ChatState {
  if (state.outbox.length === 0) return state;
  const named = state.outbox.reduce((sofar, entry) => {
    if (entry.kind === 'send' || entry.message_id !== null || entry.of === null) return sofar;
    const message = ownMessage(state, entry.room_id, entry.of);
    return message ? withMessageId(sofar, entry.of, message.id) : sofar;
  }, state);
  const outbox = named.outbox.filter((entry) => !hasArrived(named, entry));
  return outbox.length === named.outbox.length ? named : { ...named, outbox };
}

function hasArrived(state: ChatState, entry: OutboxEntry): boolean {
  const room = state.rooms[entry.room_id];
  if (entry.kind !== 'send') return entry.rev !== null && (!room || entry.rev <= room.room.rev);
  if (!room) return false;
  if (entry.seq !== null) return entry.seq <= room.room.last_seq;
  return ownMessage(state, entry.room_id, entry.client_id) !== undefined;
}

/** A loaded message of this user by its client_id. */
export function ownMessage(state: ChatState, roomId: number, clientId: string) {
  const room = state.rooms[roomId];
  const segments = room ? allSegments(room.segments) : [];
  for (const { messages } of segments) {
    const message = messages.find(
      ({ client_id, sender }) => client_id === clientId && sender.id === state.me,
    );
    if (message) return message;
  }
  return undefined;
}

/** Changes one entry, if it is still there. */
export function withEntry(
  state: ChatState,
  clientId: string,
  change: (entry: OutboxEntry) => OutboxEntry,
): ChatState {
  const outbox = state.outbox.map((entry) => (entry.client_id === clientId ? change(entry) : entry));
  return { ...state, outbox };
}

/** Removes an entry, and what was to be done to its message. */
export function withoutEntry(state: ChatState, clientId: string): ChatState {
  const outbox = state.outbox.filter((entry) => {
    if (entry.client_id === clientId) return false;
    return entry.kind === 'send' || entry.message_id !== null || entry.of !== clientId;
  });
  return { ...state, outbox };
}

/** The server has the message with this client_id: what is to be done to it can be sent. */
export function withMessageId(state: ChatState, clientId: string, id: number): ChatState {
  const isMeant = (entry: OutboxEntry) =>
    entry.kind !== 'send' && entry.of === clientId && entry.message_id === null;
  if (!state.outbox.some(isMeant)) return state;
  const outbox = state.outbox.map((entry) =>
    entry.kind !== 'send' && isMeant(entry) ? { ...entry, message_id: id } : entry,
  );
  return { ...state, outbox };
}
