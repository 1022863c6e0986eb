/** As wide as the server's larger picture on a screen with two pixels per CSS pixel. */
const SIDE = 512;

/**
 * The middle of a picture as a square, small enough for a slow line: a photo of a phone has many megabytes, and where it was
 * taken. What this browser cannot read goes as it is: the server decides.
 */
export async function shrink(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (!bitmap) return file;
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.min(SIDE, side);
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  canvas.getContext('2d')?.drawImage(bitmap, left, top, side, side, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  // Lossless in small, where a photo costs little: drawings keep their edges, and grounds that are not there stay away.
  const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/webp', 0.92));
  return made ?? file;
}
