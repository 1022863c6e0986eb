/** A piece of a message: plain, or a link. Either is only ever shown as text. */
export interface TextPart {
  text: string;
  href: string | null;
  /**
   * Where the link really goes, when that is not what is written: a name in other letters than a to z (which may look
   * like another), one in other digits, one that is encoded. Null when it is as written.
   */
  host: string | null;
}

const SCHEMES = ['http://', 'https://'];
const TRAILING = new Set('.,:;!?\'"*_~>]}»”’…');
const PAIRS: Record<string, string> = { ')': '(' };

/**
 * Finds http and https addresses in a text. One walk from left to right: the time grows with the length of the text
 * and not with what is in it. The parts joined are the text.
 */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let plainFrom = 0;
  let at = 0;
  while (at < text.length) {
    const end = addressEnd(text, at);
    if (end === at) {
      at++;
      continue;
    }
    const address = text.slice(at, end);
    const url = safeUrl(address);
    if (url !== null) {
      if (plainFrom < at) parts.push(plain(text.slice(plainFrom, at)));
      parts.push({ text: address, href: url.href, host: isAsWritten(address, url) ? null : url.host });
      plainFrom = end;
    }
    at = end;
  }
  if (plainFrom < text.length) parts.push(plain(text.slice(plainFrom)));
  return parts;
}

/** Where the address that starts at `start` ends; `start` when none does. */
function addressEnd(text: string, start: number): number {
  const first = text.charAt(start);
  if (first !== 'h' && first !== 'H') return start;
  const scheme = SCHEMES.find((name) => text.slice(start, start + name.length).toLowerCase() === name);
  if (!scheme || isWordChar(text.charAt(start - 1))) return start;
  let end = start + scheme.length;
  while (end < text.length && !isBreak(text.charAt(end))) end++;
  end = withoutTail(text, start, end);
  return end > start + scheme.length ? end : start;
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

function isWordChar(char: string): boolean {
  return /[\p{L}\p{N}_]/u.test(char);
}

/** The address as the browser understands it; null when it does not, or when a password hides in it. */
function safeUrl(address: string): URL | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  return isWeb && url.username === '' && url.password === '' ? url : null;
}

function isAsWritten(address: string, { host, protocol }: URL): boolean {
  return address.toLowerCase().startsWith(`${protocol}//${host}`);
}

function plain(text: string): TextPart {
  return { text, href: null, host: null };
}
