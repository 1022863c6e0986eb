import type { Room, User } from '@parley/shared';
import fc from 'fast-check';
import { Parley } from '../../support/parley.js';
import { ReferenceClient } from '../../support/reference-client.js';
import { fillRoom } from '../../support/rows.js';
import type { TestSocket } from '../../support/test-socket.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

type Act =
  | { do: 'send'; room: number; by: 'me' | 'peer' }
  | { do: 'read' | 'delivered'; room: number; by: 'me' | 'peer'; seq: number }
  | { do: 'meet' | 'cut' | 'return' | 'flood'; room: number };

const room = fc.nat(2);
const by = fc.constantFrom('me' as const, 'peer' as const);
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('send' as const), room, by }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('read' as const, 'delivered' as const),
      room,
      by,
      seq: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('meet' as const), room }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('cut' as const, 'return' as const), room }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flood' as const), room }) },
);

/** Me, my peers and our rooms. Everything that others do goes over sockets of theirs. */
class World {
  readonly rooms: { room: Room; peer: User; ofPeer: TestSocket }[] = [];

  private constructor(
    readonly me: User,
    readonly client: ReferenceClient,
    readonly otherDevice: TestSocket,
  ) {}

  static async create(): Promise<World> {
    const me = await parley.newUser();
    const world = new World(me, new ReferenceClient(parley, me.id), await parley.userSocket(me.id));
    await world.meet();
    await world.client.connect();
    return world;
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
    if (one.do === 'cut') await this.client.disconnect();
    if (one.do === 'return') await this.client.connect();
    if (one.do === 'meet') await this.meet();
    // By SQL, so only while no socket is open that would need the frame.
    if (one.do === 'flood' && !this.client.isConnected)
      await fillRoom(parley, place.room.id, place.peer.id, 310);
    if (!('by' in one)) return;
    const socket = one.by === 'me' ? this.otherDevice : place.ofPeer;
    const fields = one.do === 'send' ? { type: 'message', text: 'x' } : { type: one.do, seq: one.seq };
    await socket.ask({ ...fields, room_id: place.room.id });
  }

  async end(): Promise<void> {
    await this.client.disconnect();
    const sockets = [this.otherDevice, ...this.rooms.map(({ ofPeer }) => ofPeer)];
    for (const socket of sockets) socket.terminate();
    await Promise.all(sockets.map(({ closed }) => closed));
  }

  async compare(): Promise<void> {
    expect(this.client.state).toEqual(await ReferenceClient.stateFromScratch(parley, this.me.id));
  }
}

describe('a client that goes by frames, and by sync after every gap', () => {
  it('has what the server has, whatever happened while it was there or away', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
        const world = await World.create();
        for (const one of acts) {
          await world.perform(one);
          if (!world.client.isConnected) continue;
          await world.client.settle();
          expect(world.client.hasGap).toBe(false);
        }
        // While it is connected, frames alone have kept it right.
        if (world.client.isConnected) await world.compare();
        await world.client.connect();
        await world.compare();
        await world.end();
      }),
      { numRuns: 60 },
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
              ...(world.client.isConnected ? [world.client.catchUp()] : []),
            ]);
          }
          await world.client.connect();
          if (world.client.hasGap) await world.client.catchUp();
          await world.compare();
          await world.end();
        },
      ),
      { numRuns: 40 },
    );
  });
});

function isMove({ do: what }: Act): boolean {
  return ['cut', 'return', 'meet', 'flood'].includes(what);
}
