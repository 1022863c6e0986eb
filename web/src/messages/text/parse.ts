import { linkify } from './linkify';
import type { Block, Inline, List, ListItem, Style } from './tree';

/** Quotes in quotes, and lists in lists, at most. What is deeper stays as it is written. */
const MAX_DEPTH = 3;

/** A line of a list: how far it is indented, its number or none, its text. A number alone, and a hyphen alone, is text. */
const ITEM = /^( {0,12})(?:[-*•]|(\d{1,9})\.) +(?=\S)/;
const FENCE = '```';

/**
 * Parses the text of a message into a tree. The time grows with the length of the text and not with what is in it: each line is
 * looked at once per level, and there are three. No character of the text is in two places of the tree; what is in none is a
 * mark, or white space beside one.
 */
export function parse(text: string): Block[] {
  return parseLines(text.split(/\r?\n/), 0);
}

function parseLines(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  const fenceEnds = findFenceEnds(lines);
  let plain: string[] = [];

  /** Blank lines beside another block are its margin. */
  function endParagraph(isLast: boolean): void {
    let from = 0;
    let to = plain.length;
    if (blocks.length > 0) while (from < to && plain[from]?.trim() === '') from++;
    if (!isLast) while (from < to && plain[to - 1]?.trim() === '') to--;
    if (from < to) blocks.push({ type: 'paragraph', children: parseInline(plain.slice(from, to)) });
    plain = [];
  }

  function add(block: Block): void {
    endParagraph(false);
    blocks.push(block);
  }

  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    const fence = line.startsWith(FENCE) ? fencedAt(lines, at, fenceEnds[at]) : null;
    if (fence) {
      add(fence.block);
      at = fence.next;
    } else if (depth < MAX_DEPTH && isQuoted(line)) {
      const from = at;
      while (at < lines.length && isQuoted(lines[at] ?? '')) at++;
      const quoted = lines.slice(from, at).map((quote) => quote.slice(2));
      add({ type: 'quote', children: parseLines(quoted, depth + 1) });
    } else if (ITEM.test(line)) {
      const from = at;
      while (at < lines.length && ITEM.test(lines[at] ?? '')) at++;
      for (const part of parseList(lines.slice(from, at))) {
        if (typeof part === 'string') plain.push(part);
        else add(part);
      }
    } else {
      plain.push(line);
      at++;
    }
  }
  endParagraph(true);
  return blocks;
}

function isQuoted(line: string): boolean {
  return line === '>' || line.startsWith('> ');
}

/** For each line the next one after it that ends with a fence. From the end, so that each line is looked at once. */
function findFenceEnds(lines: readonly string[]): (number | undefined)[] {
  const ends: (number | undefined)[] = Array.from({ length: lines.length });
  let next: number | undefined;
  for (let at = lines.length - 1; at >= 0; at--) {
    ends[at] = next;
    if (lines[at]?.trimEnd().endsWith(FENCE)) next = at;
  }
  return ends;
}

/** The fenced block that begins with line `at`, and the line after it; null when it does not end. */
function fencedAt(
  lines: readonly string[],
  at: number,
  end: number | undefined,
): { block: Block; next: number } | null {
  const first = (lines[at] ?? '').slice(FENCE.length);
  const inside = first.trimEnd();
  if (inside.endsWith(FENCE)) {
    const text = inside.slice(0, -FENCE.length);
    if (text.trim() === '' || text.includes('`')) return null;
    return { block: { type: 'code', text, language: '' }, next: at + 1 };
  }
  if (end === undefined || first.includes('`')) return null;
  const isLanguage = /^[\w+#.-]{1,20}$/.test(inside);
  const last = (lines[end] ?? '').trimEnd().slice(0, -FENCE.length);
  const code = lines.slice(at + 1, end);
  if (!isLanguage && inside !== '') code.unshift(first);
  if (last.trim() !== '') code.push(last);
  if (code.length === 0) return null;
  const block: Block = { type: 'code', text: code.join('\n'), language: isLanguage ? inside : '' };
  return { block, next: end + 1 };
}

interface OpenList extends List {
  items: (ListItem & { lists: OpenList[]; line: string })[];
  indent: number;
}

/** Lists from lines that each look like an item. A line that is alone in its list comes back as it is. */
function parseList(lines: readonly string[]): (List | string)[] {
  const roots: OpenList[] = [];
  /** The lists that an item may still be added to, each inside the last item of the one before. */
  const open: OpenList[] = [];
  for (const line of lines) {
    const [marker = '', space = '', digits] = ITEM.exec(line) ?? [];
    const number = digits === undefined ? null : Number(digits);
    const indent = space.length;
    while (open.length > 1 && indent < (open.at(-1)?.indent ?? 0)) open.pop();
    const isDeeper = indent >= (open.at(-1)?.indent ?? indent) + 2 && open.length < MAX_DEPTH;
    if (!isDeeper && !isNext(open.at(-1), number)) open.pop();
    let list = open.at(-1);
    if (isDeeper || !list || !isNext(list, number)) {
      const parent = open.at(-1)?.items.at(-1);
      list = { type: 'list', start: number, items: [], indent };
      (parent?.lists ?? roots).push(list);
      open.push(list);
    }
    list.items.push({ children: parseInline([line.slice(marker.length)]), lists: [], line });
  }
  return roots.map((list) => {
    const [only] = list.items;
    return only && list.items.length === 1 && only.lists.length === 0 ? only.line : list;
  });
}

function isNext(list: OpenList | undefined, number: number | null): boolean {
  if (!list) return false;
  return list.start === null ? number === null : number === list.start + list.items.length;
}

const STYLES: Record<string, Style> = { '*': 'bold', _: 'italic', '~': 'strike' };
/** More than one beside each other are text: `**` and `__` mean something else in each chat. */
const MARKS = /\*+|_+|~+/g;
/** Scripts that write no spaces between words: there a mark may stand between letters. */
const UNSPACED = String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\u3000-\u303f\uff00-\uffef`;
/**
 * What may be around a mark that begins something, and around one that ends it, besides another such mark. `2*3`,
 * `snake_case`, `count(*)`, `*.js`, `¯\_(ツ)_/¯` and `^_^` have others.
 */
const TONES = String.raw`\u{1f3fb}-\u{1f3ff}\ufe0f`;
const BEFORE_OPEN = new RegExp(`(?:^|[\\s\\p{Ps}\\p{Pi}"'¿¡—–\\p{So}${TONES}${UNSPACED}])$`, 'u');
const AFTER_OPEN = /^[^\s\p{Pe}/.,;:!?]/u;
const BEFORE_CLOSE = new RegExp(
  `[\\p{L}\\p{N}\\p{M}\\p{Pe}\\p{Pf}\\p{So}\\p{Sc}"'.,;:!?…%+=\`${TONES}${UNSPACED}]$`,
  'u',
);
const AFTER_CLOSE = new RegExp(`^(?:$|[^\\p{L}\\p{N}\\\\/]|[${UNSPACED}])`, 'u');

type Token = Inline | Mark;

interface Mark {
  type: 'mark';
  text: string;
  canOpen: boolean;
  canClose: boolean;
  /** The style between this mark and the one that ends it; «end» for the latter. Null: it is text. */
  role: Style | 'end' | null;
}

/** Styles do not go beyond a line. */
function parseInline(lines: readonly string[]): Inline[] {
  const children: Inline[] = [];
  for (const [index, line] of lines.entries()) {
    if (index > 0) append(children, '\n');
    for (const child of styled(tokensOf(line))) append(children, child);
  }
  return children;
}

/** Code first, as nothing in it means anything; then links; then the marks in what is left. */
function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (const { start, end, text } of codesIn(line)) {
    pushLinks(tokens, line, at, start);
    tokens.push({ type: 'code', text });
    at = end;
  }
  pushLinks(tokens, line, at, line.length);
  return tokens;
}

function pushLinks(tokens: Token[], line: string, from: number, to: number): void {
  let at = from;
  for (const { text, href, host } of linkify(line.slice(from, to))) {
    if (href === null) pushMarks(tokens, line, at, at + text.length);
    else tokens.push({ type: 'link', text, href, host });
    at += text.length;
  }
}

function pushMarks(tokens: Token[], line: string, from: number, to: number): void {
  let at = from;
  /** The mark that ends at `at`. */
  let last = null as Mark | null;
  for (const { 0: text, index } of line.slice(from, to).matchAll(MARKS)) {
    const start = from + index;
    const end = start + text.length;
    // Of two code units, the last is a whole character.
    const before = line.slice(Math.max(0, start - 2), start);
    const after = line.slice(end, end + 2);
    const beside: Mark | null = start === at ? last : null;
    const canOpen: boolean = (beside?.canOpen || BEFORE_OPEN.test(before)) && AFTER_OPEN.test(after);
    const canClose: boolean = (beside?.canClose || BEFORE_CLOSE.test(before)) && AFTER_CLOSE.test(after);
    if (!(text in STYLES) || !(canOpen || canClose)) continue;
    if (at < start) tokens.push(line.slice(at, start));
    last = { type: 'mark', text, canOpen, canClose, role: null };
    tokens.push(last);
    at = end;
  }
  if (at < to) tokens.push(line.slice(at, to));
}

/** Code between two runs of as many backticks, which are found from the end, so that each is looked at once. */
function codesIn(line: string): { start: number; end: number; text: string }[] {
  const runs = [...line.matchAll(/`+/g)].map(({ 0: run, index }) => ({ start: index, length: run.length }));
  const next: (number | undefined)[] = [];
  const nearest = new Map<number, number>();
  for (let i = runs.length - 1; i >= 0; i--) {
    const { length } = runs[i]!;
    next[i] = nearest.get(length);
    nearest.set(length, i);
  }
  const codes = [];
  for (let i = 0; i < runs.length; i++) {
    const close = next[i];
    if (close === undefined) continue;
    const from = runs[i]!.start + runs[i]!.length;
    const { start: to, length } = runs[close]!;
    codes.push({ start: runs[i]!.start, end: to + length, text: line.slice(from, to) });
    i = close;
  }
  return codes;
}

/**
 * Pairs the marks, and makes a tree of what is between them. At most one mark of each kind is open at a time: a later one
 * takes its place, as the shorter span is what people mean. So styles nest as deep as there are kinds of marks.
 */
function styled(tokens: readonly Token[]): Inline[] {
  /** Those that may still be ended, with the number of pieces before each that are no marks: `(*_*)` is a face. */
  const open = new Map<string, { mark: Mark; pieces: number; index: number }>();
  let pieces = 0;
  for (const [index, token] of tokens.entries()) {
    if (!isMark(token)) {
      pieces++;
      continue;
    }
    const begin = token.canClose ? open.get(token.text) : undefined;
    if (begin && pieces > begin.pieces) {
      begin.mark.role = STYLES[token.text] ?? null;
      token.role = 'end';
      // What was opened between the two would cross them.
      for (const [text, other] of open) if (other.index >= begin.index) open.delete(text);
    } else if (token.canOpen) {
      open.set(token.text, { mark: token, pieces, index });
    }
  }
  const root: Inline[] = [];
  const stack = [root];
  for (const token of tokens) {
    const children = stack.at(-1) ?? root;
    if (!isMark(token)) append(children, token);
    else if (token.role === null) append(children, token.text);
    else if (token.role === 'end') stack.pop();
    else {
      const inside: Inline[] = [];
      children.push({ type: token.role, children: inside });
      stack.push(inside);
    }
  }
  return root;
}

function isMark(token: Token): token is Mark {
  return typeof token !== 'string' && token.type === 'mark';
}

/** One text where two would be beside each other. */
function append(children: Inline[], child: Inline): void {
  const last = children.at(-1);
  if (typeof child === 'string' && typeof last === 'string') children[children.length - 1] = last + child;
  else children.push(child);
}
