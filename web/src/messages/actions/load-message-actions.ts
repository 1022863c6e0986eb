import { createRoot } from 'solid-js';
import { createChunk, type Chunk } from '../../ui/chunk';
import { loadMessageActionWords, words } from '../../words/words';

type Parts = typeof import('./parts');

let chunk: Chunk<Parts> | undefined;

/** What a user can do to a message, and what a row shows of it: one chunk, loaded when the user comes to the messages, or with the first of either. */
export function messageActions(): Chunk<Parts> {
  chunk ??= createRoot(() =>
    createChunk(words.notLoaded.messageActions, async () => {
      const [parts] = await Promise.all([import('./parts'), loadMessageActionWords()]);
      return parts;
    }),
  );
  return chunk;
}
