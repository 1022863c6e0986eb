import type { Message } from './messages.js';

/** Longest `q` of a search, in characters (code points). */
export const MAX_QUERY_LENGTH = 200;
/** Hits on a page of a search: at most, and when unsaid. */
export const MAX_FOUND_MESSAGES = 50;
export const DEFAULT_FOUND_MESSAGES = 20;

/** A message that a search has found, and its neighbours in the room; null: there is none, or it is deleted. */
export interface FoundMessage {
  message: Message;
  before: Message | null;
  after: Message | null;
}

/** Answer of `GET /api/search/`, newest first. */
export interface SearchPage {
  results: FoundMessage[];
  /** Continues the search with older messages; null: everything was searched. A page may have no results and a cursor. */
  next: string | null;
}

/**
 * Marks that do not change which letter it is: accents, Arabic and Hebrew vowel points, variation selectors. Marks of other scripts
 * are letters of their own (Thai, Devanagari), as are those of kana (か is not が). Invisible format characters go too.
 */
const MARKS = /(?![\u3099\u309a])[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Cyrillic}]/u;
const IGNORED = new RegExp(`(?=\\p{M})${MARKS.source}|\\p{Cf}`, 'gu');
/** Letters that Unicode does not decompose, though readers take them for a letter with an accent. */
const PLAIN: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ħ: 'h',
  ŧ: 't',
  æ: 'ae',
  œ: 'oe',
  ς: 'σ',
};

/** All of the text that is not ASCII, with what is between: in most texts of Latin script, single letters. */
const NOT_ASCII = /[\u0080-\uffff]+(?:[ -@]+[\u0080-\uffff]+)*/g;
/** A text with more such parts is folded as a whole: that costs as much as some sixty parts, and a part can be one letter. */
const MAX_PARTS = 60;
/** What single units become: most are asked for again and again. */
const units = new Map<string, string>();

/**
 * The text as searches compare it: without case, accents, differences of form (full width, ligatures), and with one space for
 * each run of white space. The server folds texts and queries by this function, and the page finds by it what to highlight.
 */
export function fold(text: string): string {
  let parts = 0;
  const inParts = text.replace(NOT_ASCII, (part) => {
    if (part.length === 1) return foldUnit(part);
    return ++parts > MAX_PARTS ? part : foldPart(part);
  });
  const folded = parts > MAX_PARTS ? foldPart(text) : inParts.toLowerCase();
  return /[^\S ]|  /.test(folded) ? folded.replace(/\s+/g, ' ') : folded;
}

function foldUnit(unit: string): string {
  let folded = units.get(unit);
  if (folded === undefined) units.set(unit, (folded = foldPart(unit)));
  return folded;
}

function foldPart(part: string): string {
  return part
    .normalize('NFKD')
    .replace(IGNORED, '')
    .toUpperCase()
    .toLowerCase()
    .replace(/[øłđħŧæœς]/g, (letter) => PLAIN[letter] ?? letter)
    .normalize('NFC');
}

/** A query as texts are compared with it: folded, without white space around it. Empty: it matches nothing. */
export function foldQuery(query: string): string {
  return fold(query).trim();
}

/** Where the text has the folded query: ranges [start, end) of UTF-16 units, in order, without overlaps. */
export function findFolded(text: string, query: string): [number, number][] {
  if (query === '') return [];
  // Each unit of the folded text, and where the piece of the text begins that it comes from: a letter with its marks.
  let folded = '';
  const starts: number[] = [];
  for (const { 0: piece, index } of text.matchAll(/\s+|[\u1100-\u11ff]+|\P{M}[\p{M}\p{Cf}]*|\p{M}+/gsu)) {
    const foldedPiece = fold(piece);
    for (let i = 0; i < foldedPiece.length; i++) starts.push(index);
    folded += foldedPiece;
  }
  const ranges: [number, number][] = [];
  for (let at = folded.indexOf(query); at !== -1; at = folded.indexOf(query, at + query.length)) {
    const start = starts[at]!;
    // Up to the next piece: the query may end within what one letter becomes (ß: ss).
    let next = at + query.length;
    while (next < starts.length && starts[next] === starts[next - 1]) next++;
    ranges.push([start, next < starts.length ? starts[next]! : text.length]);
  }
  return ranges;
}
