import type { Page } from 'playwright-core';

/** A colour channel that differs by no more is the same: text and round edges are drawn again a little differently. */
const TOLERANCE = 8;

/** Whether two screenshots show the same, decoded by the browser of `page`. */
export function lookAlike(page: Page, one: Buffer, other: Buffer): Promise<boolean> {
  return page.evaluate(
    async ([images, tolerance]) => {
      const [a, b] = await Promise.all(
        images.map(async (base64) => {
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0)!);
          const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
          const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
          context.drawImage(bitmap, 0, 0);
          return context.getImageData(0, 0, bitmap.width, bitmap.height);
        }),
      );
      if (a!.width !== b!.width || a!.height !== b!.height) return false;
      return a!.data.every((value, i) => Math.abs(value - b!.data[i]!) <= tolerance);
    },
    [[one.toString('base64'), other.toString('base64')], TOLERANCE] as const,
  );
}
