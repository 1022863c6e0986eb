import type { QueuedFile } from '@parley/client';
import type { Attachment } from '@parley/shared';

/** A file of a message, on the server or on its way to it. */
export type ShownFile = Attachment | QueuedFile;

/**
 * The height of the files of a message in CSS pixels, as image-box.ts and the cards make it: kept free until their code is
 * there, so that hardly anything moves when it comes.
 */
export function heightOf(files: readonly ShownFile[]): number {
  return files.reduce(
    (sum, { width = 0, height = 56 }) => sum + height * Math.min(1, 288 / width, 320 / height) + 4,
    0,
  );
}
