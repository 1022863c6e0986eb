import * as fc from 'fast-check';
import {
  earlierRange,
  laterRange,
  mostShown,
  openingRange,
  settledRange,
  type LoadedRange,
  type ShownRange,
} from './shown-range';

/** Nothing is loaded of a room but its messages `oldest` to `newest`, and `isLive`: there are no newer ones. */
const loadedRange = (oldest: number, newest: number, isLive = true): LoadedRange => ({
  oldest,
  newest,
  isLive,
  most: 160,
});

const lengthOf = (range: ShownRange, { newest }: LoadedRange) => (range.last ?? newest) - range.first + 1;

describe('shown range', () => {
  it('is at most 190 messages and never empty, however one scrolls and whatever arrives', () => {
    const move = fc.constantFrom(
      'earlier',
      'earlier, few needed',
      'later',
      'later, few needed',
      'older page',
      'newer page',
      'message',
      'message, following',
      'reset',
      'jump',
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.array(move, { maxLength: 300, size: 'max' }),
        (newest, moves) => {
          let loaded = loadedRange(Math.max(1, newest - 19), newest);
          let range = openingRange(null, loaded);
          let reads: number | null = null;
          for (const next of moves) {
            if (next === 'earlier') range = earlierRange(range, loaded, null);
            const newestShown = range.last ?? loaded.newest;
            if (next === 'earlier, few needed')
              range = earlierRange(range, loaded, Math.min(newestShown, range.first + 20));
            if (next === 'later') range = laterRange(range, loaded, null);
            if (next === 'later, few needed')
              range = laterRange(range, loaded, Math.max(range.first, newestShown - 20));
            if (next === 'older page') loaded = { ...loaded, oldest: Math.max(1, loaded.oldest - 100) };
            if (next === 'newer page' && !loaded.isLive)
              loaded = { ...loaded, newest: loaded.newest + 20, isLive: loaded.newest % 3 === 0 };
            if (next.startsWith('message') && loaded.isLive)
              loaded = { ...loaded, newest: loaded.newest + 1 };
            if (next === 'reset') loaded = loadedRange(loaded.newest + 500, loaded.newest + 500);
            if (next === 'jump') loaded = loadedRange(loaded.newest + 30, loaded.newest + 89, false);
            reads = next === 'message, following' && loaded.isLive ? null : (range.last ?? loaded.newest);
            range = settledRange(range, loaded, reads);
            if (!loaded.isLive) expect(range.last).not.toBeNull();
            expect(range.last ?? loaded.newest).toBeLessThanOrEqual(loaded.newest);
            expect(lengthOf(range, loaded)).toBeGreaterThan(0);
            expect(lengthOf(range, loaded)).toBeLessThanOrEqual(190);
            expect(range.first).toBeGreaterThanOrEqual(loaded.oldest);
          }
        },
      ),
    );
  });

  it('comes to the beginning by going earlier, and to the end by going later', () => {
    const loaded = loadedRange(1, 5_000);
    let range = openingRange(null, loaded);
    for (let n = 0; n < 1_000; n++) range = earlierRange(range, loaded, null);
    expect(range).toEqual({ first: 1, last: 160 });
    for (let n = 0; n < 1_000; n++) range = laterRange(range, loaded, null);
    expect(range).toEqual({ first: 4_841, last: null });
  });

  it('gives up what is not needed when it goes on, and only then', () => {
    const loaded = loadedRange(1, 5_000);
    expect(earlierRange({ first: 100, last: 200 }, loaded, 150)).toEqual({ first: 92, last: 150 });
    expect(laterRange({ first: 100, last: 200 }, loaded, 150)).toEqual({ first: 150, last: 208 });
    // The newest is needed: it still follows.
    expect(earlierRange({ first: 4_900, last: null }, loaded, 5_000)).toEqual({ first: 4_892, last: null });
    expect(earlierRange({ first: 4_900, last: null }, loaded, 4_950)).toEqual({ first: 4_892, last: 4_950 });
    const atBeginning = { first: 1, last: 100 };
    expect(earlierRange(atBeginning, loaded, 50)).toBe(atBeginning);
    const atEnd = { first: 4_900, last: null };
    expect(laterRange(atEnd, loaded, 4_950)).toBe(atEnd);
  });

  it('keeps the scroll anchor in the page while messages arrive below', () => {
    const range = { first: 100, last: null };
    expect(settledRange(range, loadedRange(1, 200), 120)).toEqual(range);
    expect(settledRange(range, loadedRange(1, 400), 120)).toEqual({ first: 100, last: 259 });
  });

  it('fills the window where the room opens, with more above a message, and does not follow before the newest is loaded', () => {
    expect(openingRange(null, loadedRange(1, 1_000))).toEqual({ first: 908, last: null });
    expect(openingRange(null, loadedRange(990, 1_000))).toEqual({ first: 990, last: null });
    expect(openingRange(500, loadedRange(1, 1_000))).toEqual({ first: 420, last: 593 });
    expect(openingRange(990, loadedRange(1, 1_000))).toEqual({ first: 910, last: null });
    expect(openingRange(500, loadedRange(490, 519, false))).toEqual({ first: 490, last: 519 });
  });

  it('grows at the end with what arrives there, and then moves on with it', () => {
    let range = openingRange(null, loadedRange(1, 1_000));
    range = settledRange(range, loadedRange(1, 1_001), null);
    expect(range).toEqual({ first: 908, last: null });
    range = earlierRange(range, loadedRange(1, 1_001), null);
    expect(settledRange(range, loadedRange(1, 1_001), null)).toEqual({ first: 900, last: null });
    expect(settledRange(range, loadedRange(1, 1_200), null)).toEqual({ first: 1_041, last: null });
    expect(settledRange({ first: 500, last: 600 }, loadedRange(1, 1_000), null)).toEqual({
      first: 908,
      last: null,
    });
  });

  it('goes on from one segment into the next when a page joins them', () => {
    const range = openingRange(500, loadedRange(490, 519, false));
    expect(range).toEqual({ first: 490, last: 519 });
    expect(laterRange(range, loadedRange(490, 525), null)).toEqual({ first: 490, last: null });
  });

  it('holds what fills the log of a screen, and not for more than 200 up to the largest screens', () => {
    // Of a message of one line with its margin, as the page shows it, in pixels.
    const row = 35;
    for (const height of [600, 844, 900, 1_440, 2_160, 4_320]) {
      expect(mostShown(height) * row).toBeGreaterThan(height + 1_800);
      // Header and composer need 100 of the window; 200 are above what is in sight of the end.
      const { first } = openingRange(null, {
        oldest: 1,
        newest: 1_000,
        isLive: true,
        most: mostShown(height),
      });
      expect((1_001 - first) * row).toBeGreaterThanOrEqual(height - 100 + 200);
    }
    expect(mostShown(900)).toBeLessThan(100);
    expect(mostShown(3_000) + 30).toBeLessThanOrEqual(200);
  });
});
