import type { UserSettings } from '@parley/shared';

/** What has come into one chat since the last announcement. */
export interface News {
  /** Who has written. */
  name: string;
  /** How many messages. */
  count: number;
  /** Of the chat that the user looks at: what they say, as far as it is loaded. Null: of another chat. */
  texts: readonly string[] | null;
}

/** The sentences of {@link announcementOf}. */
export interface AnnouncementWords {
  message(name: string, text: string): string;
  from(name: string, count: number): string;
  inChats(count: number, chats: number): string;
}

/** Messages of the open chat that are read out one by one; more are a number. */
const MOST_TEXTS = 3;
/** Chats that are named; more are a number. */
const MOST_CHATS = 3;

/** What is announced of it, a line each: nothing, or what comes soon after each other in one. */
export function announcementOf(
  news: readonly News[],
  verbosity: UserSettings['announcements'],
  words: AnnouncementWords,
): string[] {
  if (verbosity === 'none') return [];
  const isSpoken = ({ texts, count }: News) =>
    verbosity === 'all' && texts !== null && texts.length === count && count <= MOST_TEXTS;
  const spoken = news.filter(isSpoken);
  const counted = news.filter((one) => !isSpoken(one));
  const lines = spoken.flatMap(({ name, texts }) => (texts ?? []).map((text) => words.message(name, text)));
  if (counted.length <= MOST_CHATS)
    return [...lines, ...counted.map(({ name, count }) => words.from(name, count))];
  const sum = counted.reduce((sofar, { count }) => sofar + count, 0);
  return [...lines, words.inChats(sum, counted.length)];
}
