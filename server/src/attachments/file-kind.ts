import { isUtf8 } from 'node:buffer';

/** Images that browsers show, and from which position data can be removed: type to format of sharp. */
export const IMAGE_FORMATS: ReadonlyMap<string, 'jpeg' | 'png' | 'webp' | 'gif' | 'avif'> = new Map([
  ['image/jpeg', 'jpeg'],
  ['image/png', 'png'],
  ['image/apng', 'png'],
  ['image/webp', 'webp'],
  ['image/gif', 'gif'],
  ['image/avif', 'avif'],
]);

/** Images that may hold a position, and that no library here can write again without it. */
const UNCLEANABLE =
  /^image\/(hei[cf](-sequence)?|tiff|jxl|jp[2xm]|jxr|vnd\.ms-photo|x-(canon|nikon|sony|adobe|fujifilm|olympus|panasonic)-\w+)$/;

/** What browsers play by themselves. */
const PLAYABLE =
  /^(audio\/(mpeg|ogg|wav|mp4|x-m4a|aac|flac|x-flac|webm)|video\/(mp4|webm|ogg|quicktime|x-m4v))$/;

/** What is shown in the browser rather than saved. Nothing that could hold a script: no SVG, no HTML, no XML. */
export function isShownInline(type: string): boolean {
  return IMAGE_FORMATS.has(type) || PLAYABLE.test(type) || type === 'application/pdf';
}

export function isUncleanableImage(type: string): boolean {
  return UNCLEANABLE.test(type);
}

/**
 * The type of a file by its content. A name or a type that a client gives is never believed: only whether a WebM, MP4 or Ogg
 * has sound alone, which the same reader decides later.
 */
export async function typeOf(content: Buffer, declaredType: string): Promise<string> {
  // With the first file, and not at start.
  const { fileTypeFromBuffer } = await import('file-type/node');
  const found = (await fileTypeFromBuffer(content))?.mime.replace(/;.*$/, '');
  if (found === undefined) return isText(content) ? 'text/plain' : 'application/octet-stream';
  const isSound = declaredType.startsWith('audio/') && /^video\/(webm|mp4|ogg)$/.test(found);
  return isSound ? found.replace('video/', 'audio/') : found;
}

function isText(content: Buffer): boolean {
  return isUtf8(content) && !content.includes(0);
}
