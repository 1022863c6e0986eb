import type { ClientFrame, Message, Room, ServerFrame, User } from '@parley/shared';
import fc from 'fast-check';
import { ChatClient } from '../../faults/harness/chat-client.js';
import { sleep, until } from '../../faults/harness/wait.js';
import { Parley } from '../../support/parley.js';
import { fillRoom } from '../../support/rows.js';
import type { TestSocket } from '../../support/test-socket.js';

jest.setTimeout(90_000);
/** Each failing example is looked at until its deadline: the smallest one so far is reported in time. */
const IN_TIME = { interruptAfterTimeLimit: 60_000 };

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
});
afterAll(() => {
  for (const client of clients) client.stop();
  return parley.stop();
});
/** A failed example leaves its client behind. */
const clients: ChatClient[] = [];

type Act =
  /** `answers`: the seq of the message that it quotes. */
  | { do: 'send'; room: number; by: 'me' | 'peer'; answers: number | null }
  | {
      do: 'edit' | 'delete' | 'react';
      room: number;
      by: 'me' | 'peer';
      seq: number;
      emoji: string;
      on: boolean;
    }
  | { do: 'read' | 'delivered'; room: number; by: 'me' | 'peer'; seq: number }
  | { do: 'meet' | 'cut' | 'return' | 'flood'; room: number };

const room = fc.nat(2);
const by = fc.constantFrom('me' as const, 'peer' as const);
const anySeq = fc.integer({ min: 1, max: 12 });
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      room,
      by,
      answers: fc.option(anySeq, { freq: 2 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('edit' as const, 'delete' as const, 'react' as const, 'react' as const),
      room,
      by,
      seq: anySeq,
      emoji: fc.constantFrom('👍', '❤️'),
      on: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('read' as const, 'delivered' as const),
      room,
      by,
      seq: anySeq,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('meet' as const), room }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('cut' as const, 'return' as const), room }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flood' as const), room }) },
);

const digest = ({ id, seq, text, sender, client_id, reply_to, edited_at, deleted_at, reactions }: Message) =>
  JSON.stringify([id, seq, text, sender.id, client_id, reply_to, edited_at, deleted_at, reactions]);

/** Me, my peers and our rooms. Everything that others do goes over sockets of theirs. */
class World {
  readonly rooms: { room: Room; peer: User; ofPeer: TestSocket }[] = [];
  readonly client: ChatClient;
  isConnected = false;
  #edits = 0;
  /** Of this connection: the revision of each room that the client began with, and those that frames brought. */
  readonly #first = new Map<number, number>();
  readonly #byFrame = new Set<string>();

  private constructor(
    readonly me: User,
    readonly otherDevice: TestSocket,
  ) {
    this.client = new ChatClient(me.id, [parley.origin], {
      // Frames alone keep it right: it does not sync to find out what it has missed.
      heartbeatMs: 600_000,
      checkFrame: (frame, answers) => {
        parley.contract.checkServerFrame(frame, 'user', answers);
        this.#note(frame);
      },
    });
    clients.push(this.client);
  }

  static async create(): Promise<World> {
    const me = await parley.newUser();
    const world = new World(me, await parley.userSocket(me.id));
    await world.meet();
    await world.connect();
    return world;
  }

  async connect(): Promise<void> {
    if (!this.isConnected) {
      this.#first.clear();
      this.#byFrame.clear();
    }
    this.isConnected = true;
    this.client.start();
    await until('the client has caught up', () => this.client.isSynced);
  }

  disconnect(): void {
    this.isConnected = false;
    this.client.stop();
  }

  async meet(): Promise<void> {
    const peer = await parley.newUser();
    const ofPeer = await parley.userSocket(peer.id);
    const { body } = await parley.post<Room>('/api/rooms/create/', {
      user_id: this.me.id,
      active_user_id: peer.id,
    });
    this.rooms.push({ room: body, peer, ofPeer });
  }

  async perform(one: Act): Promise<void> {
    const place = this.rooms[one.room % this.rooms.length]!;
    if (one.do === 'cut') this.disconnect();
    if (one.do === 'return') await this.connect();
    if (one.do === 'meet') await this.meet();
    // By SQL, so only while no socket is open that would need the frame.
    if (one.do === 'flood' && !this.isConnected) await fillRoom(parley, place.room.id, place.peer.id, 310);
    if (!('by' in one)) return;
    const socket = one.by === 'me' ? this.otherDevice : place.ofPeer;
    const fields = await this.#fieldsOf(one, place.room.id);
    if (fields) await socket.ask(fields);
  }

  /** Null: there is no such message. */
  async #fieldsOf(one: Extract<Act, { by: string }>, roomId: number): Promise<ClientFrame | null> {
    if (one.do === 'send') {
      const reply_to = one.answers === null ? undefined : await this.#idOf(roomId, one.answers);
      return { type: 'message', text: 'x', room_id: roomId, ...(reply_to ? { reply_to } : {}) };
    }
    if (!('emoji' in one)) return { type: one.do, seq: one.seq, room_id: roomId };
    const message_id = await this.#idOf(roomId, one.seq);
    if (message_id === undefined) return null;
    switch (one.do) {
      case 'edit':
        return { type: 'edit', message_id, text: `edit ${++this.#edits}` };
      case 'delete':
        return { type: 'delete', message_id };
      case 'react':
        return { type: 'react', message_id, emoji: one.emoji, on: one.on };
    }
  }

  async #idOf(roomId: number, seq: number): Promise<number | undefined> {
    const sql = 'SELECT id::int FROM messages WHERE room_id = $1 AND seq = $2';
    return (await parley.sql<{ id: number }>(sql, [roomId, seq]))[0]?.id;
  }

  async end(): Promise<void> {
    this.disconnect();
    const sockets = [this.otherDevice, ...this.rooms.map(({ ofPeer }) => ofPeer)];
    for (const socket of sockets) socket.terminate();
    await Promise.all(sockets.map(({ closed }) => closed));
  }

  /** Both move for a moment: the client confirms what has arrived. */
  async compare(): Promise<void> {
    const end = Date.now() + 20_000;
    const look = async () => ({ held: this.#held(), stored: await this.#stored() });
    let seen = await look();
    const differs = () => JSON.stringify(seen.held) !== JSON.stringify(seen.stored);
    while ((differs() || this.#missed().length > 0) && Date.now() < end) {
      await sleep(10);
      seen = await look();
    }
    // What was equal, and not a second look: between the two of it the client may confirm once more.
    expect(seen.held).toEqual(seen.stored);
    expect(this.#missed()).toEqual([]);
    expect(this.client.violations).toEqual([]);
  }

  #note(frame: ServerFrame): void {
    if (frame.type === 'ack' && 'rooms' in frame) for (const synced of frame.rooms) this.#begin(synced.room);
    if (frame.type === 'room') this.#begin(frame.room);
    if (
      frame.type !== 'message' &&
      frame.type !== 'updated' &&
      frame.type !== 'read' &&
      frame.type !== 'delivered'
    )
      return;
    const roomId = 'message' in frame ? frame.message.room_id : frame.room_id;
    this.#byFrame.add(`${roomId}/${frame.rev}`);
  }

  #begin({ id, rev }: Room): void {
    if (!this.#first.has(id)) this.#first.set(id, rev);
  }

  /** The revisions, as `<room>/<rev>`, that came without a frame while the client was connected: only a sync had them. */
  #missed(): string[] {
    return [...this.#first]
      .flatMap(([id, first]) =>
        Array.from(
          { length: Math.max(0, this.client.room(id).rev - first) },
          (_, i) => `${id}/${first + 1 + i}`,
        ),
      )
      .filter((revision) => !this.#byFrame.has(revision));
  }

  /** What the client has of its rooms. */
  #held(): object {
    const rooms = [...this.client.rooms].toSorted(([a], [b]) => a - b);
    return rooms.map(([id, { lastSeq, rev, unread, marks, messages }]) => [
      { id, lastSeq, rev, unread },
      [...marks].map(([user, { read, delivered }]) => [user, read, delivered]),
      messages.map(digest),
    ]);
  }

  /** The same, asked from the server anew. */
  async #stored(): Promise<object> {
    const { body } = await parley.get<Room[]>(`/api/rooms/?active_user=${this.me.id}`);
    const rooms = body.toSorted((a, b) => a.id - b.id);
    return Promise.all(
      rooms.map(async ({ id, last_seq: lastSeq, rev, unread_count: unread, members }) => [
        { id, lastSeq, rev, unread },
        members.map(({ user_id, read_seq, delivered_seq }) => [user_id, read_seq, delivered_seq]),
        (await parley.history(id)).map(digest),
      ]),
    );
  }
}

describe('the shipped client', () => {
  it('has what the server has, by frames alone, when things happen one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
        const world = await World.create();
        for (const one of acts) await world.perform(one);
        // While it is connected, frames alone have kept it right.
        if (world.isConnected) await world.compare();
        await world.connect();
        await world.compare();
        await world.end();
      }),
      { ...IN_TIME, numRuns: 60 },
    );
  });

  it('has what the server has when all of it happens at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(act, { maxLength: 12 }), { minLength: 2, maxLength: 4 }),
        async (bursts) => {
          const world = await World.create();
          for (const burst of bursts) {
            // Leaving, coming back and new rooms are not a race of the server's.
            const [moves, acts] = [burst.filter(isMove), burst.filter((one) => !isMove(one))];
            for (const move of moves) await world.perform(move);
            await Promise.all([
              ...acts.map((one) => world.perform(one)),
              ...(world.isConnected ? [world.client.sync()] : []),
            ]);
          }
          await world.connect();
          await world.compare();
          await world.end();
        },
      ),
      { ...IN_TIME, numRuns: 40 },
    );
  });
});

function isMove({ do: what }: Act): boolean {
  return ['cut', 'return', 'meet', 'flood'].includes(what);
}
