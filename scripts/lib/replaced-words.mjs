/**
 * Words of the project's first days that were replaced by the field's (docs/decisions/0044-lint-replaced-words.md).
 * Only words without another common meaning in code are listed: "address", "lost" and "mark" need a human reader.
 *
 * A phrase matches an identifier, a file name and prose alike: `hostDirectory`, `host-directory`, "host directory".
 * `use` is what to write in its place.
 */
export const REPLACED = [
  {
    words: ['tell', 'tells', 'telling', 'told'],
    use: 'publish (bus), send (socket), notify (people), report, distinguish',
  },
  { words: ['hear', 'hears', 'hearing', 'heard', 'unheard'], use: 'receive, handle' },
  { words: ['knock', 'knocks', 'knocked', 'knocking'], use: 'connect; connect storm' },
  { words: ['bury', 'buries', 'buried', 'burying'], use: 'end, remove' },
  { words: ['whoever', 'whomever', 'whosoever'], use: 'the user, the client, the server' },
  { words: ['patience'], use: 'timeout' },
  {
    words: ['caller', 'callers', 'asker', 'askers', 'who asks', 'who is asking'],
    use: 'the current user (of a request), the requesting socket, the calling code (of a function)',
  },
  { words: ['arrivals', 'who comes'], use: 'connect storm, sync queue, the new client' },
  { words: ['lane', 'lanes'], use: 'queue, batch' },
  { words: ['host directory'], use: 'subscription registry' },
  { words: ['seq gate'], use: 'what the class does: it orders events' },
  { words: ['room head', 'room heads'], use: 'room state' },
  {
    words: ['first clients', 'base client', 'base clients'],
    use: 'legacy clients (docs/protocol.md#compatibility)',
  },
  { words: ['in so many words', 'time and again', 'for want of'], use: 'explicitly; repeatedly; without' },
  { words: ['last words'], use: 'the end of the log' },
  { words: ['set in sight', 'presence relay'], use: 'setVisible; presence delivery' },
  { words: ['has room for', 'have room for'], use: 'holds, allows: a room is a chat' },
  {
    words: [
      'can',
      'may',
      'must',
      'should',
      'has to',
      'needs to',
      'wants',
      'does',
      'sees',
      'reads',
      'writes',
    ].map((verb) => `one ${verb}`),
    // "The newer one has to" is fine: "one" stands for a noun there.
    after: String.raw`(?<=^|[.:;,(*/>] ?|\b(?:as|because|how|if|so|that|until|what|when|where|which|whom) )`,
    use: 'the user, the client, you',
  },
];

/** Between the words of a phrase; a comment may break the line there. */
const BETWEEN = String.raw`[\s_*/-]{1,16}`;

const RULES = REPLACED.map(({ words, after = '', use }) => {
  const anyOf = words.map((word) => word.replaceAll(' ', BETWEEN)).join('|');
  // An underscore ends a word here, as it does in snake_case.
  return { use, pattern: new RegExp(`${after}(?<![a-z0-9])(?:${anyOf})(?![a-z0-9])`, 'gm') };
});

/** All replaced words in a text. @returns `{ line, word, use }` of each, in the order of the lines. */
export function replacedWords(text) {
  // Splits camelCase, and keeps the number of lines.
  const words = text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase();
  return RULES.flatMap(({ pattern, use }) =>
    [...words.matchAll(pattern)].map(({ 0: word, index }) => ({
      line: words.slice(0, index).split('\n').length,
      word: word.replace(/[\s_*/-]+/g, ' '),
      use,
    })),
  ).toSorted((a, b) => a.line - b.line);
}
