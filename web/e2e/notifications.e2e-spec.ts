import { DEFAULT_SETTINGS, type Room, type RoomSettings, type User, type UserSettings } from '@parley/shared';
import type { BrowserContext } from 'playwright-core';
import { violations } from './support/axe';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';
import { setUpStage } from './support/stage';

/** A notification comes this long after its message, and a bit: see notifier.ts. */
const NOTIFIED_MS = 2_500;

interface Recorded {
  title: string;
  body: string;
  isClosed: boolean;
  click(): void;
}
declare global {
  interface Window {
    recorded: Recorded[];
    tones: number;
    answer: NotificationPermission;
    asked: number;
  }
}

let alice: User;
let bob: User;
let room: Room;
let context: BrowserContext;
const stage = setUpStage();
beforeEach(async () => {
  ({ alice, bob, room } = await stage.pair());
  context = await stage.context();
  // The browser's part and the user's: what it shows, and what the user answers to it.
  await context.addInitScript(() => {
    window.recorded = [];
    window.tones = 0;
    window.asked = 0;
    let state = (sessionStorage.getItem('permission') ?? 'granted') as NotificationPermission;
    class RecordedNotification extends EventTarget {
      static get permission() {
        return state;
      }
      static async requestPermission() {
        window.asked++;
        state = window.answer;
        return Promise.resolve(state);
      }
      constructor(title: string, { body = '' }: NotificationOptions) {
        super();
        this.record = { title, body, isClosed: false, click: () => this.dispatchEvent(new Event('click')) };
        window.recorded.push(this.record);
      }
      private readonly record: Recorded;
      close() {
        this.record.isClosed = true;
      }
    }
    window.Notification = RecordedNotification as unknown as typeof Notification;
    const { start } = OscillatorNode.prototype;
    OscillatorNode.prototype.start = function record(when) {
      window.tones++;
      start.call(this, when);
    };
  });
});

async function call(method: string, path: string, user: User, body: object): Promise<void> {
  const response = await fetch(`${stage.server.origin}${path}?active_user=${user.id}`, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
}
const set = (change: Partial<UserSettings>) => call('PATCH', '/api/me/settings/', alice, change);
const setRoom = (change: Partial<RoomSettings>) =>
  call('PATCH', `/api/rooms/${room.id}/settings/`, alice, change);

/** A window of alice whose notifier has begun. */
async function open(path = `/?as=${alice.username}`): Promise<ChatWindow> {
  const hers = await stage.windowIn(context, path);
  await until(
    () =>
      hers.page.evaluate(async (name) => {
        const { held = [], pending = [] } = await navigator.locks.query();
        const loaded = performance
          .getEntriesByType('resource')
          .some((entry) => entry.name.includes('/notifier-'));
        return loaded && [...held, ...pending].some((lock) => lock.name === name);
      }, `parley-notifier-${alice.id}`),
    'the notifier is there',
  );
  // Browsers play sounds of pages only that the user has touched.
  await hers.page.mouse.click(5, 5);
  return hers;
}

const lookAway = (...windows: ChatWindow[]) =>
  Promise.all(
    windows.map(({ page }) =>
      page.evaluate(() => {
        document.hasFocus = () => false;
        window.dispatchEvent(new Event('blur'));
      }),
    ),
  );
const recordedIn = async (...windows: ChatWindow[]) =>
  (
    await Promise.all(
      windows.map(({ page }) =>
        page.evaluate(() => window.recorded.map(({ title, body, isClosed }) => ({ title, body, isClosed }))),
      ),
    )
  ).flat();
const tonesIn = async (...windows: ChatWindow[]) =>
  (await Promise.all(windows.map(({ page }) => page.evaluate(() => window.tones)))).reduce(
    (a, b) => a + b,
    0,
  );
const pause = ({ page }: ChatWindow) => page.waitForTimeout(NOTIFIED_MS);

describe('a message while nobody looks', () => {
  beforeEach(() => set({ ...DEFAULT_SETTINGS, notifications: true }));

  it('makes one notification and one sound for all windows, which goes when it is read anywhere', async () => {
    const windows = [await open(), await open(), await open()];
    await lookAway(...windows);
    await stage.server.send(room, bob, 'Are you there?');
    await pause(windows[0]!);
    const notification = { title: bob.username, body: 'Are you there?', isClosed: false };
    expect(await recordedIn(...windows)).toEqual([notification]);
    expect(await tonesIn(...windows)).toBe(2);
    await stage.server.send(room, bob, 'Hello?');
    await pause(windows[0]!);
    expect((await recordedIn(...windows)).at(-1)?.body).toBe('Hello?\n2 new messages');
    // On another device.
    const phone = await stage.roomWindow(room, alice);
    await shown(phone.message('Hello?'));
    await until(
      async () => (await recordedIn(...windows)).at(-1)?.isClosed === true,
      'the notification is gone',
    );
  });

  it('is notified of by another window when the one that did it is closed', async () => {
    const [first, second] = [await open(), await open()];
    await first.page.close();
    await lookAway(second);
    await stage.server.send(room, bob, 'One more');
    await until(async () => (await recordedIn(second)).length === 1, 'the other window notifies');
  });

  it('opens its chat by a click', async () => {
    const hers = await open();
    await lookAway(hers);
    await stage.server.send(room, bob, 'Click me');
    await until(async () => (await recordedIn(hers)).length === 1, 'the notification is there');
    await hers.page.evaluate(() => window.recorded[0]?.click());
    await shown(hers.message('Click me'));
    expect((await recordedIn(hers))[0]?.isClosed).toBe(true);
  });

  it('makes no notification while the user uses a window, and no sound when its chat is looked at', async () => {
    const carol = await stage.server.person('carol');
    const other = await stage.server.room(alice, carol);
    const [used, away] = [await open(roomPath(room, alice)), await open()];
    await lookAway(away);
    await stage.server.send(room, bob, 'In view');
    await shown(used.message('In view'));
    await pause(used);
    expect(await tonesIn(used, away)).toBe(0);
    await stage.server.send(other, carol, 'Elsewhere');
    await pause(used);
    expect([await recordedIn(used, away), await tonesIn(used, away)]).toEqual([[], 2]);
  });

  it('shows who has written and nothing else, when the user wants it so', async () => {
    await set({ notification_text: false, sounds: false });
    const hers = await open();
    await lookAway(hers);
    await stage.server.send(room, bob, 'A secret');
    await until(async () => (await recordedIn(hers)).length === 1, 'the notification is there');
    expect(await recordedIn(hers)).toEqual([{ title: bob.username, body: '1 new message', isClosed: false }]);
    expect(await tonesIn(hers)).toBe(0);
  });

  it.each([
    ['the chat is muted', () => setRoom({ muted_until: '9999-12-31T23:59:59.999Z' })],
    [
      'the hours are quiet',
      () => set({ quiet_hours: { from: '00:00', to: '00:00', time_zone: 'Europe/Berlin' } }),
    ],
  ])('makes nothing when %s', async (_, prepare) => {
    await prepare();
    const hers = await open();
    await lookAway(hers);
    await stage.server.send(room, bob, 'Not now');
    await pause(hers);
    expect([await recordedIn(hers), await tonesIn(hers)]).toEqual([[], 0]);
  });
});

const question = ({ page }: ChatWindow) => page.getByText('Do you want to be notified');

/** A window that the browser has not asked for: the first one has the permission of the script before. */
async function openNew(): Promise<ChatWindow> {
  const hers = await open();
  await hers.page.reload();
  await until(
    () => hers.page.evaluate(() => Notification.permission === 'default'),
    'the browser has not asked',
  );
  await hers.secondLoad();
  await hers.page.waitForTimeout(500);
  return hers;
}

describe('whether the user wants notifications', () => {
  beforeEach(async () => {
    await set(DEFAULT_SETTINGS);
    await context.addInitScript(() => {
      if (!sessionStorage.getItem('permission')) sessionStorage.setItem('permission', 'default');
    });
  });

  it('is asked in the page, after the first message that came while nobody looked', async () => {
    const hers = await openNew();
    await stage.server.send(room, bob, 'While she looks');
    await pause(hers);
    expect(await question(hers).count()).toBe(0);
    await lookAway(hers);
    await stage.server.send(room, bob, 'While she does not');
    await shown(question(hers));
    expect(await violations(hers.page)).toEqual([]);
    expect(await hers.page.evaluate(() => window.asked)).toBe(0);
    await hers.page.evaluate(() => (window.answer = 'granted'));
    await hers.page.getByRole('button', { name: 'Allow' }).click();
    await until(async () => {
      const url = `${stage.server.origin}/api/me/settings/?active_user=${alice.id}`;
      return ((await (await fetch(url)).json()) as UserSettings).notifications;
    }, 'the setting is on');
    expect(await question(hers).count()).toBe(0);
    await stage.server.send(room, bob, 'Now with one');
    await until(async () => (await recordedIn(hers)).length === 1, 'the notification is there');
  });

  it('is not asked again after Not now', async () => {
    const hers = await openNew();
    await lookAway(hers);
    await stage.server.send(room, bob, 'One');
    await hers.page.getByRole('button', { name: 'Not now' }).click();
    await question(hers).waitFor({ state: 'hidden' });
    await stage.server.send(room, bob, 'Two');
    await pause(hers);
    expect(await question(hers).count()).toBe(0);
    expect(await hers.page.evaluate(() => window.asked)).toBe(0);
  });

  it('says what to do when the browser blocks them', async () => {
    const hers = await openNew();
    await lookAway(hers);
    await stage.server.send(room, bob, 'One');
    await shown(question(hers));
    await hers.page.evaluate(() => (window.answer = 'denied'));
    await hers.page.getByRole('button', { name: 'Allow' }).click();
    await shown(hers.page.getByText('This browser blocks notifications of this site.'));
    await hers.openAccountMenu();
    await hers.page.getByRole('menuitem', { name: 'Settings' }).click();
    await hers.page.getByRole('switch', { name: 'Notifications' }).click();
    await shown(hers.page.getByText('Open the settings of the site, left of the address'));
  });
});

it('the title and the icon say in how many chats something is unread, and the title whose chat is open', async () => {
  const carol = await stage.server.person('carol');
  const other = await stage.server.room(alice, carol);
  const hers = await open();
  const icon = () => hers.page.locator('link[rel=icon]').getAttribute('href');
  expect([await hers.page.title(), await icon()]).toEqual(['Parley', '/favicon.svg']);
  for (const text of ['One', 'Two']) await stage.server.send(room, bob, text);
  await stage.server.send(other, carol, 'Three');
  await until(async () => (await hers.page.title()) === '(2) Parley', 'two chats');
  expect(await icon()).toBe('/favicon-unread.svg');
  await hers.entry(bob).click();
  await until(async () => (await hers.page.title()) === `(1) ${bob.username} · Parley`, 'one is open');
  await call('PATCH', `/api/rooms/${other.id}/settings/`, alice, { muted_until: '9999-12-31T23:59:59.999Z' });
  await until(async () => (await hers.page.title()) === `${bob.username} · Parley`, 'the other is muted');
  expect(await icon()).toBe('/favicon.svg');
});
