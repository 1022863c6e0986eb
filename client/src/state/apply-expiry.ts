import { hasExpired, type Message } from '@parley/shared';
import type { ClientRoom } from './chat-state.js';
import { endOf, putMessage, type Segment, type Segments } from './segments.js';

/**
 * Forgets what is loaded up to the room's `expired_seq`, and what later messages show of it. The newest message stays, as the
 * server shows it: without content.
 */
export function withoutExpired(state: ClientRoom, before: number): ClientRoom {
  const { expired_seq = 0, last_seq, last_message, rev } = state.room;
  if (expired_seq <= before) return state;
  const first = Math.min(expired_seq + 1, last_seq);
  const rest = (segment: Segment): Segment => ({
    first: Math.max(segment.first, first),
    messages: segment.messages.slice(Math.max(0, first - segment.first)),
  });
  const left = {
    live: rest(state.segments.live),
    detached: state.segments.detached.filter((segment) => endOf(segment) > first).map(rest),
  };
  const segments = mapMessages(left, (message) =>
    message.reply_to && message.reply_to.seq <= expired_seq ? withEmptyQuote(message) : message,
  );
  const isGone = last_message !== null && expired_seq >= last_seq;
  return { ...state, segments: (isGone && putMessage(segments, last_message)) || segments, changedRev: rev };
}

/** A message that shows nothing of what it answers. */
export function withEmptyQuote(message: Message): Message {
  const { reply_to } = message;
  return reply_to && !reply_to.deleted
    ? { ...message, reply_to: { ...reply_to, text: '', deleted: true } }
    : message;
}

/** A message without what has expired of it at `now` (ISO-8601 UTC). */
export function emptied(message: Message, now: string): Message {
  const { expires_at, reply_to } = message;
  if (expires_at !== undefined && expires_at <= now) {
    if (hasExpired(message)) return message;
    return {
      ...message,
      text: '',
      edited_at: null,
      reactions: [],
      attachments: [],
      reply_to: null,
      deleted_at: expires_at,
    };
  }
  const isQuoteDue = reply_to?.expires_at !== undefined && reply_to.expires_at <= now;
  return isQuoteDue ? withEmptyQuote(message) : message;
}

/** Changes messages. @returns the same segments when no message is another one. */
export function mapMessages(segments: Segments, change: (message: Message) => Message): Segments {
  const map = (segment: Segment): Segment => {
    const messages = segment.messages.map(change);
    return messages.every((message, i) => message === segment.messages[i])
      ? segment
      : { ...segment, messages };
  };
  const [live, detached] = [map(segments.live), segments.detached.map(map)];
  const isSame = live === segments.live && detached.every((each, i) => each === segments.detached[i]);
  return isSame ? segments : { live, detached };
}
