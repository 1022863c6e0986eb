import type { Sharp } from 'sharp';
import { fieldError } from '../errors/chat-error.js';

type Format = 'jpeg' | 'png' | 'webp' | 'gif' | 'avif';

/** An image that holds nothing but its pixels, upright. */
export interface CleanImage {
  content: Buffer;
  width: number;
  height: number;
  /** WebP; null: the image is small enough itself. */
  thumbnail: Buffer | null;
}

/** Longest side of a thumbnail, in pixels: as wide as a message, on a screen with two pixels per CSS pixel. */
const THUMBNAIL_SIDE = 720;
/** A still image with fewer bytes than this is its own thumbnail, if it is no larger in pixels. */
const SMALL_BYTES = 64 * 1024;
/** Longest time for one image, in seconds. */
const TIMEOUT_SECONDS = 20;

/** The readers of libvips that are used: the others, of formats that are not images from people, stay closed. */
const READERS = ['JpegBuffer', 'PngBuffer', 'WebpBuffer', 'NsgifBuffer', 'HeifBuffer'].map(
  (name) => `VipsForeignLoad${name}`,
);

let loading: Promise<typeof import('sharp').default> | null = null;

/** libvips is loaded with the first image, and not at start. */
function loadSharp() {
  loading ??= import('sharp').then(({ default: sharp }) => {
    sharp.cache(false);
    // The server processes several images at a time, each in one thread.
    sharp.concurrency(1);
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: READERS });
    return sharp;
  });
  return loading;
}

export function notAnImage() {
  return fieldError('file', 'is not an image that can be read');
}

export function tooManyPixels(maxPixels: number) {
  return fieldError('file', `must have at most ${maxPixels} pixels, over all frames`, 'too_long');
}

/**
 * Writes an image again: upright, without EXIF, XMP, comments, and whatever else was in the file or behind its end. Its size
 * in pixels is checked before anything is decoded.
 * @throws ChatError when it has too many pixels, or cannot be read.
 */
export async function cleanImage(content: Buffer, format: Format, maxPixels: number): Promise<CleanImage> {
  const sharp = await loadSharp();
  const options = { limitInputPixels: maxPixels, failOn: 'error', animated: format !== 'avif' } as const;
  const head = await sharp(content, { ...options, limitInputPixels: false })
    .metadata()
    .catch(() => {
      throw notAnImage();
    });
  const isRightFormat = head.format === (format === 'avif' ? 'heif' : format);
  if (!isRightFormat || !head.width || !head.height) throw notAnImage();
  // `height` is that of all frames, one below the other.
  if (head.width * head.height > maxPixels) throw tooManyPixels(maxPixels);
  try {
    const upright = sharp(content, options)
      .timeout({ seconds: TIMEOUT_SECONDS })
      .autoOrient()
      .keepIccProfile();
    const written = await encode(upright, format).toBuffer({ resolveWithObject: true });
    const { width, pageHeight, height: fullHeight } = written.info;
    const height = pageHeight ?? fullHeight;
    const isSmall =
      Math.max(width, height) <= THUMBNAIL_SIDE && written.data.length <= SMALL_BYTES && !isAnimated(head);
    const thumbnail = isSmall
      ? null
      : await sharp(written.data, { limitInputPixels: maxPixels })
          .timeout({ seconds: TIMEOUT_SECONDS })
          .resize({ width: THUMBNAIL_SIDE, height: THUMBNAIL_SIDE, fit: 'inside', withoutEnlargement: true })
          .webp({ quality: 75, effort: 3 })
          .toBuffer();
    return { content: written.data, width, height, thumbnail };
  } catch {
    throw notAnImage();
  }
}

/**
 * The middle of a clean image as WebP, in squares of these sizes, in pixels. Of an animated one the first frame.
 * @throws ChatError when it cannot be read.
 */
export async function squaresOf(
  content: Buffer,
  sides: readonly number[],
  maxPixels: number,
): Promise<Buffer[]> {
  const sharp = await loadSharp();
  try {
    return await Promise.all(
      sides.map((side) =>
        sharp(content, { limitInputPixels: maxPixels, failOn: 'error' })
          .timeout({ seconds: TIMEOUT_SECONDS })
          .autoOrient()
          .resize({ width: side, height: side, fit: 'cover', position: 'centre' })
          // It lies over the initials.
          .flatten({ background: '#ffffff' })
          .webp({ quality: 82, effort: 4 })
          .toBuffer(),
      ),
    );
  } catch {
    throw notAnImage();
  }
}

function isAnimated({ pages }: { pages?: number }): boolean {
  return (pages ?? 1) > 1;
}

/** Nearly as good as it came, and quickly. */
function encode(image: Sharp, format: Format): Sharp {
  switch (format) {
    case 'jpeg':
      return image.jpeg({ quality: 90 });
    case 'png':
      return image.png({ compressionLevel: 6 });
    case 'webp':
      return image.webp({ quality: 90, effort: 2 });
    case 'gif':
      return image.gif({ effort: 1 });
    case 'avif':
      return image.avif({ quality: 70, effort: 0 });
  }
}
