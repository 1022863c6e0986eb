import type { Message, Room, ServerFrame, SyncAck } from '@parley/shared';
import type { Parley } from './parley.js';
import type { TestSocket } from './test-socket.js';

/** What is compared of a message: what never changes, or changes with its `rev`. */
const digest = ({ id, seq, text, sender, client_id, reply_to }: Message) =>
  JSON.stringify([id, seq, text, sender.id, client_id, reply_to]);

interface HeldRoom {
  last_seq: number;
  rev: number;
  unread_count: number;
  members: Room['members'];
  /** `seq` to digest. */
  messages: Map<number, string>;
}

/**
 * A client as simple as it can be: what it holds it has from frames, and from `sync` where those leave a gap. It
 * goes by `rev` alone: the next one is applied, an older one dropped, a later one means that something is missing.
 */
export class ReferenceClient {
  readonly #rooms = new Map<number, HeldRoom>();
  #socket: TestSocket | null = null;
  #applied = 0;
  /** A gap was seen: the next sync fills it. */
  hasGap = true;

  constructor(
    private parley: Parley,
    readonly userId: number,
  ) {}

  /** Connects to this server from now on, with what it holds from the other. */
  moveTo(parley: Parley): void {
    this.parley = parley;
  }

  get isConnected(): boolean {
    return this.#socket !== null;
  }

  async connect(): Promise<void> {
    this.#socket ??= await this.parley.userSocket(this.userId);
    await this.catchUp();
  }

  async disconnect(): Promise<void> {
    const socket = this.#socket;
    this.#socket = null;
    this.#applied = 0;
    this.hasGap = true;
    socket?.terminate();
    await socket?.closed;
  }

  /** Applies everything that has arrived by now. */
  async settle(): Promise<void> {
    await this.#socket?.settled();
    for (const frame of this.#socket?.frames.slice(this.#applied) ?? []) this.#apply(frame);
    this.#applied = this.#socket?.frames.length ?? 0;
  }

  /** Syncs until there is nothing more. */
  async catchUp(): Promise<void> {
    for (let more = true; more;) {
      await this.settle();
      const have = Object.fromEntries([...this.#rooms].map(([id, { rev }]) => [id, rev]));
      const answer = await this.#socket!.ask({ type: 'sync', rooms: have });
      if (!('rooms' in answer)) throw new Error(`No answer to sync: ${JSON.stringify(answer)}`);
      // What arrived before the answer comes before it.
      await this.settle();
      await this.#take(answer);
      ({ more } = answer);
    }
    this.hasGap = false;
    await this.settle();
  }

  /** All that this client believes, to be compared with another's. */
  get state(): object {
    return Object.fromEntries(
      [...this.#rooms].map(([id, room]) => [
        id,
        { ...room, messages: [...room.messages].toSorted(([x], [y]) => x - y).map(([, text]) => text) },
      ]),
    );
  }

  /** The same, asked from the server anew. */
  static async stateFromScratch(parley: Parley, userId: number): Promise<object> {
    const { body: rooms } = await parley.get<Room[]>(`/api/rooms/?active_user=${userId}`);
    const entries = rooms.map(async ({ id, last_seq, rev, unread_count, members }) => [
      id,
      { last_seq, rev, unread_count, members, messages: (await parley.history(id)).map(digest) },
    ]);
    return Object.fromEntries(await Promise.all(entries)) as object;
  }

  async #take({ rooms, unknown }: SyncAck): Promise<void> {
    for (const id of unknown) this.#rooms.delete(id);
    for (const { room, reset, messages } of rooms) {
      const held = this.#rooms.get(room.id);
      if (held && held.rev > room.rev) continue;
      const kept = reset || !held ? new Map<number, string>() : held.messages;
      const fetched = reset ? await this.parley.history(room.id) : messages;
      for (const message of fetched) if (message.seq <= room.last_seq) kept.set(message.seq, digest(message));
      const { last_seq, rev, unread_count, members } = room;
      this.#rooms.set(room.id, { last_seq, rev, unread_count, members, messages: kept });
    }
  }

  #apply(frame: ServerFrame): void {
    if (frame.type === 'room') {
      const { id, last_seq, rev, unread_count, members } = frame.room;
      if (!this.#rooms.has(id))
        this.#rooms.set(id, { last_seq, rev, unread_count, members, messages: new Map() });
      return;
    }
    if (frame.type !== 'message' && frame.type !== 'read' && frame.type !== 'delivered') return;
    const { rev, unread_count: unread } = frame;
    const room = this.#rooms.get(frame.type === 'message' ? frame.message.room_id : frame.room_id);
    if (!room || rev === undefined || rev > room.rev + 1) {
      this.hasGap = true;
      return;
    }
    if (rev <= room.rev) return;
    room.rev = rev;
    if (unread !== undefined) room.unread_count = unread;
    if (frame.type === 'message') {
      room.last_seq = frame.message.seq;
      room.messages.set(frame.message.seq, digest(frame.message));
      return;
    }
    const { type, user_id: userId, seq } = frame;
    room.members = room.members.map((member) => {
      if (member.user_id !== userId) return member;
      const delivered_seq = Math.max(member.delivered_seq, seq);
      return { ...member, delivered_seq, ...(type === 'read' ? { read_seq: seq } : {}) };
    }) as Room['members'];
  }
}
