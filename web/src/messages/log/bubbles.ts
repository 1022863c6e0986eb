import type { ErrorCode, Message, MessageReply, MessageTimer } from '@parley/shared';
import type { OutboxStatus, QueuedMessage, Watermarks } from '@parley/client';
import type { ShownFile } from '../../attachments/layout';
import { dayKey } from '../../words/times';
import { times } from '../../words/words';

/** One row of the log. */
export type Row = DayRow | UnreadRow | TimerRow | Bubble;

interface DayRow {
  kind: 'day';
  key: string;
  /** When it was, that day: ISO-8601 UTC. */
  at: string;
  label: string;
}

interface UnreadRow {
  kind: 'unread';
  key: string;
}

/** Where a member has changed after which time messages disappear. */
interface TimerRow {
  kind: 'timer';
  key: string;
  timer: MessageTimer;
}

/** A message as it is shown, confirmed or on its way. */
export interface Bubble {
  kind: 'bubble';
  /** Stays the same when a message on its way is confirmed. */
  key: string;
  /** Empty: the message is deleted, or has files only. */
  text: string;
  isMine: boolean;
  at: string;
  /** Null while on its way. */
  seq: number | null;
  files: readonly ShownFile[];
  /** As the user sees it, with what the user has done to it; null while on its way. */
  message: Message | null;
  /** The message that it answers. */
  replyTo: MessageReply | null;
  /** What the user has done to it is on its way. */
  isChanging: boolean;
  outbox: { clientId: string; status: OutboxStatus; reason: ErrorCode | null } | null;
  /** First and last of a run of messages by one sender. */
  isFirst: boolean;
  isLast: boolean;
}

/** How far an own message has come; `failed`: the server refused it. */
export type MessageStatus = 'sending' | 'sent' | 'delivered' | 'read' | 'failed';

const OUTBOX_STATUS = {
  waiting: 'sending',
  sent: 'sent',
  failed: 'failed',
} as const satisfies Record<OutboxStatus, MessageStatus>;

const NO_FILES: readonly ShownFile[] = [];

/** Messages of one sender further apart than this, in milliseconds, do not stand together. */
const TOGETHER_MS = 5 * 60_000;

export function statusOf(bubble: Bubble, peer: Watermarks): MessageStatus {
  if (bubble.outbox) return OUTBOX_STATUS[bubble.outbox.status];
  const seq = bubble.seq ?? Number.POSITIVE_INFINITY;
  if (seq <= peer.read) return 'read';
  return seq <= peer.delivered ? 'delivered' : 'sent';
}

/** How far a message has come that the server has not confirmed. */
export function outboxStatusOf(entry: QueuedMessage): MessageStatus {
  return OUTBOX_STATUS[entry.status];
}

export function confirmedBubble(message: Message, me: number, isChanging = false): Bubble {
  const isMine = message.sender.id === me;
  return {
    kind: 'bubble',
    key: isMine && message.client_id !== null ? message.client_id : `message-${message.id}`,
    text: message.text,
    // Servers of an earlier version send none.
    files: message.attachments ?? NO_FILES,
    isMine,
    at: message.timestamp,
    seq: message.seq,
    message,
    replyTo: message.deleted_at === null ? message.reply_to : null,
    isChanging,
    outbox: null,
    isFirst: true,
    isLast: true,
  };
}

export function waitingBubble(entry: QueuedMessage): Bubble {
  return {
    kind: 'bubble',
    key: entry.client_id,
    text: entry.text,
    files: entry.files ?? NO_FILES,
    isMine: true,
    at: entry.created_at,
    seq: null,
    message: null,
    replyTo: entry.reply_to,
    isChanging: false,
    outbox: { clientId: entry.client_id, status: entry.status, reason: entry.reason },
    isFirst: true,
    isLast: true,
  };
}

/**
 * Puts days between messages, the divider before the first one after `unreadAfter`, and the change of the `timer`, if it was made
 * at one of them, after that, and says which messages stand together.
 */
export function arrange(
  bubbles: readonly Bubble[],
  unreadAfter: number | null,
  now: number,
  timer?: MessageTimer,
): Row[] {
  const rows: Row[] = [];
  let day = '';
  let isDivided = unreadAfter === null;
  let pending = timer;

  function startDay(at: string): void {
    if (day === dayKey(at)) return;
    day = dayKey(at);
    rows.push({ kind: 'day', key: `day-${day}`, at, label: times.day(at, now) });
  }
  function addTimer(change: MessageTimer): void {
    startDay(change.changed_at);
    rows.push({ kind: 'timer', key: `timer-${change.changed_at}`, timer: change });
  }

  for (const [i, bubble] of bubbles.entries()) {
    /** A refused one has no place of its own among the others. */
    const isBetween = bubble.seq === null && bubbles.slice(i).some((later) => later.seq !== null);
    const seq = isBetween ? 0 : (bubble.seq ?? Number.POSITIVE_INFINITY);
    /** At the top of what is shown, the first one after `place` may still lie above. */
    const isFirstAfter = (place: number) => seq > place && (i > 0 || seq === place + 1);
    if (pending && seq > pending.after_seq) {
      if (isFirstAfter(pending.after_seq)) addTimer(pending);
      pending = undefined;
    }
    startDay(bubble.at);
    if (!isDivided && !bubble.isMine && bubble.seq !== null && seq > (unreadAfter ?? 0)) {
      isDivided = true;
      if (isFirstAfter(unreadAfter ?? 0)) rows.push({ kind: 'unread', key: 'unread' });
    }
    const last = rows.at(-1);
    const isFirst = last?.kind !== 'bubble' || !standTogether(last, bubble);
    if (!isFirst) rows[rows.length - 1] = { ...last, isLast: false };
    rows.push({ ...bubble, isFirst, isLast: true });
  }
  if (pending && bubbles.length > 0) addTimer(pending);
  return rows;
}

function standTogether(a: Bubble, b: Bubble): boolean {
  return a.isMine === b.isMine && Math.abs(Date.parse(b.at) - Date.parse(a.at)) <= TOGETHER_MS;
}
