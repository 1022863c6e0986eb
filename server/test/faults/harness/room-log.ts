import type { Member, Message, Receipt, Room } from '@parley/shared';

/** One step of a room's revision. */
export type Change =
  | { kind: 'message'; rev: number; message: Message; unread?: number | undefined }
  | { kind: 'read' | 'delivered'; rev: number; receipt: Receipt };

/**
 * A room as one client has it: all of its messages from the first, without a hole, and everything as of one
 * revision. A change that is not the next one is held until those before it have come.
 */
export class RoomLog {
  rev = 0;
  /** The highest revision that the client received. */
  knownRev = 0;
  unread = 0;
  readonly messages: Message[] = [];
  readonly marks = new Map<number, { read: number; delivered: number }>();
  /** How often a message came that was known already. */
  repetitions = 0;
  /** How often a change came before the one that belongs before it. */
  early = 0;
  /** What a server must never do. */
  readonly violations: string[] = [];
  readonly #held = new Map<number, Change>();

  constructor(
    readonly id: number,
    private readonly userId: number,
  ) {}

  get lastSeq(): number {
    return this.messages.length;
  }

  get hasGap(): boolean {
    return this.knownRev > this.rev;
  }

  offer(change: Change): void {
    this.knownRev = Math.max(this.knownRev, change.rev);
    if (change.kind === 'message' && this.#isKnown(change.message)) return;
    if (change.rev <= this.rev) {
      if (change.kind === 'message')
        this.#complain(`message ${change.message.seq} came with the old rev ${change.rev}`);
      return;
    }
    if (change.rev > this.rev + 1) this.early += 1;
    this.#held.set(change.rev, change);
    this.#applyHeld();
  }

  /** The answer to a `sync`. With a reset the calling code has fetched the missing messages. */
  catchUp(room: Room, changed: readonly Message[]): void {
    if (room.rev < this.rev) return;
    for (const message of changed) {
      if (message.seq <= this.lastSeq) this.#isKnown(message);
      else if (message.seq <= room.last_seq) this.#append(message);
    }
    if (this.lastSeq !== room.last_seq) {
      this.#complain(`caught up to ${this.lastSeq} of ${room.last_seq} messages at rev ${room.rev}`);
    }
    this.rev = room.rev;
    this.knownRev = Math.max(this.knownRev, room.rev);
    this.unread = room.unread_count;
    for (const member of room.members) this.#raise(member);
    this.#applyHeld();
  }

  #applyHeld(): void {
    for (const rev of this.#held.keys()) if (rev <= this.rev) this.#held.delete(rev);
    for (let next = this.#held.get(this.rev + 1); next; next = this.#held.get(this.rev + 1)) {
      this.#held.delete(next.rev);
      this.#apply(next);
    }
  }

  #apply(change: Change): void {
    this.rev = change.rev;
    if (change.kind === 'message') {
      this.#append(change.message);
      this.unread = change.unread ?? this.unread;
      return;
    }
    const { user_id, seq, unread_count } = change.receipt;
    this.#raise({ user_id, read_seq: change.kind === 'read' ? seq : 0, delivered_seq: seq });
    if (user_id === this.userId) this.unread = unread_count ?? this.unread;
  }

  #append(message: Message): void {
    if (message.seq === this.lastSeq + 1) this.messages.push(message);
    else this.#complain(`message ${message.seq} came after ${this.lastSeq}`);
  }

  #isKnown(message: Message): boolean {
    const known = this.messages[message.seq - 1];
    if (!known) return false;
    this.repetitions += 1;
    const same =
      known.id === message.id && known.text === message.text && known.client_id === message.client_id;
    if (!same) this.#complain(`message ${message.seq} was ${known.text}, and then ${message.text}`);
    return true;
  }

  #raise({ user_id, read_seq, delivered_seq }: Member): void {
    const mark = this.marks.get(user_id) ?? { read: 0, delivered: 0 };
    this.marks.set(user_id, {
      read: Math.max(mark.read, read_seq),
      delivered: Math.max(mark.delivered, delivered_seq),
    });
  }

  #complain(what: string): void {
    this.violations.push(`user ${this.userId}, room ${this.id}: ${what}`);
  }
}
