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

/** Height of the lowest row, in pixels. */
const ROW_PX = 30;
/** How many more than fill the window may be in the page: 2,000 pixels of them, what is filled beyond it and a step (log.scroll.ts). */
const BEYOND = 67;

/**
 * How many messages may be in the page in a window so high, in pixels. With fewer, the log would be filled at one end and
 * emptied at the other without end; with more, each frame of scrolling would cost more.
 */
export function mostShown(windowHeight: number): number {
  return Math.ceil(windowHeight / ROW_PX) + BEYOND;
}

/** A segment: its first and last seq, whether new messages are added to it, and how many of it may be in the page. */
export interface LoadedRange {
  oldest: number;
  newest: number;
  isLive: boolean;
  most: number;
}

/**
 * Where the log opens. At the end, for null: what fills the window, which is painted sooner; there is more above when the user
 * scrolls. At the message `seq`: also all that is filled above it, as rows that come there later count as a shift of the layout.
 */
export function openingRange(seq: number | null, loaded: LoadedRange): ShownRange {
  const { oldest, newest, most } = loaded;
  const few = most - BEYOND;
  if (seq === null) return { first: Math.max(oldest, newest - few + 1), last: null };
  const first = Math.max(oldest, seq - (most >> 1));
  return { first, last: lastWithin(Math.max(first, seq) + few, loaded) };
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
  const { oldest, newest, most } = loaded;
  const isGone = range.first > newest || (range.last !== null && range.last < oldest);
  if (isGone || (seq === null && range.last !== null)) return openingRange(seq, loaded);
  const first = Math.max(range.first, oldest);
  if (seq === null) return { first: Math.max(first, newest - most + 1), last: null };
  const isTooLong = range.last === null && newest - first + 1 > most + SLACK;
  const wanted = isTooLong ? first + most - 1 : (range.last ?? newest);
  const last = range.last === null || wanted > newest ? lastWithin(wanted, loaded) : wanted;
  return { first, last };
}

/** `last`, if newer messages follow it in the room; null at the newest. */
function lastWithin(last: number, { newest, isLive }: LoadedRange): number | null {
  return isLive && last >= newest ? null : Math.min(last, newest);
}
