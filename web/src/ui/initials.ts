/** Of the first two words, as people see characters: an emoji of several code points is one. */
export function initialsOf(name: string): string {
  const words = name.match(/[^\s._-]+/g) ?? [];
  return words.slice(0, 2).map(firstCharacter).join('');
}

let segmenter: Intl.Segmenter | undefined;

/** One segmenter takes some 1 ms to make, 4 on a slow phone, and most names need none. */
function firstCharacter(word: string): string | undefined {
  if (/^[!-~]([!-~]|$)/.test(word)) return word[0];
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(word).containing(0)?.segment;
}
