import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import pixelmatch from 'pixelmatch';
import sharp from 'sharp';

const WEB = join(__dirname, '../..');
const WANTED = join(WEB, 'e2e/screenshots');
const RESULTS = join(WEB, 'test-results/screenshots');

/** Of letters and curves, a difference that people do not see: they are stored in 256 colours, and processors round otherwise. */
const EDGE_THRESHOLD = 0.1;
/** On a surface of one colour, steps of 255 in a channel. */
const FLAT_STEPS = 3;
/** So many pixels may differ all the same. */
const MAX_DIFFERENT = 8;
/** What is drawn late, such as an image that is decoded, is there by then, in milliseconds. */
const SETTLE_MS = 3_000;

const isUpdate = process.env.UPDATE_SCREENSHOTS === '1';
const fromRoot = (path: string) => relative(join(WEB, '..'), path);

/** Four bytes for each pixel. */
interface Picture {
  data: Uint8Array;
  width: number;
  height: number;
}

/**
 * Compares what `take` shows with the screenshot of that name in git. With `UPDATE_SCREENSHOTS=1` it becomes that screenshot,
 * unless the two are alike already.
 */
export async function matchesScreenshot(name: string, take: () => Promise<Buffer>): Promise<void> {
  const path = join(WANTED, `${name}.png`);
  const wanted = existsSync(path) ? await pictureOf(path) : null;
  const deadline = Date.now() + SETTLE_MS;
  let png = await take();
  let result = compare(wanted, await pictureOf(png));
  while (result.problem !== null && wanted !== null && !isUpdate && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    png = await take();
    result = compare(wanted, await pictureOf(png));
  }
  const [actualFile, differenceFile] = ['actual', 'difference'].map((kind) =>
    join(RESULTS, `${name}.${kind}.png`),
  ) as [string, string];
  for (const file of [actualFile, differenceFile]) rmSync(file, { force: true });
  if (result.problem === null) return;
  if (isUpdate) return write(path, await inColours(png));
  write(actualFile, png);
  const { problem, difference } = result;
  if (difference) {
    const { data, width, height } = difference;
    write(
      differenceFile,
      await sharp(data, { raw: { width, height, channels: 4 } })
        .png()
        .toBuffer(),
    );
  }
  throw new Error(
    `${fromRoot(path)}: ${problem}. Shown: ${fromRoot(actualFile)}` +
      (difference ? `, different: ${fromRoot(differenceFile)}` : '') +
      '. If it is meant to look like this, run the suite with UPDATE_SCREENSHOTS=1 and commit the files.',
  );
}

interface Comparison {
  /** Null: they are alike. */
  problem: string | null;
  difference?: Picture;
}

function compare(wanted: Picture | null, actual: Picture): Comparison {
  if (!wanted) return { problem: 'there is no such screenshot yet' };
  const { width, height } = actual;
  if (wanted.width !== width || wanted.height !== height)
    return { problem: `it is ${width} × ${height} and was ${wanted.width} × ${wanted.height}` };
  const difference = { data: new Uint8Array(actual.data.length), width, height };
  const options = { threshold: EDGE_THRESHOLD };
  const edges = pixelmatch(wanted.data, actual.data, difference.data, width, height, options);
  const count = edges + markSurfaces(wanted, actual, difference);
  return count <= MAX_DIFFERENT ? { problem: null } : { problem: `${count} pixels differ`, difference };
}

/** Counts the pixels within a surface that is of one colour in both pictures, and of another one in each. */
function markSurfaces(wanted: Picture, actual: Picture, difference: Picture): number {
  const { width, height } = actual;
  const differs = (a: Picture, i: number, b: Picture, j: number, steps: number) =>
    [0, 1, 2].some((channel) => Math.abs(a.data[i + channel]! - b.data[j + channel]!) > steps);
  const isFlat = (picture: Picture, i: number) =>
    [-4, 4, -4 * width, 4 * width].every((step) => !differs(picture, i, picture, i + step, 0));
  let count = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = 4 * (y * width + x);
      if (!differs(wanted, i, actual, i, FLAT_STEPS) || !isFlat(wanted, i) || !isFlat(actual, i)) continue;
      difference.data.set([255, 0, 0, 255], i);
      count++;
    }
  }
  return count;
}

async function pictureOf(png: Buffer | string): Promise<Picture> {
  const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** In 256 colours: half as large, and surfaces keep theirs. */
function inColours(png: Buffer): Promise<Buffer> {
  return sharp(png)
    .png({ palette: true, colours: 256, dither: 0, effort: 10, compressionLevel: 9 })
    .toBuffer();
}

function write(path: string, content: Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
