/**
 * Which of the loaded messages are in the page: all of a long room would make it slow. `last` null means: up to the
 * end, and with whatever comes.
 */
export interface ShownRange {
  first: number;
  last: number | null;
}

/** Messages in the page at most; a step is how many are added and removed at once. */
const MOST = 160;
const STEP = 40;
/** How many more may be in the page while messages arrive below the scroll anchor. */
const SLACK = 30;

/** What is loaded: the first and the last seq. */
export interface LoadedRange {
  oldest: number;
  newest: number;
}

/** The newest part. */
export function newestRange({ oldest, newest }: LoadedRange): ShownRange {
  return { first: Math.max(oldest, newest - MOST + 1), last: null };
}

/** One step towards the beginning. */
export function earlierRange(range: ShownRange, { oldest, newest }: LoadedRange): ShownRange {
  const first = Math.max(oldest, range.first - STEP);
  const last = Math.min(range.last ?? newest, first + MOST - 1);
  return { first, last: range.last === null && last === newest ? null : last };
}

/** One step towards the end. */
export function laterRange(range: ShownRange, loaded: LoadedRange): ShownRange {
  if (range.last === null) return range;
  const last = range.last + STEP;
  if (last >= loaded.newest) return { first: Math.max(range.first, loaded.newest - MOST + 1), last: null };
  return { first: Math.max(range.first, last - MOST + 1), last };
}

/** Keeps the number in bounds when messages arrive or a reset drops some. `sticksToEnd`: the reader is at the very end. */
export function settledRange(range: ShownRange, loaded: LoadedRange, sticksToEnd: boolean): ShownRange {
  const isGone = range.first > loaded.newest || (range.last !== null && range.last < loaded.oldest);
  if (sticksToEnd || isGone) return newestRange(loaded);
  const first = Math.max(range.first, loaded.oldest);
  const isTooLong = range.last === null && loaded.newest - first + 1 > MOST + SLACK;
  const last = isTooLong ? first + MOST - 1 : range.last;
  return first === range.first && last === range.last ? range : { first, last };
}
