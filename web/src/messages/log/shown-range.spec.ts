import * as fc from 'fast-check';
import {
  earlierRange,
  laterRange,
  newestRange,
  settledRange,
  type LoadedRange,
  type ShownRange,
} from './shown-range';

const lengthOf = (range: ShownRange, { newest }: LoadedRange) => (range.last ?? newest) - range.first + 1;

describe('shown range', () => {
  it('is at most 190 messages and never empty, however one scrolls and whatever arrives', () => {
    const move = fc.constantFrom('earlier', 'later', 'page', 'message', 'message, following', 'reset');
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.array(move, { maxLength: 300, size: 'max' }),
        (newest, moves) => {
          let loaded: LoadedRange = { oldest: Math.max(1, newest - 19), newest };
          let range = newestRange(loaded);
          for (const next of moves) {
            if (next === 'earlier') range = earlierRange(range, loaded);
            if (next === 'later') range = laterRange(range, loaded);
            if (next === 'page') loaded = { ...loaded, oldest: Math.max(1, loaded.oldest - 100) };
            if (next.startsWith('message')) loaded = { ...loaded, newest: loaded.newest + 1 };
            if (next === 'reset') loaded = { oldest: loaded.newest + 500, newest: loaded.newest + 500 };
            range = settledRange(range, loaded, next === 'message, following');
            expect(lengthOf(range, loaded)).toBeGreaterThan(0);
            expect(lengthOf(range, loaded)).toBeLessThanOrEqual(190);
            expect(range.first).toBeGreaterThanOrEqual(loaded.oldest);
          }
        },
      ),
    );
  });

  it('comes to the beginning by going earlier, and to the end by going later', () => {
    const loaded = { oldest: 1, newest: 5_000 };
    let range = newestRange(loaded);
    for (let n = 0; n < 200; n++) range = earlierRange(range, loaded);
    expect(range).toEqual({ first: 1, last: 160 });
    for (let n = 0; n < 200; n++) range = laterRange(range, loaded);
    expect(range).toEqual(newestRange(loaded));
  });

  it('keeps the scroll anchor in the page while messages arrive below', () => {
    const range = { first: 100, last: null };
    expect(settledRange(range, { oldest: 1, newest: 200 }, false)).toBe(range);
    expect(settledRange(range, { oldest: 1, newest: 400 }, false)).toEqual({ first: 100, last: 259 });
  });
});
