import type { Message, MessageAck, ReceiptAck, Room, RoomChanges, SyncAck, User } from '@parley/shared';
import type { ChatEvent } from '../state/chat-event.js';
import type { ReceiptKind } from '../state/chat-state.js';

export const ME = 1;
export const PEER = 2;
/** Its only room. */
export const ROOM = 7;

/** From which side a page of history lies at a seq. */
export type PageWay = 'before' | 'after' | 'around';

/** The least server that keeps the contract for one room: a list of changes, and what each one says. */
export class ModelServer {
  readonly messages: Message[] = [];
  readonly #marks = { [ME]: { read: 0, delivered: 0 }, [PEER]: { read: 0, delivered: 0 } };
  /** Per revision, the seq of the message that it made or changed. */
  readonly #touched: (number | null)[] = [];
  #isBlocked = false;

  /** @param hidesRead the other user hides how far it has read: who reads only seems to have received. */
  constructor(private readonly hidesRead = false) {}

  get rev(): number {
    return this.#touched.length;
  }

  /** Stores a message; `client_id` that is known changes nothing, as the contract promises. */
  send(from: typeof ME | typeof PEER, clientId: string | null): MessageAck {
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
    };
    this.messages.push(message);
    this.#touched.push(seq);
    return { message, rev: this.rev, unread_count: this.unread() };
  }

  /** The frame of a message. */
  frameOf({ message, rev, unread_count }: MessageAck): ChatEvent {
    return { type: 'message', message, rev, unread_count };
  }

  edit(seq: number): ChatEvent | null {
    const message = this.messages[seq - 1];
    if (!message) return null;
    const edited = { ...message, text: `${message.text}!`, edited_at: message.timestamp };
    this.messages[seq - 1] = edited;
    this.#touched.push(seq);
    return { type: 'updated', message: edited, rev: this.rev };
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

export function user(id: number): User {
  const username = ['nobody', 'alice', 'bob'][id] ?? `user${id}`;
  return { id, username, display_name: username, online: true, last_seen: null };
}
