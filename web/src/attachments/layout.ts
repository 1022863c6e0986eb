import type { QueuedFile } from '@parley/client';
import type { Attachment } from '@parley/shared';

/** A file of a message, on the server or on its way to it. */
export type ShownFile = Attachment | QueuedFile;

/** Longest sides of an image in the log, and the height of a file in it, in CSS pixels. */
const MAX_WIDTH = 288;
const MAX_HEIGHT = 320;
const MIN_SIDE = 64;
const FILE_HEIGHT = 56;
const PLAYER_HEIGHT = 56;
const FILM_HEIGHT = 216;
const GAP = 4;

export interface Box {
  width: number;
  height: number;
}

/** How large an image is in the log, known before it is loaded; null: the file is shown as a card. */
export function imageBox({ type, width, height }: ShownFile): Box | null {
  if (!type.startsWith('image/') || !width || !height) return null;
  const scale = Math.min(1, MAX_WIDTH / width, MAX_HEIGHT / height);
  return {
    width: Math.max(MIN_SIDE, Math.round(width * scale)),
    height: Math.max(MIN_SIDE, Math.round(height * scale)),
  };
}

/** The height of the files of a message: kept free until their code is there, so that nothing moves when it comes. */
export function heightOf(files: readonly ShownFile[]): number {
  return files.reduce((sum, file) => sum + rowHeight(file) + GAP, 0);
}

function rowHeight(file: ShownFile): number {
  const box = imageBox(file);
  if (box) return box.height;
  if (!('url' in file)) return FILE_HEIGHT;
  if (file.type.startsWith('video/')) return FILM_HEIGHT;
  return file.type.startsWith('audio/') ? PLAYER_HEIGHT : FILE_HEIGHT;
}
