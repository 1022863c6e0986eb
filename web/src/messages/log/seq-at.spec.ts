import * as fc from 'fast-check';
import { seqAt, type Sent } from './seq-at';

/** A room with a message at each of these times, of which each request gets 20. */
function roomOf(times: readonly number[]) {
  let requests = 0;
  const messagesAround = (seq: number): Promise<Sent[]> => {
    requests++;
    const start = Math.max(0, seq - 11);
    const page = times.slice(start, start + 20);
    return Promise.resolve(page.map((time, index) => ({ seq: start + index + 1, time })));
  };
  return {
    find: (time: number, first = 1) => seqAt(time, first, times.length, messagesAround),
    requests: () => requests,
  };
}

describe('seqAt', () => {
  it('finds the first message then or later, and the last one when there is none', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: -1, max: 51 }),
        fc.nat(),
        async (unordered, time, skipped) => {
          const times = unordered.toSorted((a, b) => a - b);
          const first = 1 + (skipped % times.length);
          const index = times.findIndex((other, at) => at + 1 >= first && other >= time);
          expect(await roomOf(times).find(time, first)).toBe(index < 0 ? times.length : index + 1);
        },
      ),
    );
  });

  it('needs few requests in 100,000 messages, whenever they were sent', async () => {
    const evenly = Array.from({ length: 100_000 }, (_, index) => index * 1_000);
    const even = roomOf(evenly);
    await even.find(77_777_000);
    expect(even.requests()).toBeLessThanOrEqual(6);
    // Nearly all of them in one hour of many years.
    const burst = roomOf(evenly.map((time, index) => (index < 99_000 ? index : time * 1_000)));
    await burst.find(98_000);
    expect(burst.requests()).toBeLessThanOrEqual(26);
  });

  it('ends in a room whose clock was set back', async () => {
    const times = Array.from({ length: 1_000 }, (_, index) => (index < 500 ? index + 600 : index));
    const seq = await roomOf(times).find(700);
    expect(seq).toBeGreaterThanOrEqual(1);
    expect(seq).toBeLessThanOrEqual(1_000);
  });
});
