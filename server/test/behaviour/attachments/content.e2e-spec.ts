import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { Parley } from '../../support/parley.js';
import { bytes, bytesOf, fileTools, photo, sendFiles } from '../../support/uploads.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off', IMAGE_MAX_PIXELS: '4000000' });
});
afterAll(() => parley.stop());

const { by, fetchFile, sent } = fileTools(() => parley);

describe('the content of a file', () => {
  const zip = Buffer.from(
    'UEsDBBQAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAYVBLAQIUABQAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAABhUEsFBgAAAAABAAEALwAAAB8AAAAAAA==',
    'base64',
  );
  const svg = bytes('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  const html = bytes('<!doctype html><script>alert(document.domain)</script>');
  const pdf = bytes('%PDF-1.4\n%âãÏÓ\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF');

  it.each([
    ['a zip that is called a png', 'a.png', zip, 'application/zip', 'attachment'],
    ['HTML that is called a jpg', 'a.jpg', html, 'text/plain', 'attachment'],
    ['a PDF', 'a.pdf', pdf, 'application/pdf', 'inline'],
  ])('decides the type of %s', async (_, name, content, type, disposition) => {
    const { a, attachment } = await sent(name, content, 'image/png');
    expect(attachment.type).toBe(type);
    const answer = await fetchFile(attachment.url, a);
    expect(answer.headers.get('Content-Type')?.split(';')[0]).toBe(type);
    expect(answer.headers.get('Content-Disposition')?.split(';')[0]).toBe(disposition);
  });

  it('never lets an SVG be shown', async () => {
    for (const content of [svg, Buffer.concat([Buffer.from('<?xml version="1.0"?>'), svg])]) {
      const { a, attachment } = await sent('a.svg', content, 'image/svg+xml');
      const answer = await fetchFile(attachment.url, a);
      expect(answer.headers.get('Content-Disposition')).toMatch(/^attachment/);
      expect(attachment.width).toBeUndefined();
    }
  });

  it('of a photo is upright, without where and with what it was taken, and has a thumbnail', async () => {
    const original = await photo();
    expect(original.includes('Camera of alice')).toBe(true);
    expect((await sharp(original).metadata()).exif?.includes(Buffer.from([0x88, 0x25]))).toBeDefined();
    const { b, attachment } = await sent('photo.jpg', original);
    expect(attachment).toMatchObject({ type: 'image/jpeg', width: 800, height: 1_200 });
    const file = await bytesOf(await fetchFile(attachment.url, b));
    const { width, height, exif, xmp, orientation } = await sharp(file).metadata();
    expect({ width, height, exif, xmp, orientation: orientation ?? 1 }).toEqual({
      width: 800,
      height: 1_200,
      exif: undefined,
      xmp: undefined,
      orientation: 1,
    });
    expect(file.includes('Camera of alice')).toBe(false);
    expect(file.length).toBe(attachment.size);
    const answer = await fetchFile(attachment.thumbnail_url!, b);
    expect(answer.headers.get('Content-Type')).toBe('image/webp');
    expect((await sharp(await bytesOf(answer)).metadata()).height).toBe(720);
  });

  it.each(['png', 'webp', 'gif'] as const)('of a %s loses what stands behind its end', async (format) => {
    const image = await sharp(await photo(40, 30))
      .toFormat(format)
      .toBuffer();
    const { a, attachment } = await sent(
      `a.${format}`,
      Buffer.concat([image, Buffer.from('<script>alert(1)</script>'), zip]),
    );
    expect(attachment.type).toBe(`image/${format}`);
    const file = await bytesOf(await fetchFile(attachment.url, a));
    expect(file.includes('<script>')).toBe(false);
  });

  it('of a GIF that moves goes on moving', async () => {
    const frames = await sharp(Buffer.alloc(20 * 40 * 3, 200), {
      raw: { width: 20, height: 40, channels: 3, pageHeight: 20 },
    })
      .gif({ delay: [100, 100] })
      .toBuffer();
    const pages = (await sharp(frames, { animated: true }).metadata()).pages ?? 1;
    const { a, attachment } = await sent('a.gif', frames);
    expect([attachment.width, attachment.height]).toEqual([20, 20]);
    const file = await bytesOf(await fetchFile(attachment.url, a));
    expect((await sharp(file, { animated: true }).metadata()).pages ?? 1).toBe(pages);
  });

  it('with too many pixels is refused before it is decoded', async () => {
    const a = await parley.newUser();
    // 40,000 by 40,000 pixels in a few hundred bytes: decoded they would be 4.8 GB.
    const bomb = bombOf(
      await sharp({ create: { width: 8, height: 8, channels: 3, background: '#000' } })
        .png()
        .toBuffer(),
      40_000,
    );
    const before = process.memoryUsage().rss;
    expect(await by(a).refusal('bomb.png', bomb)).toMatchObject({
      status: 400,
      errors: [{ field: 'file', message: 'must have at most 4000000 pixels, over all frames' }],
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
  });

  it('that begins like an image and is none is refused, and cannot be sent', async () => {
    const { room, a } = await parley.newRoom();
    const image = await photo(64, 64);
    const broken = Buffer.concat([image.subarray(0, 200), randomBytes(3_000)]);
    const { url, id } = await by(a).create('a.jpg', broken.length);
    expect((await by(a).patch(url, 0, broken)).status).toBe(400);
    expect((await by(a).head(url)).status).toBe(404);
    expect((await sendFiles(parley, room, a, [id])).status).toBe(400);
  });

  it('of an image whose place cannot be removed is refused', async () => {
    const a = await parley.newUser();
    const heic = Buffer.concat([
      Buffer.from('0000001c66747970686569630000000068656963', 'hex'),
      Buffer.from('mif1'),
      Buffer.alloc(200),
    ]);
    expect((await by(a).refusal('IMG_0001.HEIC', heic)).errors?.[0]?.message).toContain('image/heic');
  });
});

/** A PNG whose header says that it is larger than it is. */
function bombOf(png: Buffer, side: number): Buffer {
  const bomb = Buffer.from(png);
  bomb.writeUInt32BE(side, 16);
  bomb.writeUInt32BE(side, 20);
  bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
  return bomb;
}
