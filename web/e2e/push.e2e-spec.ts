import type { Pushed, PushedMessage, PushSubscriptions, Room, User, UserSettings } from '@parley/shared';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { PushService, type PushedBrowser } from '../../server/test/support/push-service';
import { Account, ACCOUNTS } from './support/account';
import { chromiumPath, roomPath, shown, until, type ChatWindow } from './support/chat-window';
import { PushedWorker } from './support/pushed-worker';
import { setUpStage } from './support/stage';

/** A notification of a window comes this long after its message, in milliseconds, and a bit: see notifier.ts. */
const NOTIFIED_MS = 2_500;

let service: PushService;
let alice: User;
let bob: User;
let room: Room;
let context: BrowserContext;
let worker: PushedWorker;

beforeAll(async () => {
  service = await PushService.start();
});
afterAll(() => service.stop());
const stage = setUpStage({ RATE_LIMIT: 'off', PUSH_LOOPBACK: 'on' });
const { server } = stage;
beforeEach(async () => {
  ({ alice, bob, room } = await stage.pair());
  context = await stage.context({ isInstalled: true });
});

/** A window of alice, in a browser whose service worker is there. */
async function open(path = `/?as=${alice.username}`): Promise<ChatWindow> {
  const hers = await stage.windowIn(context, path);
  await until(
    () => hers.page.evaluate(() => navigator.serviceWorker.controller !== null),
    'the service worker is there',
    20_000,
  );
  worker = await PushedWorker.of(context, server.origin);
  return hers;
}

const message = (change: Partial<PushedMessage> = {}): PushedMessage => ({
  type: 'message',
  user_id: alice.id,
  as: alice.username,
  room_id: room.id,
  message_id: 1,
  seq: 1,
  sender: bob.username,
  text: 'Are you there?',
  has_files: false,
  unread_count: 1,
  ...change,
});
const read = (seq: number): Pushed => ({ type: 'read', user_id: alice.id, room_id: room.id, seq });
const tag = () => `parley-${alice.id}-${room.id}`;

async function call<T>(method: string, path: string, user: User, body?: object): Promise<T> {
  const response = await fetch(`${server.origin}${path}?active_user=${user.id}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
const set = (change: Partial<UserSettings>) => call('PATCH', '/api/me/settings/', alice, change);

describe('a push to a browser without a window', () => {
  beforeEach(async () => {
    const hers = await open();
    await hers.page.close();
  });

  it('shows who has written and what, and each later one of the chat in its place', async () => {
    await worker.deliver(message());
    const first = {
      title: bob.username,
      body: 'Are you there?',
      tag: tag(),
      actions: ['reply', 'read'],
      isClosed: false,
    };
    expect(await worker.shown()).toEqual([first]);
    await worker.deliver(message({ text: 'Hello?', seq: 2, unread_count: 2 }));
    await worker.deliver(message({ room_id: 999_999, sender: 'carol', text: null, has_files: true }));
    const others = [
      { ...first, body: 'Hello?\n2 new messages' },
      { ...first, title: 'carol', body: 'Sent a file', tag: `parley-${alice.id}-999999` },
    ];
    expect(await worker.shown()).toEqual(others);
  });

  it('shows no text when the server sends none', async () => {
    await worker.deliver(message({ text: null, unread_count: 3 }));
    expect((await worker.shown()).map(({ body }) => body)).toEqual(['3 new messages']);
  });

  it('takes the notification back when the messages are read, and leaves newer ones', async () => {
    await worker.deliver(message({ seq: 4 }));
    await worker.deliver(message({ room_id: 999_999 }));
    await worker.deliver(read(3));
    expect((await worker.shown()).map(({ isClosed }) => isClosed)).toEqual([false, false]);
    await worker.deliver(read(4));
    expect((await worker.shown()).map(({ isClosed }) => isClosed)).toEqual([true, false]);
  });

  it.each(['', '{"type":"mess', 'null', '{"type":"call","user_id":1,"room_id":1,"seq":1}'])(
    'says that there is something when it does not understand %j, and a click opens the page',
    async (data) => {
      await worker.deliver(data);
      expect(await worker.shown()).toEqual([
        { title: 'Parley', body: 'There is something new.', tag: 'parley', actions: [], isClosed: false },
      ]);
      await worker.click();
      expect((await worker.windows()).opened).toEqual(['/']);
      expect((await worker.shown())[0]?.isClosed).toBe(true);
    },
  );

  it('opens its chat by a click', async () => {
    await worker.deliver(message());
    await worker.click();
    expect((await worker.windows()).opened).toEqual([roomPath(room, alice)]);
    expect((await worker.shown())[0]?.isClosed).toBe(true);
  });

  it('opens the chat by Reply too, where the browser takes no text', async () => {
    await worker.deliver(message());
    await worker.click('reply');
    expect((await worker.windows()).opened).toEqual([roomPath(room, alice)]);
  });

  it('is read by its button', async () => {
    const { id, seq } = await server.send(room, bob, 'Are you there?');
    await worker.deliver(message({ message_id: id, seq }));
    await worker.click('read');
    const [listed] = await call<Room[]>('GET', '/api/rooms/', alice);
    expect(listed?.unread_count).toBe(0);
    expect(await worker.windows()).toEqual({ opened: [], focused: [] });
  });

  it('keeps the reply that could not be sent where the user finds it', async () => {
    const { id, seq } = await server.send(room, bob, 'Are you there?');
    await worker.deliver(message({ message_id: id, seq }));
    await context.setOffline(true);
    await worker.click('reply', 'On my way');
    await context.setOffline(false);
    expect((await worker.shown()).at(-1)).toMatchObject({
      body: 'Your reply could not be sent: On my way',
      isClosed: false,
    });
    expect(await server.texts(room, alice)).toEqual(['Are you there?']);
  });
});

describe('a push to a browser with a window', () => {
  it('shows nothing while the user looks at the page, or while a window in sight shows the chat', async () => {
    await open(roomPath(room, alice));
    await worker.deliver(message());
    expect(await worker.shown()).toEqual([]);
  });

  it('shows it when the window is that of another user, or no page of Parley', async () => {
    const hers = await open();
    await hers.goto(`/?as=${bob.username}`);
    await worker.deliver(message());
    expect((await worker.shown()).map(({ title }) => title)).toEqual([bob.username]);
    await hers.goto('/api/docs');
    await worker.deliver(message({ room_id: 999_999 }));
    expect(await worker.shown()).toHaveLength(2);
  });

  it('brings the user to the chat in that window by a click', async () => {
    await server.send(room, bob, 'Are you there?');
    const carol = await server.person('carol');
    const other = await server.chat(alice, carol);
    const hers = await open(roomPath(other, alice));
    await hers.secondLoad();
    // While another page of the server is in the window, nobody looks at Parley.
    await hers.goto('/api/docs');
    await worker.deliver(message());
    await hers.goto(roomPath(other, alice));
    await shown(hers.log(carol));
    // What follows a click comes after the second load, and once it is there, it runs.
    await until(
      () =>
        hers.page.evaluate(() =>
          performance.getEntriesByType('resource').some(({ name }) => name.includes('/notifier-')),
        ),
      'it follows clicks',
    );
    await hers.page.waitForTimeout(500);
    await worker.click();
    await shown(hers.message('Are you there?'));
    const { opened, focused } = await worker.windows();
    expect(opened).toEqual([]);
    expect(focused).toEqual([`${server.origin}${roomPath(other, alice)}`]);
  });

  it('brings the user to the chat by a click while the window is about to begin', async () => {
    await server.send(room, bob, 'Are you there?');
    const hers = await open();
    await hers.goto('/api/docs');
    await worker.deliver(message());
    await hers.page.goto(`${server.origin}/?as=${alice.username}`, { waitUntil: 'domcontentloaded' });
    await worker.click();
    await shown(hers.message('Are you there?'));
  });
});

/** The headless shell has no notifications: Chromium as people have it. */
describe('a browser that shows notifications', () => {
  let browser: Browser;
  let own: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    own = await browser.newContext();
    await own.grantPermissions(['notifications'], { origin: server.origin });
    page = await own.newPage();
    await page.goto(`${server.origin}/?as=${alice.username}`);
    await until(
      () => page.evaluate(() => navigator.serviceWorker.controller !== null),
      'the service worker is there',
    );
    worker = await PushedWorker.of(own, server.origin, false);
  });
  afterEach(() => own.close());

  it('shows what is pushed, one of each chat, and takes it back', async () => {
    await page.close();
    await worker.deliver(message());
    await worker.deliver(message({ text: 'Hello?', seq: 2, unread_count: 2 }));
    await worker.deliver('{');
    // In no order.
    const showing = await worker.showing();
    expect(showing.toSorted((x, y) => y.tag.localeCompare(x.tag))).toMatchObject([
      { title: bob.username, body: 'Hello?\n2 new messages', tag: tag() },
      { title: 'Parley', body: 'There is something new.', tag: 'parley' },
    ]);
    await worker.deliver(read(2));
    expect((await worker.showing()).map(({ title }) => title)).toEqual(['Parley']);
  });

  it('alerts once of a message of which a window and a push notify, whichever is first', async () => {
    await set({ notifications: true, sounds: false });
    await until(
      () =>
        page.evaluate(
          async (name) => (await navigator.locks.query()).held?.some((lock) => lock.name === name) === true,
          `parley-notifier-${alice.id}`,
        ),
      'the window notifies',
    );
    // By itself every page of an automated browser has the focus.
    await (await own.newCDPSession(page)).send('Emulation.setFocusEmulationEnabled', { enabled: false });
    await (await own.newPage()).bringToFront();
    await until(() => page.evaluate(() => !document.hasFocus()), 'nobody looks at the window');
    const { id, seq } = await server.send(room, bob, 'Are you there?');
    await until(async () => (await worker.showing()).length === 1, 'the window has notified');
    const notification = { title: bob.username, body: 'Are you there?', tag: tag() };
    expect(await worker.showing()).toEqual([{ ...notification, renotify: true, silent: true }]);
    await worker.deliver(message({ message_id: id, seq }));
    expect(await worker.showing()).toEqual([{ ...notification, renotify: false, silent: true }]);

    // The timers of a window that nobody sees may wait: then the push is there before it.
    await worker.deliver(message({ seq: seq + 1, text: 'Hello?', unread_count: 2 }));
    await server.send(room, bob, 'Hello?');
    await page.waitForTimeout(NOTIFIED_MS);
    const pushed = { ...notification, body: 'Hello?\n2 new messages', renotify: true, silent: false };
    expect(await worker.showing()).toEqual([pushed]);

    // On another device.
    const phone = await stage.roomWindow(room, alice);
    await shown(phone.message('Hello?'));
    await until(async () => (await worker.showing()).length === 0, 'it goes when it is read');
  });
});

const subscriptions = async () =>
  (await call<PushSubscriptions>('GET', '/api/me/push-subscriptions/', alice)).subscriptions;
const isSubscribed = (count: number) =>
  until(async () => (await subscriptions()).length === count, `${count} subscriptions`, 20_000);

describe('a page whose user wants notifications', () => {
  let browser: PushedBrowser;

  /** What a browser with a push service does when the page subscribes, and that the user has allowed notifications. */
  async function givePushes(): Promise<void> {
    browser = service.newBrowser();
    await context.addInitScript(({ endpoint, p256dh, auth }) => {
      Object.defineProperty(Notification, 'permission', { get: () => 'granted' });
      let key: ArrayBuffer | null = null;
      const subscription = {
        get options() {
          return { applicationServerKey: key, userVisibleOnly: true };
        },
        toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh, auth } }),
        unsubscribe: () => Promise.resolve(true),
      };
      PushManager.prototype.getSubscription = () =>
        Promise.resolve(key ? (subscription as unknown as PushSubscription) : null);
      PushManager.prototype.subscribe = (options) => {
        const text = String(options?.applicationServerKey).replaceAll('-', '+').replaceAll('_', '/');
        key = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
        if (!options?.userVisibleOnly || key.byteLength !== 65)
          throw new DOMException('', 'InvalidAccessError');
        return Promise.resolve(subscription as unknown as PushSubscription);
      };
    }, browser.subscription);
  }

  it('gets a message pushed, encrypted, and the answer to its notification is sent', async () => {
    await givePushes();
    await set({ notifications: true });
    const hers = await open();
    await isSubscribed(1);
    expect((await subscriptions())[0]?.host).toBe(new URL(browser.endpoint).host);
    await hers.page.close();
    await server.send(room, bob, 'Are you there?');
    await until(() => browser.arrived.length === 1, 'it is pushed');
    await worker.deliver(browser.arrived[0]!.pushed);
    expect(await worker.shown()).toMatchObject([{ title: bob.username, body: 'Are you there?' }]);
    await worker.click('reply', ' On my way ');
    expect(await server.texts(room, alice)).toEqual(['Are you there?', 'On my way']);
    const [listed] = await call<Room[]>('GET', '/api/rooms/', alice);
    expect(listed?.unread_count).toBe(0);

    await set({ notification_text: false });
    await server.send(room, bob, 'A secret');
    const isPushed = () =>
      browser.arrived.some(({ pushed }) => pushed.type === 'message' && pushed.seq === 3);
    await until(isPushed, 'it is pushed');
    await worker.deliver(browser.arrived.at(-1)!.pushed);
    expect((await worker.shown()).at(-1)?.body).toBe('1 new message');
  });

  it('takes the subscription back when the user wants none any more', async () => {
    await givePushes();
    await set({ notifications: true });
    await open();
    await isSubscribed(1);
    await set({ notifications: false });
    await isSubscribed(0);
  });
});

describe('with accounts', () => {
  const accounts = setUpStage({ ...ACCOUNTS, PUSH_LOOPBACK: 'on' });

  it('the server learns the subscription that has replaced another, without a window', async () => {
    const ada = await Account.create(accounts, 'ada');
    const own = await ada.browser({ isInstalled: true });
    const page = await accounts.windowIn(own, '/');
    await until(
      () => page.page.evaluate(() => navigator.serviceWorker.controller !== null),
      'the service worker is there',
    );
    worker = await PushedWorker.of(own, accounts.server.origin);
    await page.page.close();
    const { subscription } = service.newBrowser();
    await worker.replaceSubscription(subscription);
    const answer = await own.request.get(`${accounts.server.origin}/api/me/push-subscriptions/`);
    const { subscriptions: listed } = (await answer.json()) as PushSubscriptions;
    expect(listed.map(({ host }) => host)).toEqual([new URL(subscription.endpoint).host]);
  });
});
