import {
  quoteOf,
  type ChangeAck,
  type Message,
  type MessageAck,
  type ReceiptAck,
  type Room,
  type RoomChanges,
  type SyncAck,
  type User,
} from '@parley/shared';
import type { ChatEvent } from '../state/chat-event.js';
import type { ReceiptKind } from '../state/chat-state.js';

export const ME = 1;
export const PEER = 2;
/** Its only room. */
export const ROOM = 7;

/** From which side a page of history lies at a seq. */
export type PageWay = 'before' | 'after' | 'around';

/** What is done to a message, by whom. */
export type ModelChange =
  | { kind: 'edit'; text: string }
  | { kind: 'delete' }
  | { kind: 'react'; by: typeof ME | typeof PEER; emoji: string; on: boolean };

/** The least server that keeps the contract for one room: a list of changes, and what each one says. */
export class ModelServer {
  /** As they are stored: what they answer is shown as it was then. */
  readonly #stored: Message[] = [];
  readonly #marks = { [ME]: { read: 0, delivered: 0 }, [PEER]: { read: 0, delivered: 0 } };
  /** Per revision, the seq of the message that it made or changed. */
  readonly #touched: (number | null)[] = [];
  #isBlocked = false;
  /** Every message up to this one has expired. */
  expiredSeq = 0;
  /** When a message expires that is sent now, by its seq. */
  expiryOf: ((seq: number) => string) | null = null;

  /** @param hidesRead the other user hides how far it has read: who reads only seems to have received. */
  constructor(private readonly hidesRead = false) {}

  /** As they are read now. */
  get messages(): Message[] {
    return this.#stored.map((message) => {
      const original = message.reply_to && this.#stored[message.reply_to.seq - 1];
      return original ? { ...message, reply_to: quoteOf(original) } : message;
    });
  }

  get rev(): number {
    return this.#touched.length;
  }

  /** Stores a message; `client_id` that is known changes nothing, as the contract promises. */
  send(from: typeof ME | typeof PEER, clientId: string | null, replyTo?: number): MessageAck {
    const known = this.messages.find((message) => clientId !== null && message.client_id === clientId);
    if (known) return { message: known, rev: this.#revOf(known), unread_count: this.unread() };
    const seq = this.messages.length + 1;
    const message: Message = {
      id: 100 + seq,
      text: `text ${seq}`,
      timestamp: new Date(Date.UTC(2026, 0, 1, 0, 0, seq)).toISOString(),
      sender: user(from),
      receiver: user(from === ME ? PEER : ME),
      is_read: false,
      is_delivered: false,
      room_id: ROOM,
      seq,
      client_id: clientId,
      edited_at: null,
      deleted_at: null,
      reply_to: null,
      reactions: [],
      attachments: [],
      ...(this.expiryOf ? { expires_at: this.expiryOf(seq) } : {}),
    };
    const original = replyTo === undefined ? undefined : this.#stored[replyTo - 1];
    this.#stored.push(original ? { ...message, reply_to: quoteOf(original) } : message);
    this.#touched.push(seq);
    return { message: this.messages[seq - 1] ?? message, rev: this.rev, unread_count: this.unread() };
  }

  /** The frame of a message. */
  frameOf({ message, rev, unread_count }: MessageAck): ChatEvent {
    return { type: 'message', message, rev, unread_count };
  }

  edit(seq: number): ChatEvent | null {
    const message = this.#stored[seq - 1];
    return message ? this.change(seq, { kind: 'edit', text: `${message.text}!` }).frame : null;
  }

  /** Changes a message; the answer says whether it did, as frame and as ack. An ack of null: it is refused. */
  change(seq: number, change: ModelChange): { frame: ChatEvent | null; ack: ChangeAck | null } {
    const message = this.#stored[seq - 1];
    if (!message || (message.deleted_at !== null && change.kind !== 'delete')) {
      return { frame: null, ack: null };
    }
    const changed = changedBy(message, change);
    if (changed !== message) {
      this.#stored[seq - 1] = changed;
      this.#touched.push(seq);
    }
    const shown = this.messages[seq - 1] ?? changed;
    return {
      frame: changed === message ? null : { type: 'updated', message: shown, rev: this.rev },
      ack: { message_id: message.id, rev: this.rev },
    };
  }

  /** Moves a watermark; the answer says whether it did, as frame and as ack. */
  mark(
    what: ReceiptKind,
    by: typeof ME | typeof PEER,
    wanted: number,
  ): { frame: ChatEvent | null; ack: ReceiptAck } {
    const isHidden = this.hidesRead && by === PEER;
    const shown = isHidden ? 'delivered' : what;
    const mark = this.#marks[by];
    const seq = Math.min(wanted, this.messages.length);
    const moves = seq > mark[shown];
    if (moves) {
      mark[shown] = seq;
      mark.delivered = Math.max(mark.delivered, mark.read);
      this.#touched.push(null);
    }
    const receipt = { room_id: ROOM, seq: mark[shown], rev: this.rev };
    const moved = { ...receipt, user_id: by, message_id: 100 + seq };
    const unread_count = this.unread();
    const frame: ChatEvent = { type: shown, ...moved, ...(by === ME ? { unread_count } : {}) };
    return { frame: moves ? frame : null, ack: { ...receipt, unread_count } };
  }

  /** Blocks or unblocks, which only this user sees. */
  block(): ChatEvent {
    this.#isBlocked = !this.#isBlocked;
    this.#touched.push(null);
    return { type: 'room', room: this.room() };
  }

  /** What the server's setting removes: everything up to `seq`, as one change. */
  expire(seq: number): ChatEvent | null {
    const last = Math.min(seq, this.#stored.length);
    if (last <= this.expiredSeq) return null;
    for (const message of this.#stored.slice(0, last)) {
      this.#stored[message.seq - 1] = { ...message, text: '', deleted_at: message.timestamp };
    }
    this.expiredSeq = last;
    this.#touched.push(null);
    return { type: 'room', room: this.room() };
  }

  /** Where a client that has loaded everything begins: the newest message stays, without its content. */
  get firstSeq(): number {
    return Math.max(1, Math.min(this.expiredSeq + 1, this.messages.length));
  }

  sync(sentRevs: Readonly<Record<string, number>>, maxChanges: number): SyncAck {
    const since = sentRevs[ROOM];
    const unknown = Object.keys(sentRevs)
      .map(Number)
      .filter((id) => id !== ROOM);
    if (since === this.rev) return { rooms: [], unknown, more: false };
    const reset = since === undefined || this.rev - since > maxChanges;
    const seqs = new Set(this.#touched.slice(since).filter((seq) => seq !== null));
    const messages = reset ? [] : this.messages.filter((message) => seqs.has(message.seq));
    const changes: RoomChanges = { room: this.room(), reset, messages };
    return { rooms: [changes], unknown, more: false };
  }

  /** A page of history, newest first: right before a seq, right after it, or with it in the middle. */
  page(way: PageWay, seq: number, size: number): { results: Message[] } {
    const last = this.messages.length;
    const first = { before: seq - size, after: seq + 1, around: seq - Math.floor(size / 2) }[way];
    const page = this.messages.slice(Math.max(0, first - 1), Math.min(last, first + size - 1));
    return { results: page.toReversed() };
  }

  room(): Room {
    const member = (id: typeof ME | typeof PEER) => ({
      user_id: id,
      read_seq: this.hidesRead && id === PEER ? null : this.#marks[id].read,
      delivered_seq: this.#marks[id].delivered,
    });
    return {
      id: ROOM,
      users: [user(ME), user(PEER)],
      created_at: '2026-01-01T00:00:00.000Z',
      last_message: this.messages.at(-1) ?? null,
      unread_count: this.unread(),
      last_seq: this.messages.length,
      rev: this.rev,
      members: [member(ME), member(PEER)],
      ...(this.expiredSeq > 0 ? { expired_seq: this.expiredSeq } : {}),
      ...(this.#isBlocked ? { blocked: true } : {}),
    };
  }

  unread(): number {
    const { read } = this.#marks[ME];
    return this.messages.filter((message) => message.sender.id === PEER && message.seq > read).length;
  }

  #revOf(message: Message): number {
    return this.#touched.indexOf(message.seq) + 1;
  }
}

function changedBy(message: Message, change: ModelChange): Message {
  const at = message.timestamp;
  switch (change.kind) {
    case 'edit':
      return change.text === message.text ? message : { ...message, text: change.text, edited_at: at };
    case 'delete':
      if (message.deleted_at !== null) return message;
      return { ...message, text: '', edited_at: null, deleted_at: at, reactions: [] };
    case 'react': {
      const { by, emoji, on } = change;
      const known = message.reactions.find((reaction) => reaction.emoji === emoji);
      if ((known?.user_ids.includes(by) ?? false) === on) return message;
      const others = (known?.user_ids ?? []).filter((id) => id !== by);
      const user_ids = on ? [...others, by] : others;
      const rest = known
        ? message.reactions.map((each) => (each === known ? { emoji, user_ids } : each))
        : [...message.reactions, { emoji, user_ids }];
      return { ...message, reactions: rest.filter((each) => each.user_ids.length > 0) };
    }
  }
}

export function user(id: number): User {
  const username = ['nobody', 'alice', 'bob'][id] ?? `user${id}`;
  return { id, username, display_name: username, online: true, last_seen: null };
}
