import type { Room, ServerFrame, SyncAck, User } from '@parley/shared';
import fc from 'fast-check';
import { Parley } from '../../support/parley.js';
import type { TestSocket } from '../../support/test-socket.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

type Who = 0 | 1;

/** What a room is, said as simply as it can be. */
class Model {
  readonly senders: Who[] = [];
  readonly read: [number, number] = [0, 0];
  readonly delivered: [number, number] = [0, 0];
  rev = 0;

  send(who: Who): void {
    this.senders.push(who);
    this.rev += 1;
  }

  /** @returns where the mark is now. */
  mark(kind: 'read' | 'delivered', who: Who, seq: number): number {
    const upTo = Math.min(seq, this.senders.length);
    const marks = this[kind];
    if (upTo > marks[who]) {
      marks[who] = upTo;
      this.rev += 1;
    }
    this.delivered[who] = Math.max(this.delivered[who], this.read[who]);
    return marks[who];
  }

  unread(who: Who): number {
    return this.senders.filter((sender, i) => sender !== who && i + 1 > this.read[who]).length;
  }

  /** The room as `who` is to see it. */
  room(users: [User, User], who: Who): object {
    return {
      last_seq: this.senders.length,
      rev: this.rev,
      unread_count: this.unread(who),
      members: users.map(({ id }, i) => ({
        user_id: id,
        read_seq: this.read[i as Who],
        delivered_seq: this.delivered[i as Who],
      })),
    };
  }
}

type Step =
  | { do: 'send'; who: Who; over: 'http' | 'user' | 'room' }
  | { do: 'read' | 'delivered'; who: Who; seq: number; over: 'user' | 'room'; by: 'seq' | 'message_id' };

const who = fc.constantFrom<Who>(0, 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('send' as const),
    who,
    over: fc.constantFrom('http' as const, 'user' as const, 'room' as const),
  }),
  fc.record({
    do: fc.constantFrom('read' as const, 'delivered' as const),
    who,
    seq: fc.integer({ min: 1, max: 16 }),
    over: fc.constantFrom('user' as const, 'room' as const),
    by: fc.constantFrom('seq' as const, 'message_id' as const),
  }),
);

/** A fresh room with both users on their sockets. */
class Stage {
  private constructor(
    readonly room: Room,
    readonly users: [User, User],
    readonly sockets: [TestSocket, TestSocket],
    readonly inRoom: TestSocket,
  ) {}

  static async set(): Promise<Stage> {
    const { room, a, b } = await parley.newRoom();
    const [ofA, ofB, inRoom] = await Promise.all([
      parley.userSocket(a.id),
      parley.userSocket(b.id),
      parley.roomSocket(room.id),
    ]);
    return new Stage(room, [a, b], [ofA, ofB], inRoom);
  }

  /** What the server answered: an ack, or over HTTP the message. */
  async run(one: Step, ids: number[]): Promise<object> {
    const { room, users } = this;
    const user = users[one.who];
    if (one.do === 'send' && one.over === 'http')
      return { message: await parley.send(room.id, user.id, 'x') };
    const fields =
      one.do === 'send'
        ? { text: 'x' }
        : one.by === 'seq'
          ? { seq: one.seq }
          : { message_id: ids[one.seq - 1] };
    return one.over === 'room'
      ? this.inRoom.ask({ type: one.do === 'send' ? 'message' : one.do, sender_id: user.id, ...fields })
      : this.sockets[one.who].ask({
          type: one.do === 'send' ? 'message' : one.do,
          room_id: room.id,
          ...fields,
        });
  }

  async leave(): Promise<void> {
    for (const socket of [...this.sockets, this.inRoom]) socket.terminate();
    await Promise.all([...this.sockets, this.inRoom].map(({ closed }) => closed));
  }
}

/** Revisions that a socket received, by frame or ack of a message, in order of arrival. */
function revsIn(frames: readonly ServerFrame[]): number[] {
  return frames.flatMap((frame) => {
    const isChange =
      ['message', 'read', 'delivered'].includes(frame.type) || (frame.type === 'ack' && 'message' in frame);
    return isChange && 'rev' in frame && frame.rev !== undefined ? [frame.rev] : [];
  });
}

describe('unread, read, delivered and rev', () => {
  it('agree with a simple model in every ack, frame, list and sync, whatever two users do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const stage = await Stage.set();
        const { room, users, sockets } = stage;
        const model = new Model();
        const ids: number[] = [];

        for (const one of steps) {
          if (one.do !== 'send' && one.by === 'message_id' && one.seq > ids.length) continue;
          const revBefore = model.rev;
          const answer = await stage.run(one, ids);
          if (one.do === 'send') {
            model.send(one.who);
            const { message } = answer as { message: { id: number } };
            ids.push(message.id);
            expect(answer).toMatchObject({ message: { seq: model.senders.length, is_read: false } });
            if (one.over === 'user')
              expect(answer).toMatchObject({ rev: model.rev, unread_count: model.unread(one.who) });
          } else {
            const seq = model.mark(one.do, one.who, one.seq);
            expect(answer).toMatchObject({
              type: 'ack',
              seq,
              rev: model.rev,
              unread_count: model.unread(one.who),
            });
          }
          if (model.rev === revBefore) continue;
          for (const side of [0, 1] as const) {
            const gotAck = one.do === 'send' && one.over === 'user' && side === one.who;
            if (gotAck) continue;
            const isOwn = one.do === 'send' || side === one.who;
            const frame = await sockets[side].next(one.do === 'send' ? 'message' : one.do);
            expect(frame).toMatchObject({
              rev: model.rev,
              ...(isOwn ? { unread_count: model.unread(side) } : {}),
            });
          }
        }

        for (const side of [0, 1] as const) {
          const expected = model.room(users, side);
          expect(await parley.room(room.id, users[side].id)).toMatchObject(expected);
          const sync = (await sockets[side].ask({ type: 'sync', rooms: {} })) as unknown as SyncAck;
          expect(sync.rooms).toMatchObject([{ room: expected, reset: true, messages: [] }]);
          expect(revsIn(sockets[side].frames)).toEqual(Array.from({ length: model.rev }, (_, i) => i + 1));
          expect([...sockets[side].all('error'), ...stage.inRoom.all('error')]).toEqual([]);
        }
        await stage.leave();
      }),
      { numRuns: 100 },
    );
  });

  it('agree with the messages when both users send, read and confirm at the same instant', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const stage = await Stage.set();
        const { room, users, sockets } = stage;
        await Promise.all(steps.map((one) => stage.run(one.do === 'send' ? one : { ...one, by: 'seq' }, [])));
        await Promise.all(sockets.map((socket) => socket.settled()));

        const history = await parley.history(room.id);
        const views = await Promise.all(users.map(({ id }) => parley.room(room.id, id)));
        for (const side of [0, 1] as const) {
          const { read_seq: readSeq } = views[side]!.members[side];
          const isUnread = history.filter(
            ({ receiver, seq }) => receiver.id === users[side].id && seq > readSeq!,
          );
          expect(views[side]!.unread_count).toBe(isUnread.length);
          // Every revision came once, and the one with the highest says what is true now.
          const revs = revsIn(sockets[side].frames).toSorted((x, y) => x - y);
          expect(revs).toEqual(Array.from({ length: views[side]!.rev }, (_, i) => i + 1));
          const frames = sockets[side].frames.filter(
            (frame) =>
              'unread_count' in frame && 'rev' in frame && (frame.type !== 'ack' || 'message' in frame),
          ) as { rev: number; unread_count: number }[];
          const last = frames.toSorted((x, y) => x.rev - y.rev).at(-1);
          if (last) expect(last.unread_count).toBe(views[side]!.unread_count);
        }
        expect(history.map(({ seq }) => seq)).toEqual(history.map((_, i) => i + 1));
        await stage.leave();
      }),
      { numRuns: 25 },
    );
  });
});
