/** The short code that ends at the caret: its beginning, and its letters without the colon. */
export interface ShortCode {
  start: number;
  letters: string;
}

/** A colon after white space or a bracket, and two letters: `http://x:80`, `12:30`, `a:bc` and `:-D` are none. */
const CODE = /(?:^|[\s([{"'“«>])(:(-1|[a-z+][a-z0-9_+-]{1,29}))$/i;
/** Longest text before the caret in which it is looked for. */
const LOOKED_AT = 40;

/** The short code of an emoji that is being typed at the end of `before`; null for none, and in code. */
export function shortCodeAt(before: string): ShortCode | null {
  const [, code, letters] = CODE.exec(before.slice(-LOOKED_AT)) ?? [];
  if (code === undefined || letters === undefined || isInCode(before)) return null;
  return { start: before.length - code.length, letters: letters.toLowerCase() };
}

/** Whether code begins before the end of a text and does not end there. */
function isInCode(before: string): boolean {
  const byFence = before.split('```');
  if (byFence.length % 2 === 0) return true;
  const line = (byFence.at(-1) ?? '').split('\n').at(-1) ?? '';
  return (line.split('`').length - 1) % 2 === 1;
}
