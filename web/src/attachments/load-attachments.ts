import { createSharedChunk } from '../ui/chunk';
import { loadAttachmentWords, words } from '../words/words';

/** Choosing files, and showing those of messages: one chunk, loaded with the first of either. */
export const attachmentParts = createSharedChunk(
  () => words.notLoaded.attachments,
  async () => {
    const [parts] = await Promise.all([import('./parts'), loadAttachmentWords()]);
    return parts;
  },
);
