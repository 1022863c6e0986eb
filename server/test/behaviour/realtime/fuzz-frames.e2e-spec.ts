import type { Room, User } from '@parley/shared';
import fc from 'fast-check';
import { anyValue, FORBIDDEN, RUNS, toJson } from '../../support/fuzz.js';
import { Parley } from '../../support/parley.js';
import { fromSchema } from '../../support/schema-frames.js';
import type { TestSocket } from '../../support/test-socket.js';

// An exception that nobody catches fails the test that runs: jest sees to that.
let parley: Parley;
let room: Room;
let a: User;
let messageId: number;
let foreign: Room;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off', LOG_LEVEL: 'silent' });
  ({ room, a } = await parley.newRoom());
  ({ room: foreign } = await parley.newRoom());
  messageId = (await parley.send(room.id, a.id, 'one')).id;
});
afterAll(() => parley.stop());

const TYPES = ['message', 'typing', 'read', 'delivered', 'edit', 'react', 'delete', 'sync'];
const FIELDS =
  'room_id sender_id text client_id reply_to attachments message_id seq rooms emoji on type'.split(' ');

const value = fc.oneof(
  { weight: 8, arbitrary: anyValue(() => [room.id, foreign.id, a.id, 1, 2, 3]) },
  fc.constantFrom(...TYPES),
);
const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...FIELDS) },
  fc.constantFrom(...FORBIDDEN),
  fc.string().filter((name) => name !== 'ref'),
);

/** What each type needs to be right. */
function right(type: string): [string, unknown][] {
  if (type === 'sync') return [['rooms', { [room.id]: 0 }]];
  if (type === 'delete') return [['message_id', messageId]];
  if (type === 'edit')
    return [
      ['message_id', messageId],
      ['text', 'y'],
    ];
  if (type === 'react')
    return [
      ['message_id', messageId],
      ['emoji', '👍'],
      ['on', true],
    ];
  const place: [string, unknown] = ['room_id', room.id];
  return type === 'message' ? [place, ['text', 'x']] : type === 'typing' ? [place] : [place, ['seq', 1]];
}

/** A frame of ours, with what it needs or without, and then more: wrong values, and fields that are none. */
const frame = fc
  .record({
    type: fc.constantFrom(...TYPES),
    isRight: fc.boolean(),
    more: fc.array(fc.tuple(key, value), { maxLength: 3 }),
  })
  .map(({ type, isRight, more }) => toJson([['type', type], ...(isRight ? right(type) : []), ...more]));

describe('C5: a frame of whatever kind', () => {
  it.each<[string, () => Promise<TestSocket>]>([
    ['the user socket', () => parley.userSocket(a.id)],
    ['a room socket', () => parley.roomSocket(room.id, a.id)],
    ['an unnamed room socket', () => parley.roomSocket(room.id)],
  ])('with a ref gets exactly one answer, never «internal», and the socket lives: %s', async (_, open) => {
    const socket = await open();
    const prototype = Object.getOwnPropertyNames(Object.prototype);
    let refs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 20 }), async (frames) => {
        const sent = frames.map((text) => ({ ref: `f${++refs}`, text }));
        for (const { ref, text } of sent) socket.sendRaw(`{"ref":"${ref}",${text.slice(1)}`);
        const answers = await Promise.all(sent.map(({ ref }) => socket.answerTo(ref)));
        for (const answer of answers) {
          if (answer.type === 'error') expect(answer.code).not.toMatch(/internal|unavailable/);
        }
        await socket.settled();
        const answered = socket.frames.filter((one) => 'ref' in one && typeof one.ref === 'string');
        expect(answered).toHaveLength(refs);
      }),
      { numRuns: RUNS / 10 },
    );
    expect(socket.raw.readyState).toBe(socket.raw.OPEN);
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(prototype);
  });

  it('of pure noise gets exactly one error, and the socket lives', async () => {
    const socket = await parley.userSocket(a.id);
    const noise = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.array(fc.tuple(key, value), { maxLength: 6 }).map(toJson),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(noise, { minLength: 1, maxLength: 20 }), async (texts) => {
        // One that happens to be right would have no answer: in a list, it is wrong.
        const wrong = texts.map((text) => (isObject(text) ? `[${text}]` : text));
        const before = socket.frames.length;
        for (const text of wrong) socket.sendRaw(text);
        await socket.settled();
        const codes = socket.frames.slice(before).map((one) => one.type === 'error' && one.code);
        expect(codes).toEqual([
          ...wrong.map(() => expect.stringMatching(/^bad_(json|frame)$/) as string),
          'unknown_type',
        ]);
      }),
      { numRuns: RUNS / 10 },
    );
  });
});

describe('the frames that the AsyncAPI document describes', () => {
  /** Refusals for what a schema cannot know: whose room it is, which user the socket has, which ids are taken, what is an emoji. */
  const SEMANTIC =
    /^(?:(?:not_found|forbidden|conflict|deleted|too_many): |bad_frame: (?:reply_to: names no message of this room|emoji: must be one emoji)$)/;
  const TEXT_MAX_LENGTH = 50;

  let small: Parley;
  let schemas: Record<string, Record<string, unknown>>;
  let own: Room;
  let me: User;
  let messageIds: number[];
  beforeAll(async () => {
    small = await Parley.start({
      RATE_LIMIT: 'off',
      LOG_LEVEL: 'silent',
      TEXT_MAX_LENGTH: String(TEXT_MAX_LENGTH),
    });
    ({ room: own, a: me } = await small.newRoom());
    messageIds = [];
    for (const text of ['one', 'two', 'three']) messageIds.push((await small.send(own.id, me.id, text)).id);
    const { body } = await small.get<{ components: { schemas: typeof schemas } }>('/api/asyncapi.json');
    ({ schemas } = body.components);
  });
  afterAll(() => small.stop());

  const open = { user: () => small.userSocket(me.id), room: () => small.roomSocket(own.id, me.id) };
  const resolve = (ref: string) => schemas[ref.split('/').at(-1)!]!;
  /** Without `ref`, which the test sets itself. */
  const described = (kind: 'user' | 'room') => {
    const hints = {
      room_id: fc.constantFrom(own.id, own.id + 1),
      sender_id: fc.constantFrom(me.id, me.id + 1),
      message_id: fc.constantFrom(...messageIds),
      reply_to: fc.constantFrom(...messageIds, 999_999),
      seq: fc.constantFrom(1, 2, 99),
      emoji: fc.constantFrom('👍', '❤️'),
      key: fc.constantFrom(String(own.id), String(own.id + 1)),
    };
    const kinds = small.contract.clientPayloads(kind).map(({ schema }) => fromSchema(schema, resolve, hints));
    return fc.oneof(...kinds).map((drawn) => {
      const { ref: _, ...fields } = drawn as Record<string, unknown>;
      return fields;
    });
  };
  const isDescribed = (kind: 'user' | 'room', fields: unknown) =>
    small.contract.clientPayloads(kind).some(({ schema }) => small.contract.isValid(schema, fields));

  it.each(['user', 'room'] as const)(
    'are accepted, or refused for what no schema can know: %s socket',
    async (kind) => {
      const socket = await open[kind]();
      const acked = new Set<unknown>();
      await fc.assert(
        fc.asyncProperty(fc.array(described(kind), { minLength: 1, maxLength: 20 }), async (frames) => {
          for (const fields of frames)
            expect({ fields, is: isDescribed(kind, fields) }).toMatchObject({ is: true });
          const answers = await Promise.all(frames.map((fields) => socket.ask(fields)));
          for (const [i, answer] of answers.entries()) {
            if (answer.type === 'ack') acked.add(frames[i]!.type);
            else
              expect([frames[i], `${answer.code}: ${answer.message}`]).toEqual([
                frames[i],
                expect.stringMatching(SEMANTIC),
              ]);
          }
        }),
        { numRuns: RUNS / 10 },
      );
    },
  );

  it('may carry any ref of up to 200 characters, which comes back unchanged', async () => {
    const socket = await open.user();
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true })), async (ref) => {
        const sent = Object.is(ref, -0) ? 0 : ref;
        const answer = socket.answerTo(sent);
        socket.send({ type: 'typing', room_id: own.id, ref: sent });
        expect(await answer).toEqual({ type: 'ack', ref: sent });
      }),
      { numRuns: 100 },
    );
    for (const ref of ['😀'.repeat(201), null, true, [], {}]) {
      socket.send({ type: 'typing', room_id: own.id, ref });
      expect(await socket.next('error')).toMatchObject({ code: 'bad_frame' });
    }
  });
});

function isObject(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}
