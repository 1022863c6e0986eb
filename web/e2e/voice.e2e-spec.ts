import type { Room, User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { violations } from './support/axe';
import { chromiumPath, roomPath, shown, until, ChatWindow } from './support/chat-window';
import { setUpStage } from './support/stage';

/** It beeps once a second. */
const MICROPHONE = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
/** Three seconds of speech. */
const MAX_BYTES = 20_000;

const filesDir = join(tmpdir(), `parley-e2e-voice-${randomUUID()}`);
afterAll(() => rm(filesDir, { recursive: true, force: true }));

describe('a voice message', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;
  /** Of the test that needs one of its own. */
  let browser: Browser | undefined;

  const stage = setUpStage(
    { STORAGE_DIR: filesDir, ATTACHMENT_MAX_BYTES: String(MAX_BYTES) },
    { browserArgs: MICROPHONE },
  );

  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    hers = await stage.roomWindow(room, alice);
    await shown(record());
  });
  afterEach(async () => {
    await browser?.close();
    browser = undefined;
  });

  const button = (name: string, { page }: ChatWindow = hers) =>
    page.getByRole('button', { name, exact: true });
  const record = () => button('Record a voice message');
  const send = () => button('Send voice message');
  const cancel = () => button('Cancel recording');
  const messages = ({ page }: ChatWindow = hers) => page.getByRole('group', { name: /^Voice message, / });
  const status = (text: string) => hers.page.getByRole('status').filter({ hasText: text });

  /** Until the clock of the recording shows so many seconds. */
  const untilSecond = (second: number) =>
    until(
      async () => Number((await hers.page.getByRole('timer').textContent())?.slice(2)) >= second,
      `${second} s are recorded`,
    );
  /** Where the pointer presses the button. */
  async function press(): Promise<{ x: number; y: number }> {
    const { x, y, width, height } = (await record().boundingBox())!;
    const middle = { x: x + width / 2, y: y + height / 2 };
    await hers.page.mouse.move(middle.x, middle.y);
    await hers.page.mouse.down();
    await shown(cancel());
    return middle;
  }

  it('is recorded hands-free, and played by the other, by keyboard, faster, from anywhere', async () => {
    const his = await stage.roomWindow(room, bob);
    await shown(his.log(alice));
    await record().focus();
    await hers.page.keyboard.press('Enter');
    await shown(cancel());
    await shown(status('Recording. Escape cancels.'));
    expect(await hers.field.evaluate((field) => field.closest('[inert]') !== null)).toBe(true);
    expect(await violations(hers.page)).toEqual([]);
    await untilSecond(1);
    await hers.page.keyboard.press('Enter');

    const message = messages(his);
    await shown(message);
    expect(await message.getAttribute('aria-label')).toMatch(/^Voice message, 0:0[1-9]$/);
    await shown(his.entry(alice).getByText(/^📎 Voice message \d\.\ds$/));
    // Nothing of it was loaded yet: name, length and waveform came with the message.
    const loaded = () =>
      his.page.evaluate(
        () =>
          performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/attachments/'))
            .length,
      );
    expect(await loaded()).toBe(0);
    expect(await violations(his.page)).toEqual([]);

    const position = message.getByRole('slider', { name: 'Position' });
    await message.getByRole('button', { name: 'Speed 1×' }).click();
    await message.getByRole('button', { name: 'Speed 1.5×' }).click();
    await shown(message.getByRole('button', { name: 'Speed 2×' }));
    await position.focus();
    await his.page.keyboard.press('ArrowRight');
    expect(await position.getAttribute('aria-valuetext')).toMatch(/^0:01 of 0:0[1-9]$/);
    await his.page.keyboard.press('Home');
    await message.getByRole('button', { name: 'Play' }).focus();
    await his.page.keyboard.press('Enter');
    await shown(message.getByRole('button', { name: 'Pause' }));
    await until(async () => Number(await position.inputValue()) > 0, 'it plays');
    expect(await loaded()).toBeGreaterThan(0);
    await shown(message.getByRole('button', { name: 'Play' }));
    await until(async () => Number(await position.inputValue()) === 0, 'it is at its beginning again');
    expect([...hers.complaints, ...his.complaints]).toEqual([]);
  });

  it('is sent when the held button is released, and cancelled when it is moved away or by Escape', async () => {
    const { x, y } = await press();
    await untilSecond(1);
    await hers.page.mouse.move(x - 60, y, { steps: 3 });
    await hers.page.mouse.move(x - 160, y, { steps: 3 });
    await cancel().waitFor({ state: 'hidden' });
    await hers.page.mouse.up();
    await shown(status('The recording is cancelled.'));

    await press();
    await hers.page.keyboard.press('Escape');
    await cancel().waitFor({ state: 'hidden' });
    await hers.page.mouse.up();
    await shown(record());
    expect(await messages().count()).toBe(0);

    await press();
    await untilSecond(1);
    await hers.page.mouse.up();
    await shown(messages());
    await shown(status('The voice message is being sent.'));
    await shown(record());
    expect(await hers.field.evaluate((field) => field.closest('[inert]'))).toBeNull();
  });

  it('waits for the user after a short press, in its chat when the user goes elsewhere, and for the network', async () => {
    const other = await stage.server.room(alice, await stage.server.person('carol'));
    await record().click();
    await shown(cancel());
    await untilSecond(1);
    await hers.page.evaluate(
      (path) => {
        history.pushState(null, '', path);
        dispatchEvent(new PopStateEvent('popstate'));
      },
      roomPath(other, alice),
    );
    await shown(record());
    await cancel().waitFor({ state: 'hidden' });
    await hers.page.goBack();
    await shown(cancel());
    await hers.page.context().setOffline(true);
    await send().click();
    await shown(button('Cancel upload'));
    await hers.page.context().setOffline(false);
    await shown(messages(), 20_000);
    expect(await messages().count()).toBe(1);
  });

  it('is there again after a reload, in one window, until it is sent', async () => {
    await record().click();
    // What is stored lags behind by a part.
    await untilSecond(2);
    await hers.page.reload();
    await shown(cancel());
    await untilSecond(1);
    const other = await stage.windowIn(hers.page.context(), roomPath(room, alice));
    await shown(button('Record a voice message', other));
    await other.page.waitForTimeout(500);
    expect(await button('Cancel recording', other).count()).toBe(0);
    await send().click();
    await shown(messages());
    expect(await messages().getAttribute('aria-label')).toMatch(/^Voice message, 0:0[1-9]$/);
    await shown(record());
    await hers.page.reload();
    await shown(messages());
    await shown(record());
    await hers.page.waitForTimeout(500);
    expect(await cancel().count()).toBe(0);
  });

  it('is gone once it is cancelled, also when the button comes again', async () => {
    await record().click();
    await untilSecond(1);
    await hers.page.keyboard.press('Escape');
    await cancel().waitFor({ state: 'hidden' });
    await hers.send('In words');
    await shown(record());
    // What a window has left behind is looked for then.
    await hers.page.waitForTimeout(1_000);
    expect(await cancel().count()).toBe(0);
    await hers.page.reload();
    await shown(record());
    await hers.page.waitForTimeout(1_000);
    expect(await cancel().count()).toBe(0);
  });

  it('is not begun by the second press of a double click that sends a text', async () => {
    await hers.field.fill('Once');
    await button('Send').dblclick();
    await shown(hers.message('Once'));
    await shown(record());
    await hers.page.waitForTimeout(1_000);
    expect(await cancel().count()).toBe(0);
    await record().click();
    await shown(cancel());
  });

  it('is a reply where one is written', async () => {
    await stage.server.send(room, bob, 'How was it?');
    await shown(hers.message('How was it?'));
    await hers.page.getByRole('log').dispatchEvent('pointerenter');
    await hers.message('How was it?').focus();
    await hers.page.keyboard.press('r');
    const composing = hers.page.getByRole('group', { name: `Reply to ${bob.username}` });
    await shown(composing);
    await record().click();
    await untilSecond(1);
    await send().click();
    await composing.waitFor({ state: 'hidden' });
    const answer = hers.page.getByRole('log').getByRole('listitem').filter({ has: messages() });
    await shown(answer.getByRole('button', { name: /In reply to.*How was it\?/ }));
  });

  it('ends when it is as long as a file can be, and can be sent', async () => {
    await record().click();
    await shown(hers.page.getByText('A voice message cannot be longer: send it, or cancel.'), 20_000);
    await send().click();
    await shown(messages());
  });

  it('says why the microphone may not be used, and is recorded once the user allows it', async () => {
    // Chromium itself, as the headless shell has no question: every one is answered with "Block".
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--use-fake-device-for-media-stream', '--deny-permission-prompts'],
    });
    const context = await browser.newContext();
    hers = await ChatWindow.open(context, stage.server, roomPath(room, alice));
    const blocked = hers.page.getByRole('status').getByText('The microphone is blocked.');
    const permission = () =>
      hers.page.evaluate(async () => (await navigator.permissions.query({ name: 'microphone' })).state);
    await shown(record());
    expect(await permission()).toBe('prompt');
    await record().click();
    await shown(blocked);
    expect(await permission()).toBe('denied');
    expect(await cancel().count()).toBe(0);
    await hers.field.fill('Then in writing');
    await hers.page.keyboard.press('Enter');
    await shown(hers.message('Then in writing'));
    await context.grantPermissions(['microphone']);
    await record().click();
    await shown(cancel());
    await blocked.waitFor({ state: 'detached' });
    await untilSecond(1);
    await send().click();
    await shown(messages());
    expect(hers.complaints).toEqual([]);
  });

  it('is not offered without a microphone', async () => {
    const context = await stage.context();
    // As over HTTP without TLS.
    await context.addInitScript(() => Object.defineProperty(navigator, 'mediaDevices', { value: undefined }));
    const page = await stage.windowIn(context, roomPath(room, alice));
    await shown(page.log(bob));
    await page.secondLoad();
    await shown(button('Send', page));
    expect(await button('Record a voice message', page).count()).toBe(0);
    expect(page.complaints).toEqual([]);
  });
});
