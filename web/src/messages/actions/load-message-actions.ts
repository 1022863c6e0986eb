import { createSharedChunk } from '../../ui/chunk';
import { loadMessageActionWords, words } from '../../words/words';

/** What a user can do to a message, and what a row shows of it: one chunk, loaded when the user comes to the messages, or with the first of either. */
export const messageActions = createSharedChunk(
  () => words.notLoaded.messageActions,
  async () => {
    const [parts] = await Promise.all([import('./parts'), loadMessageActionWords()]);
    return parts;
  },
);
