import { loadMessageActionWords } from '../../words/words';

export type MessageActionParts = typeof import('./parts');

/** What a user can do to a message: loaded when the user comes to the messages. */
export async function loadMessageActions(): Promise<MessageActionParts> {
  const [parts] = await Promise.all([import('./parts'), loadMessageActionWords()]);
  return parts;
}
