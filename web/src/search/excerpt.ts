import { findFolded } from '@parley/shared';

/** A part of a text, and whether it is what was searched for. */
export interface Piece {
  text: string;
  isHit: boolean;
}

/** Characters before the first hit, and of the whole excerpt. */
const LEAD = 40;
const MOST = 240;

/** The part of a text around its first hit, in one line. */
export function excerptOf(text: string, query: string): Piece[] {
  const ranges = findFolded(text, query);
  const first = ranges[0]?.[0] ?? 0;
  const from = first <= LEAD ? 0 : wordStart(text, first - LEAD);
  const to = Math.min(text.length, from + MOST);
  const pieces: Piece[] = [];
  let at = from;
  for (const [start, end] of ranges) {
    if (start >= to) break;
    if (start > at) pieces.push({ text: text.slice(at, start), isHit: false });
    pieces.push({ text: text.slice(start, end), isHit: true });
    at = end;
  }
  if (at < to) pieces.push({ text: text.slice(at, to), isHit: false });
  if (from > 0) pieces.unshift({ text: '…', isHit: false });
  if (to < text.length) pieces.push({ text: '…', isHit: false });
  return pieces;
}

/** The first start of a word from there on, or there when none is near; never within a pair of surrogates. */
function wordStart(text: string, from: number): number {
  const space = text.slice(from, from + LEAD / 2).search(/\s\S/);
  if (space >= 0) return from + space + 1;
  return /[\udc00-\udfff]/.test(text[from] ?? '') ? from + 1 : from;
}
