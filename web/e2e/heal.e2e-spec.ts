import type { Room, User } from '@parley/shared';
import type { BrowserContext } from 'playwright-core';
import { violations } from './support/axe';
import { setUpStage } from './support/stage';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';

describe('a page that something fails for', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let context: BrowserContext;
  let hers: ChatWindow;

  const stage = setUpStage();
  const { server } = stage;
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    await server.send(room, bob, 'Hello');
    context = await stage.context();
  });

  /** Requests of this path fail, as long as `isBroken` says so. */
  async function breakPath(path: RegExp, isBroken: () => boolean, how: 'abort' | 404 | 503 = 'abort') {
    let failures = 0;
    await context.route(path, async (route) => {
      if (!isBroken()) return route.continue();
      failures++;
      return how === 'abort' ? route.abort() : route.fulfill({ status: how });
    });
    return () => failures;
  }

  it.each(['abort', 503] as const)(
    'loads by itself when the first load failed (%s), and keeps a Retry button until then',
    async (how) => {
      let isBroken = true;
      const failures = await breakPath(/\/api\/start\//, () => isBroken, how);
      hers = await stage.windowIn(context, roomPath(room, alice));
      await shown(hers.page.getByText('Parley cannot be reached'));
      await shown(hers.page.getByRole('button', { name: 'Retry' }));
      await until(() => failures() >= 3, 'it tries again by itself');
      expect(await violations(hers.page)).toEqual([]);
      isBroken = false;
      await shown(hers.message('Hello'));
    },
  );

  it('loads at once when the network is back or the window is looked at, whatever the wait', async () => {
    let isBroken = true;
    const failures = await breakPath(/\/api\/start\//, () => isBroken);
    hers = await stage.windowIn(context, roomPath(room, alice));
    await until(() => failures() >= 3, 'the wait has grown', 20_000);
    const before = failures();
    await hers.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await until(() => failures() > before, 'it tries when it is looked at', 1_000);
    isBroken = false;
    await hers.page.evaluate(() => window.dispatchEvent(new Event('online')));
    await shown(hers.message('Hello'), 1_500);
  });

  it('loads at once when the network came back during an attempt that fails', async () => {
    let failures = 0;
    let release: (() => void) | undefined;
    await context.route(/\/api\/start\//, async (route) => {
      if (failures > 3) return route.continue();
      if (++failures > 3) await new Promise<void>((resolve) => (release = resolve));
      return route.abort();
    });
    hers = await stage.windowIn(context, roomPath(room, alice));
    await until(() => failures === 3, 'the wait has grown', 20_000);
    await hers.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await until(() => release !== undefined, 'it tries when it is looked at', 3_000);
    await hers.page.evaluate(() => window.dispatchEvent(new Event('online')));
    release?.();
    await shown(hers.message('Hello'), 1_500);
  });

  it('loads older messages by itself when they failed', async () => {
    for (let n = 0; n < 3; n++) await server.send(room, alice, `Older ${n}`);
    let isBroken = true;
    await breakPath(/\/messages\/\?/, () => isBroken, 503);
    hers = await stage.windowIn(context, `/?as=${alice.username}`);
    await hers.entry(bob).click();
    await shown(hers.page.getByText('Older messages could not be loaded.'));
    isBroken = false;
    await shown(hers.message('Hello'));
  });

  it('does without the second load until it can be loaded, says so, and makes up for what it missed', async () => {
    let isBroken = true;
    const failures = await breakPath(/\/assets\/second-load-.*\.js$/, () => isBroken);
    const his = await stage.roomWindow(room, bob);
    hers = await stage.windowIn(context, roomPath(room, alice));
    const notice = hers.page.getByText('A part of this page could not be loaded. Check your network.');
    await shown(notice);
    await hers.send('Sent all the same');
    await shown(his.message('Sent all the same'));
    await his.send('Not seen yet');
    await shown(hers.message('Not seen yet'));
    await until(() => failures() >= 3, 'it tries again by itself', 20_000);
    expect(await his.message('Not seen yet').getByText('Read').count()).toBe(0);
    isBroken = false;
    await notice.waitFor({ state: 'hidden', timeout: 20_000 });
    await shown(his.message('Not seen yet').getByText('Read'));
  });

  it('says that New chat does not load, and loads it as soon as it can', async () => {
    let isBroken = true;
    const failures = await breakPath(/\/assets\/new-chat-dialog-.*\.js$/, () => isBroken);
    hers = await stage.windowIn(context, roomPath(room, alice));
    await shown(hers.message('Hello'));
    await hers.page.getByRole('button', { name: 'New chat' }).click();
    const notice = hers.page
      .getByRole('status')
      .getByText('New chat could not be loaded. Check your network.');
    await shown(notice);
    expect(await violations(hers.page)).toEqual([]);
    const before = failures();
    await until(() => failures() > before, 'it tries again by itself');
    isBroken = false;
    await notice.waitFor({ state: 'hidden' });
    expect(await hers.page.getByRole('dialog').count()).toBe(0);
    await hers.page.getByRole('button', { name: 'New chat' }).click();
    await shown(hers.page.getByRole('dialog'));
  });

  it('opens New chat from the notice when it can be loaded again', async () => {
    let isBroken = true;
    await breakPath(/\/assets\/new-chat-dialog-.*\.js$/, () => isBroken);
    hers = await stage.windowIn(context, roomPath(room, alice));
    await hers.page.getByRole('button', { name: 'New chat' }).click();
    const again = hers.page.getByRole('button', { name: 'Try again' });
    await shown(again);
    isBroken = false;
    await again.press('Enter');
    await shown(hers.page.getByRole('dialog'));
    expect(await again.count()).toBe(0);
  });

  it('says that there is a new version when a deploy has removed the code of New chat', async () => {
    hers = await stage.windowIn(context, roomPath(room, alice));
    await shown(hers.message('Hello'));
    await breakPath(/\/assets\/new-chat-dialog-.*\.js$/, () => true, 404);
    await context.route(`${server.origin}/`, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/\/assets\/index-[^"]*\.js/, '/assets/index-newer.js');
      return route.fulfill({ response, body });
    });
    await hers.page.getByRole('button', { name: 'New chat' }).click();
    await shown(hers.page.getByText('There is a new version of Parley. Reload to go on.'));
    await context.unrouteAll();
    await hers.page.getByRole('button', { name: 'Reload' }).click();
    await shown(hers.message('Hello'));
    await hers.page.getByRole('button', { name: 'New chat' }).click();
    await shown(hers.page.getByRole('dialog'));
  });

  // Each alone: a page that watches for one of the two shows the notice for both together.
  it.each(['rejections', 'exceptions'] as const)(
    'shows one notice for %s that no code handles',
    async (kind) => {
      hers = await stage.windowIn(context, roomPath(room, alice));
      await shown(hers.message('Hello'));
      const notice = hers.page.getByText('Something went wrong in this window.');
      // What the browser itself notes is no error of ours.
      await hers.page.evaluate(() =>
        window.dispatchEvent(new ErrorEvent('error', { message: 'ResizeObserver' })),
      );
      expect(await notice.count()).toBe(0);
      const fail = () =>
        hers.page.evaluate((thrown) => {
          for (let n = 0; n < 2; n++) {
            if (thrown === 'rejections') void Promise.reject(new Error('No code handles this.'));
            else
              setTimeout(() => {
                throw new Error('Nor this.');
              });
          }
        }, kind);
      await fail();
      await shown(notice);
      expect(await notice.count()).toBe(1);
      expect(await violations(hers.page)).toEqual([]);
      await hers.page.getByRole('button', { name: 'Dismiss' }).click();
      await fail();
      await hers.page.waitForTimeout(300);
      expect(await notice.count()).toBe(0);
    },
  );
});
