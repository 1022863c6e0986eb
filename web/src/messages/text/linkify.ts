/** A piece of a message: plain, or a link. Either is only ever shown as text. */
export interface TextPart {
  text: string;
  /** Of `http:`, `https:` or `mailto:`; null for plain text. */
  href: string | null;
  /**
   * Where the link really goes, when that is not what is written: a name in other letters than a to z (which may look
   * like another), one in other digits, one that is encoded. Null when it is as written.
   */
  host: string | null;
}

/** Letters, digits, and what joins them in names of hosts and mailboxes. */
const RUN = /[\p{L}\p{N}_.+%-]+/gu;
const HOST = /[\p{L}\p{N}.-]+/uy;
const SCHEME = /(?<![\p{L}\p{N}_])https?$/iu;
/** Before an address without a scheme. Not «/», «@», «=»: then it is a part of something else. */
const BEFORE = /[\s\p{Ps}\p{Pi}"'*_~:,;>|—–]/u;
const MAILBOX = /^[\w+%][\w.+%-]*$/;
const TRAILING = new Set('.,:;!?\'"*_~>]}»”’…');
const PAIRS: Record<string, string> = { ')': '(' };

/**
 * Ends of names that make a link without `https://` or `www.` before them. Left out are all that are file names too (`.md`,
 * `.py`, `.rs`, `.sh`, `.zip`), and what is written without a space after a full stop more often than meant.
 */
const TOP_LEVEL = new Set(
  (
    'com org net edu gov int io dev app ai eu tv xyz gg online site page blog shop cloud wiki news ' +
    'ar au br ca ch cl cn co cz de dk ee es fi fr gr hk hu ie il ir jp ke kr lt lu lv mx my ng nl nz pe ph pk pl pt ro ru ' +
    'se sg si sk th tr tw ua uk vn za рф'
  ).split(' '),
);
/** These are words as well: they make a link with a path or with a third name only. */
const WORDS = new Set('am as at be do id in is it me my no so to us'.split(' '));

/**
 * Finds addresses in a text: http and https, hosts without a scheme, and e-mail. One walk from left to right: the time grows
 * with the length of the text and not with what is in it. The parts joined are the text.
 */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let plainFrom = 0;
  let at = 0;
  for (;;) {
    RUN.lastIndex = at;
    const run = RUN.exec(text);
    if (!run) break;
    const found = addressAt(text, run.index, RUN.lastIndex);
    at = Math.max(found?.end ?? 0, RUN.lastIndex);
    if (!found?.part) continue;
    if (plainFrom < found.start) parts.push(plain(text.slice(plainFrom, found.start)));
    parts.push(found.part);
    at = plainFrom = found.end;
  }
  if (plainFrom < text.length) parts.push(plain(text.slice(plainFrom)));
  return parts;
}

/** `part` null: what looks like an address is none, up to its end. */
interface Found {
  start: number;
  end: number;
  part: TextPart | null;
}

/** What the run of characters from `start` to `end` begins or ends. */
function addressAt(text: string, start: number, end: number): Found | null {
  const scheme = text.startsWith('://', end) ? SCHEME.exec(text.slice(Math.max(start, end - 6), end)) : null;
  if (scheme) return withScheme(text, end - scheme[0].length, end + 3);
  if (start > 0 && !BEFORE.test(text.charAt(start - 1))) return null;
  return text.charAt(end) === '@' ? mailbox(text, start, end) : withoutScheme(text, start, end);
}

function withScheme(text: string, start: number, from: number): Found | null {
  const end = withoutTail(text, from, addressEnd(text, from));
  if (end === from) return null;
  const address = text.slice(start, end);
  const url = safeUrl(address);
  if (!url) return { start, end, part: null };
  const isAsWritten = address.toLowerCase().startsWith(`${url.protocol}//${url.host}`);
  return { start, end, part: { text: address, href: url.href, host: isAsWritten ? null : url.host } };
}

function withoutScheme(text: string, start: number, runEnd: number): Found | null {
  // `_italic_`: the mark is no part of the name.
  const from = start + (/^_+/.exec(text.slice(start, runEnd))?.[0].length ?? 0);
  HOST.lastIndex = from;
  const written = HOST.exec(text)?.[0].replace(/(?<![.-])[.-]+$/, '') ?? '';
  let end = from + written.length;
  const hasPath = /^(?:[/?#]|:\d)/.test(text.slice(end, end + 2));
  if (!isHost(written, hasPath) || /^[(@=\p{L}\p{N}]/u.test(text.slice(end, end + 2))) return null;
  if (hasPath) end = withoutTail(text, end, addressEnd(text, end));
  const address = text.slice(from, end);
  const url = safeUrl(`https://${address}`);
  if (!url) return { start: from, end, part: null };
  const isAsWritten = address.toLowerCase().startsWith(url.host);
  return { start: from, end, part: { text: address, href: url.href, host: isAsWritten ? null : url.host } };
}

function mailbox(text: string, start: number, at: number): Found | null {
  const name = text.slice(start, at).replace(/^_+/, '');
  HOST.lastIndex = at + 1;
  const host = HOST.exec(text)?.[0].replace(/(?<![.-])[.-]+$/, '') ?? '';
  const end = at + 1 + host.length;
  if (!MAILBOX.test(name) || text.charAt(end) === '@' || !isName(host)) return null;
  const url = safeUrl(`https://${host}`);
  if (!url || !/\.[a-z]/.test(url.host)) return null;
  const href = `mailto:${encodeURIComponent(name)}@${url.host}`;
  const isAsWritten = host.toLowerCase() === url.host;
  const from = at - name.length;
  return {
    start: from,
    end,
    part: { text: text.slice(from, end), href, host: isAsWritten ? null : url.host },
  };
}

/** Whether it is a host that people write without a scheme. */
function isHost(name: string, hasPath: boolean): boolean {
  if (!isName(name)) return false;
  const labels = name.split('.');
  const last = labels.at(-1) ?? '';
  if (labels[0]?.toLowerCase() === 'www') return labels.length > 2;
  // «See you.It is late» is no address, and neither is «Mr.De Vries».
  if (last !== last.toLowerCase() && name !== name.toUpperCase()) return false;
  const end = last.toLowerCase();
  return WORDS.has(end) ? hasPath || labels.length > 2 : TOP_LEVEL.has(end);
}

/** Two or more labels, the last one without digits. As long as DNS allows. */
function isName(name: string): boolean {
  if (name.length > 253) return false;
  const labels = name.split('.');
  return (
    labels.length > 1 &&
    labels.every(
      (label) => label !== '' && label.length < 64 && !label.startsWith('-') && !label.endsWith('-'),
    ) &&
    /^\p{L}{2,}$|^xn--/u.test(labels.at(-1) ?? '')
  );
}

/** Where the address ends that goes on at `from`: at the first character that is in none. */
function addressEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && !isBreak(text.charAt(end))) end++;
  return end;
}

/** Punctuation at the end is the sentence's, and so is a bracket that the address does not open. */
function withoutTail(text: string, start: number, end: number): number {
  const opened = new Map<string, number>();
  for (const [close, open] of Object.entries(PAIRS)) {
    let balance = 0;
    for (let i = start; i < end; i++) {
      if (text.charAt(i) === open) balance++;
      else if (text.charAt(i) === close) balance--;
    }
    opened.set(close, balance);
  }
  for (; end > start; end--) {
    const last = text.charAt(end - 1);
    const balance = opened.get(last);
    if (balance !== undefined && balance < 0) opened.set(last, balance + 1);
    else if (!TRAILING.has(last)) break;
  }
  return end;
}

function isBreak(char: string): boolean {
  // Direction marks too: they would turn around how the rest of the address reads.
  return (
    char <= ' ' ||
    char === '<' ||
    /[\u00a0\u2028\u3000\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(char)
  );
}

/** The address as the browser understands it; null when it does not, or when a password hides in it. */
function safeUrl(address: string): URL | null {
  try {
    // Not `canParse`: in Node 20, once it is compiled, it refuses letters beyond ASCII now and then.
    const url = new URL(address);
    const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
    return isWeb && url.username === '' && url.password === '' ? url : null;
  } catch {
    return null;
  }
}

function plain(text: string): TextPart {
  return { text, href: null, host: null };
}
