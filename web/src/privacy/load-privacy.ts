import { loadPrivacyWords, loadSecondWords } from '../words/words';

export type PrivacyParts = typeof import('./parts');

/** Requests, blocking, disappearing messages and the menu of a chat: loaded where there is something of it. */
export async function loadPrivacy(): Promise<PrivacyParts> {
  const [parts] = await Promise.all([import('./parts'), loadPrivacyWords(), loadSecondWords()]);
  return parts;
}
