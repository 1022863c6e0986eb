/** How well a folded text is what a folded query asks for; 0: not at all. */
export function rankOf(text: string, query: string): number {
  if (text === query) return 5;
  if (text.startsWith(query)) return 4;
  const at = text.indexOf(query);
  if (at > 0) return text.includes(` ${query}`) ? 3 : 2;
  const parts = query.split(' ');
  return parts.length > 1 && parts.every((part) => text.includes(part)) ? 1 : 0;
}

/** Those that match in any of their texts, the best first, and else in the order that they have. */
export function ranked<T>(
  all: readonly T[],
  textsOf: (one: T) => readonly string[],
  query: string,
  most: number,
): T[] {
  return all
    .map((one, index) => ({
      one,
      index,
      rank: Math.max(0, ...textsOf(one).map((text) => rankOf(text, query))),
    }))
    .filter(({ rank }) => rank > 0)
    .toSorted((a, b) => b.rank - a.rank || a.index - b.index)
    .slice(0, most)
    .map(({ one }) => one);
}
