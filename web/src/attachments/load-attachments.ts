import { createRoot } from 'solid-js';
import { createChunk, type Chunk } from '../ui/chunk';
import { loadAttachmentWords, words } from '../words/words';

type Parts = typeof import('./parts');

let chunk: Chunk<Parts> | undefined;

/** Choosing files, and showing those of messages: one chunk, loaded with the first of either. */
export function attachmentParts(): Chunk<Parts> {
  chunk ??= createRoot(() =>
    createChunk(words.notLoaded.attachments, async () => {
      const [parts] = await Promise.all([import('./parts'), loadAttachmentWords()]);
      return parts;
    }),
  );
  return chunk;
}
