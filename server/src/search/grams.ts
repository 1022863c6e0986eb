/**
 * Three UTF-16 units of a folded text in a row, as a number of 48 bits: their order is that of the texts. Each unit of a text begins a
 * gram, the last two one that is filled up with zeros. So a fragment of one or two units is found too: it begins grams of a range.
 */
export type Gram = number;

/** Grams of no text: the message is from the member with the lower id (`a`), or from the other one. */
export const FROM_A: Gram = 2 ** 48;
export const FROM_B: Gram = FROM_A + 1;

const UNIT = 0x1_00_00;

/** Grams from `low` to `high`, both included. */
export interface GramRange {
  low: Gram;
  high: Gram;
}

/** The grams of a folded text, in order; one that occurs again comes again. */
export function* gramsOf(text: string): Generator<Gram> {
  for (let i = 0; i < text.length; i++) yield gramAt(text, i);
}

export function gramAt(text: string, i: number): Gram {
  const first = text.charCodeAt(i);
  const second = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
  const third = i + 2 < text.length ? text.charCodeAt(i + 2) : 0;
  return (first * UNIT + second) * UNIT + third;
}

/**
 * What a message must have of each range to have the folded query: at most `most` ranges, spread over the query, each for a gram of
 * its own.
 */
export function rangesOf(query: string, most: number): GramRange[] {
  if (query.length < 3) {
    const low = gramAt(query, 0);
    return [{ low, high: low + (query.length === 1 ? UNIT * UNIT : UNIT) - 1 }];
  }
  const grams = [...new Set(Array.from({ length: query.length - 2 }, (_, i) => gramAt(query, i)))];
  const step = Math.max(1, (grams.length - 1) / (most - 1));
  const chosen = new Set(
    Array.from({ length: Math.min(most, grams.length) }, (_, i) => Math.round(i * step)),
  );
  return [...chosen].map((i) => ({ low: grams[i]!, high: grams[i]! }));
}
