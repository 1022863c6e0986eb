import type { Room, User } from '@parley/shared';
import type { BrowserContext, Route } from 'playwright-core';
import { Line } from './support/line';
import { setUpStage } from './support/stage';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';

/** What the issue promises, in milliseconds. */
const SAID_WITHIN_MS = 2_000;
const ROUNDS = 3;
/** Nothing takes longer than this, in milliseconds: two answers of 4 s are waited for, and the connection is given up after 8. */
const NEVER_SAID_MS = 30_000;

describe('a lost connection', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let context: BrowserContext;
  let line: Line;
  let hers: ChatWindow;
  let his: ChatWindow;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;

  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    await server.send(room, bob, 'Before');
    his = await stage.roomWindow(room, bob);
    context = await stage.context();
    line = await Line.of(context);
    hers = await stage.windowIn(context, roomPath(room, alice));
    await shown(hers.message('Before'));
    await shown(hers.page.getByText('online', { exact: true }));
    await Promise.all([line.connected(), hers.secondLoad()]);
  });

  const pings = () => line.sent.filter(({ type }) => type === 'ping').length;
  const banner = () => hers.page.getByText(/^(Reconnecting…|You are offline\.)/);

  /** Milliseconds from `lose` until the banner stands in the page, by one clock. */
  async function saidAfter(lose: () => void | Promise<void>): Promise<number> {
    const saidAt = hers.page.evaluate(
      (limitMs) =>
        new Promise<number>((resolve, reject) => {
          const observer = new MutationObserver(() => {
            if (!/Reconnecting…|You are offline/.test(document.body.textContent ?? '')) return;
            observer.disconnect();
            resolve(Date.now());
          });
          observer.observe(document.body, { subtree: true, childList: true, characterData: true });
          setTimeout(() => reject(new Error(`Not said: ${document.body.textContent}`)), limitMs);
        }),
      NEVER_SAID_MS,
    );
    // The observer is there before anything is lost.
    await hers.page.evaluate(() => undefined);
    const lostAt = Date.now();
    await lose();
    return (await saidAt) - lostAt;
  }

  /** Of several rounds, the one in the middle: other processes share the machine. */
  async function medianSaidAfter(lose: () => void | Promise<void>): Promise<number> {
    const times: number[] = [];
    for (let n = 0; n < ROUNDS; n++) {
      times.push(await saidAfter(lose));
      await context.setOffline(false);
      line.mend();
      // Not by “Try now”: the page may be faster, and then there is no such button any more.
      await hers.page.evaluate(() => window.dispatchEvent(new Event('online')));
      await banner().waitFor({ state: 'hidden' });
    }
    return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.POSITIVE_INFINITY;
  }

  /** As if nobody had used the window for a minute: then its connection may be quiet for longer. */
  async function leaveAlone(): Promise<void> {
    const before = pings();
    await hers.page.evaluate(() => {
      const now = performance.now.bind(performance);
      performance.now = () => now() + 60_000;
    });
    await until(() => pings() > before, 'the quiet minute ends with a ping');
  }

  it('is said within 2 s when the network falls silent while the user looks', async () => {
    await leaveAlone();
    const said = await medianSaidAfter(() => {
      line.silence();
      // Somebody who looks moves the pointer now and then.
      return hers.page.mouse.move(600 + Math.random() * 100, 300);
    });
    expect(said).toBeLessThan(SAID_WITHIN_MS);
  });

  it('is said within 2 s when the network falls silent and the user sends', async () => {
    let n = 0;
    const said = await medianSaidAfter(() => {
      line.silence();
      return hers.send(`Into the void ${++n}`);
    });
    expect(said).toBeLessThan(SAID_WITHIN_MS);
    for (let sent = 1; sent <= ROUNDS; sent++) await shown(hers.message(`Into the void ${sent}`));
    await until(async () => (await server.texts(room, alice)).length === ROUNDS + 1, 'all are stored once');
  });

  it('is said within 2 s, as being offline, when the browser loses its network while nobody does anything', async () => {
    await leaveAlone();
    const said = await medianSaidAfter(async () => {
      line.silence();
      await context.setOffline(true);
    });
    expect(said).toBeLessThan(SAID_WITHIN_MS);
  });

  it('turns presence grey in the chat and in the list, and back when the server has been asked', async () => {
    await shown(hers.rooms.getByRole('link', { name: new RegExp(`^${bob.username}\\s*, online`) }));
    await his.field.pressSequentially('x');
    await shown(hers.page.getByText(`${bob.username} is typing…`));
    await context.setOffline(true);
    line.silence();
    await shown(hers.page.getByText('You are offline.'));
    // It may have ended since: in the same instant nothing says so any more.
    expect(await hers.page.getByText('typing…').count()).toBe(0);
    await shown(hers.page.getByText('last known online', { exact: true }));
    await shown(
      hers.rooms.getByRole('link', { name: new RegExp(`^${bob.username}\\s*, last known online`) }),
    );
    expect(await hers.page.locator('[data-presence="online"]').count()).toBe(0);

    const held: Route[] = [];
    await context.route(/\/api\/users\//, (route) => {
      held.push(route);
    });
    line.mend();
    await context.setOffline(false);
    await until(() => held.length > 0, 'the server is asked');
    await banner().waitFor({ state: 'hidden' });
    expect(await hers.page.getByText('last known online', { exact: true }).count()).toBe(1);
    expect(await hers.page.locator('[data-presence="online"]').count()).toBe(0);
    for (const route of held) await route.continue();
    await shown(hers.page.getByText('online', { exact: true }));
    expect(await hers.page.locator('[data-presence="stale"]').count()).toBe(0);
  });

  it('turns presence grey while the connection is only silent', async () => {
    line.silence();
    await hers.page.mouse.move(600, 300);
    // A browser that was slow just before waits for two answers of 4 s (MAX_PING_TIMEOUT_MS of the client).
    await shown(banner(), 20_000);
    // At the same instant: seconds later the socket is closed, and that is another reason.
    expect(await hers.page.getByText('last known online', { exact: true }).count()).toBe(1);
    expect(await hers.page.locator('[data-presence="online"]').count()).toBe(0);
  });

  it('is not said for a hiccup: late answers and a short cut change nothing on the page', async () => {
    const seen = hers.page.evaluate(
      () =>
        new Promise<boolean>((resolve) => {
          const observer = new MutationObserver(() => {
            const text = document.body.textContent ?? '';
            if (/Reconnecting…|You are offline|last known/.test(text)) resolve(true);
          });
          observer.observe(document.body, { subtree: true, childList: true, characterData: true });
          setTimeout(() => resolve(false), 4_000);
        }),
    );
    for (let n = 0; n < 10; n++) {
      await hers.page.mouse.move(500 + n, 300);
      await hers.page.waitForTimeout(100);
    }
    await line.cut();
    line.mend();
    expect(await seen).toBe(false);
  });

  it('goes on when only the browser thinks that there is no network', async () => {
    await hers.page.evaluate(() => {
      Object.defineProperty(navigator, 'onLine', { value: false, configurable: true });
      window.dispatchEvent(new Event('offline'));
    });
    await hers.page.waitForTimeout(1_500);
    expect(await banner().count()).toBe(0);
    expect(hers.sockets.opened).toBe(1);
    await hers.send('A server needs no network on its own machine');
    await shown(
      hers.message('A server needs no network on its own machine').getByText(/Sent|Delivered|Read/),
    );
  });

  it('asks nothing of the server in the background', async () => {
    await hers.page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await hers.page.waitForTimeout(1_000);
    const before = pings();
    // Longer than a visible window is quiet (QUIET_VISIBLE_MS).
    await hers.page.waitForTimeout(5_500);
    expect(pings()).toBe(before);
  });
});
