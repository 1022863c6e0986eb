import { hasExpired } from '@parley/shared';
import { emptied, mapMessages } from '../state/apply-expiry.js';
import type { ChatEvent } from '../state/chat-event.js';
import type { ChatState, ClientRoom } from '../state/chat-state.js';
import { allSegments } from '../state/segments.js';

/**
 * Takes the content of the messages whose time is over at `now` (ISO-8601 UTC), as the server does.
 * @returns the event that says so; null when nothing is due.
 */
export function expire(state: ChatState, now: string): ChatEvent | null {
  const rooms: Record<number, ClientRoom> = {};
  for (const room of Object.values(state.rooms)) {
    const segments = mapMessages(room.segments, (message) => emptied(message, now));
    if (segments === room.segments) continue;
    const last_message = segments.live.messages.at(-1) ?? room.room.last_message;
    rooms[room.room.id] = { ...room, segments, room: { ...room.room, last_message } };
  }
  return Object.keys(rooms).length === 0 ? null : { type: 'expired', rooms };
}

/** When the next of the loaded messages is due, ISO-8601 UTC; undefined: none is. */
export function nextExpiry(state: ChatState): string | undefined {
  let next: string | undefined;
  const note = (at: string | undefined) => {
    if (at !== undefined && (next === undefined || at < next)) next = at;
  };
  for (const { segments } of Object.values(state.rooms)) {
    for (const { messages } of allSegments(segments)) {
      for (const message of messages) {
        if (!hasExpired(message)) note(message.expires_at);
        if (message.reply_to?.deleted === false) note(message.reply_to.expires_at);
      }
    }
  }
  return next;
}
