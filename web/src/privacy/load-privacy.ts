import { loadPrivacyWords } from '../words/words';

/** Requests, blocking and the menu of a chat: loaded where there is something of it. */
export async function loadPrivacy(): Promise<typeof import('./parts')> {
  const [parts] = await Promise.all([import('./parts'), loadPrivacyWords()]);
  return parts;
}
