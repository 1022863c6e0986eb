import { createSharedChunk } from '../ui/chunk';
import { loadPrivacyWords, loadSecondWords, words } from '../words/words';

/** Requests, blocking, disappearing messages and the menu of a chat: loaded where there is something of it. */
export async function loadPrivacy(): Promise<typeof import('./parts')> {
  const [parts] = await Promise.all([import('./parts'), loadPrivacyWords(), loadSecondWords()]);
  return parts;
}

/** {@link loadPrivacy} as one chunk. */
export const privacyParts = createSharedChunk(() => words.notLoaded.privacy, loadPrivacy);
