/**
 * Which messages of a segment are in the page: all of a long room would make it slow. `last` null means: up to the
 * newest message of the room, and with every new one.
 */
export interface ShownRange {
  first: number;
  last: number | null;
}

/** How many messages are added at once. */
const STEP = 8;
/** How many more may be in the page while messages arrive below the scroll anchor. */
const SLACK = 30;

/** Height of the lowest row in pixels, and how many pixels the log is filled beyond what is in sight (log.scroll.ts), with a step more. */
const ROW_PX = 30;
const BEYOND_PX = 2_000;

/**
 * How many messages may be in the page in a window so high, in pixels. With fewer, the log would be filled at one end and
 * emptied at the other without end; with more, each frame of scrolling would cost more.
 */
export function mostShown(windowHeight: number): number {
  return Math.ceil((windowHeight + BEYOND_PX) / ROW_PX);
}

/** A segment: its first and last seq, whether new messages are added to it, and how many of it may be in the page. */
export interface LoadedRange {
  oldest: number;
  newest: number;
  isLive: boolean;
  most: number;
}

/** The newest part of the room. */
export function newestRange({ oldest, newest, most }: LoadedRange): ShownRange {
  return { first: Math.max(oldest, newest - most + 1), last: null };
}

/** A part with the message `seq` in the middle; the newest part for null. */
export function rangeAround(seq: number | null, loaded: LoadedRange): ShownRange {
  if (seq === null) return newestRange(loaded);
  const first = Math.max(loaded.oldest, seq - (loaded.most >> 1));
  return { first, last: lastWithin(first + loaded.most - 1, loaded) };
}

/** One step towards the beginning. Messages after `needed`, the seq of one that is shown, may go. */
export function earlierRange(range: ShownRange, loaded: LoadedRange, needed: number | null): ShownRange {
  const first = Math.max(loaded.oldest, range.first - STEP);
  if (first === range.first) return range;
  const last = Math.min(needed ?? range.last ?? loaded.newest, first + loaded.most - 1);
  return { first, last: range.last === null ? lastWithin(last, loaded) : last };
}

/** One step towards the end. Messages before `needed`, the seq of one that is shown, may go. */
export function laterRange(range: ShownRange, loaded: LoadedRange, needed: number | null): ShownRange {
  if (range.last === null) return range;
  const end = Math.min(range.last + STEP, loaded.newest);
  const last = lastWithin(end, loaded);
  if (last === range.last) return range;
  return { first: Math.max(needed ?? range.first, end - loaded.most + 1), last };
}

/**
 * Keeps the range within the segment, and its length in bounds while messages arrive. `seq`: the message that the user
 * reads; null at the end, where the range moves on with new messages.
 */
export function settledRange(range: ShownRange, loaded: LoadedRange, seq: number | null): ShownRange {
  const isGone = range.first > loaded.newest || (range.last !== null && range.last < loaded.oldest);
  if (seq === null || isGone) return rangeAround(seq, loaded);
  const first = Math.max(range.first, loaded.oldest);
  const isTooLong = range.last === null && loaded.newest - first + 1 > loaded.most + SLACK;
  const wanted = isTooLong ? first + loaded.most - 1 : (range.last ?? loaded.newest);
  const last = range.last === null || wanted > loaded.newest ? lastWithin(wanted, loaded) : wanted;
  return first === range.first && last === range.last ? range : { first, last };
}

/** `last`, if newer messages follow it in the room; null at the newest. */
function lastWithin(last: number, { newest, isLive }: LoadedRange): number | null {
  return isLive && last >= newest ? null : Math.min(last, newest);
}
