import type { ShownFile } from './layout';

/** Longest sides of an image in the log, in CSS pixels. */
const MAX_WIDTH = 288;
const MAX_HEIGHT = 320;
const MIN_SIDE = 64;

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
