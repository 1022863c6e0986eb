import type { Room, User } from '@parley/shared';
import fc from 'fast-check';
import { anyValue, FORBIDDEN, RUNS, toJson } from './support/fuzz.js';
import { Parley } from './support/parley.js';
import type { TestSocket } from './support/test-socket.js';

// An exception that nobody catches fails the test that runs: jest sees to that.
let parley: Parley;
let room: Room;
let a: User;
let foreign: Room;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off', LOG_LEVEL: 'silent' });
  ({ room, a } = await parley.newRoom());
  ({ room: foreign } = await parley.newRoom());
  await parley.send(room.id, a.id, 'one');
});
afterAll(() => parley.stop());

const TYPES = ['message', 'typing', 'read', 'delivered', 'sync'];
const FIELDS = 'room_id sender_id text client_id reply_to message_id seq rooms type'.split(' ');

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

function isObject(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}
