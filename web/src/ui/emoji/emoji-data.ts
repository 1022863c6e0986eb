import { gemoji } from 'gemoji';

/** The ids of the groups, in the order in which the picker shows them. */
export const GROUPS = [
  'smileys',
  'people',
  'nature',
  'food',
  'travel',
  'activities',
  'objects',
  'symbols',
  'flags',
] as const;

export type GroupId = (typeof GROUPS)[number];

/** An emoji of Unicode, as native text. */
export interface Emoji {
  /** In the default skin tone. */
  char: string;
  /** Its short codes, without colons, the usual one first: `smile`. */
  names: readonly string[];
  /** What it shows, in English. */
  label: string;
  group: GroupId;
  /** All words by which it is found, each after a space, in lower case. */
  searched: string;
}

const GROUP_OF: Record<string, GroupId> = {
  'Smileys & Emotion': 'smileys',
  'People & Body': 'people',
  'Animals & Nature': 'nature',
  'Food & Drink': 'food',
  'Travel & Places': 'travel',
  Activities: 'activities',
  Objects: 'objects',
  Symbols: 'symbols',
  Flags: 'flags',
};

/** Emoji 15.0 (2022), which the fonts of all current systems have. */
export const EMOJI: readonly Emoji[] = gemoji.map(({ emoji, names, description, tags, category }) => ({
  char: emoji,
  names,
  label: description,
  group: GROUP_OF[category] ?? 'symbols',
  searched:
    ` ${[...names, ...names.map((name) => name.replaceAll('_', ' ')), description, ...tags].join(' ')}`.toLowerCase(),
}));

/** The skin tones that people choose from, the default one first. */
export const TONES = ['', '\u{1f3fb}', '\u{1f3fc}', '\u{1f3fd}', '\u{1f3fe}', '\u{1f3ff}'] as const;

/** `char` with the tone, where Unicode has one for it: a family has none. */
export function inTone(char: string, tone: string): string {
  if (tone === '' || !TAKES_TONE) return char;
  const toned = char.replaceAll(/(\p{Emoji_Modifier_Base})\uFE0F?/gu, `$1${tone}`);
  return TAKES_TONE.test(toned) ? toned : char;
}

const TAKES_TONE = rgiEmoji();

/** One emoji that is recommended for general interchange; undefined in browsers before 2023, which cannot say what is one. */
function rgiEmoji(): RegExp | undefined {
  try {
    return new RegExp('^\\p{RGI_Emoji}$', 'v');
  } catch {
    return undefined;
  }
}

/**
 * The emoji that have all words of `query` at the beginning of one of theirs, those whose short code is nearest to it first,
 * at most `limit`.
 */
export function findEmoji(query: string, limit: number): Emoji[] {
  const words = query
    .toLowerCase()
    .split(/[\s_:]+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const code = words.join('_');
  const rankOf = ({ names }: Emoji) => {
    if (names.includes(code)) return 0;
    return names.some((name) => name.startsWith(code)) ? 1 : 2;
  };
  const found = EMOJI.filter(({ searched }) => words.every((word) => searched.includes(` ${word}`)));
  // Stable: within a rank, the order of Unicode, which begins with what is used most.
  return found.toSorted((a, b) => rankOf(a) - rankOf(b)).slice(0, limit);
}

/** By its native text in the default skin tone. */
export function emojiOf(char: string): Emoji | undefined {
  return EMOJI.find((emoji) => emoji.char === char);
}
