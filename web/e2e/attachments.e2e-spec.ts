import type { Room, User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { violations } from './support/axe';
import { shown, until, type ChatWindow } from './support/chat-window';
import { setUpStage } from './support/stage';

const filesDir = join(tmpdir(), `parley-e2e-files-${randomUUID()}`);
afterAll(() => rm(filesDir, { recursive: true, force: true }));

const MAX_BYTES = 2_097_152;

/** A PNG, drawn in the page. */
async function picture(page: Page, width: number, height: number): Promise<Buffer> {
  const base64 = await page.evaluate(
    ([w = 1, h = 1]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
      const context = canvas.getContext('2d')!;
      const gradient = context.createLinearGradient(0, 0, w, h);
      for (const [at, color] of ['#f6c177', '#eb6f92', '#31748f'].entries())
        gradient.addColorStop(at / 2, color);
      context.fillStyle = gradient;
      context.fillRect(0, 0, w, h);
      return canvas.toDataURL('image/png').split(',')[1] ?? '';
    },
    [width, height],
  );
  return Buffer.from(base64, 'base64');
}

const choose = (window: ChatWindow, ...files: { name: string; mimeType: string; buffer: Buffer }[]) =>
  window.page.locator('input[type=file]').setInputFiles(files);

describe('files', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;
  let his: ChatWindow;

  const stage = setUpStage({ STORAGE_DIR: filesDir, ATTACHMENT_MAX_BYTES: String(MAX_BYTES) });

  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    hers = await stage.roomWindow(room, alice);
    his = await stage.roomWindow(room, bob);
    await Promise.all([shown(hers.log(bob)), shown(his.log(alice))]);
  });

  const image = async (name = 'sunset.png') => ({
    name,
    mimeType: 'image/png',
    buffer: await picture(hers.page, 1_600, 900),
  });

  it('reach the other: an image in its place, to be looked at by keyboard, and a document as a card', async () => {
    await choose(hers, await image(), {
      name: 'notes.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('Hello'),
    });
    await shown(hers.page.getByRole('list', { name: 'Files to send' }));
    await hers.send('Look');

    const picked = his.log(alice).getByRole('img', { name: 'Image sunset.png' });
    await shown(picked);
    await until(
      () => picked.evaluate((img) => (img as HTMLImageElement).naturalWidth > 0),
      'the image is loaded',
    );
    const box = await picked.boundingBox();
    expect(box && Math.abs(box.width / box.height - 16 / 9)).toBeLessThan(0.05);
    await shown(his.message('Look').getByRole('link', { name: 'notes.txt' }));
    await shown(hers.log(bob).getByRole('img', { name: 'Image sunset.png' }));
    expect(await violations(his.page)).toEqual([]);

    await his.page.getByRole('button', { name: 'Open sunset.png' }).focus();
    await his.page.keyboard.press('Enter');
    const viewer = his.page.getByRole('dialog', { name: 'Image' });
    const large = viewer.getByRole('img', { name: 'Image sunset.png' });
    await shown(large);
    const before = (await large.boundingBox())!.width;
    await his.page.keyboard.press('+');
    await until(async () => (await large.boundingBox())!.width > before, 'it is larger');
    await his.page.keyboard.press('Escape');
    await viewer.waitFor({ state: 'hidden' });
    expect([...hers.complaints, ...his.complaints]).toEqual([]);
  });

  it('go on where they were after a reload, and are sent once', async () => {
    // The line carries the beginning of the upload, and then nothing.
    let isOpen = false;
    let cut = 0;
    await hers.page.route('**/api/uploads/*', (route) => {
      if (isOpen || route.request().method() !== 'PATCH' || cut++ === 0) return route.continue();
      return route.abort();
    });
    const buffer = Buffer.alloc(1_300_000, 'x');
    await choose(hers, { name: 'long.txt', mimeType: 'text/plain', buffer });
    await shown(hers.page.getByRole('list', { name: 'Files to send' }));
    await hers.send('A long one');
    await until(() => cut > 1, 'the upload broke off');
    isOpen = true;
    await hers.page.reload();
    await shown(his.message('A long one').getByRole('link', { name: 'long.txt' }), 20_000);
    await hers.message('A long one').getByRole('link', { name: 'long.txt' }).waitFor();
    expect(await his.message('A long one').count()).toBe(1);
  });

  it('are given up before they are sent, and refused when they are too large', async () => {
    await choose(hers, await image());
    await hers.page.getByRole('button', { name: 'Remove sunset.png' }).click();
    await hers.page.getByRole('list', { name: 'Files to send' }).waitFor({ state: 'hidden' });
    const buffer = Buffer.alloc(MAX_BYTES + 1);
    await choose(hers, { name: 'huge.bin', mimeType: 'application/octet-stream', buffer });
    await shown(hers.page.getByText('huge.bin is larger than 2 MB.'));
    expect(await hers.page.getByRole('button', { name: 'Send' }).getAttribute('aria-disabled')).toBe('true');
  });
});
