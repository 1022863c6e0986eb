import type { Room, User } from '@parley/shared';
import type { BrowserContext } from 'playwright-core';
import { Account, ACCOUNTS, choose, signInPage } from './support/account';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';
import { fillRoom } from './support/fill-room';
import { setUpStage } from './support/stage';

/** From now on the server answers nothing but the files of the page. */
async function cut(context: BrowserContext): Promise<void> {
  await context.route('**/api/**', (route) => route.abort());
  await context.routeWebSocket('**/ws/**', (socket) => socket.close());
}

/** The answer of the first load comes so late that what is kept is shown before. */
async function delay(context: BrowserContext): Promise<void> {
  await context.route('**/api/start/**', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await route.continue();
  });
  // After it, as on a slow network.
  await context.routeWebSocket('**/ws/**', (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => void setTimeout(() => socket.send(message), 1_500));
  });
}

interface Kept {
  id: number;
  messages: { text: string; expires_at?: string }[];
}

interface KeptRoom {
  last_message: object;
}

interface LastView {
  rooms: { last_message: { text: string } | null }[];
  page?: Kept;
}

/** The texts that the browser keeps, of all rooms of a user, and of the last window. */
async function keptTexts(window: ChatWindow, userId: number): Promise<string[]> {
  return [...(await storedTexts(window, userId)), ...(await lastTexts(window))];
}

async function lastTexts({ page }: ChatWindow): Promise<string[]> {
  const json = await page.evaluate(() => localStorage.getItem('parley-view'));
  const view = JSON.parse(json ?? 'null') as LastView | null;
  if (!view) return [];
  const texts = view.rooms.flatMap(({ last_message }) => last_message?.text ?? []);
  return [...texts, ...(view.page?.messages ?? []).map(({ text }) => text)];
}

/** Those in the database. */
function storedTexts({ page }: ChatWindow, userId: number): Promise<string[]> {
  return page.evaluate(async (name) => {
    const known = await indexedDB.databases();
    if (!known.some((each) => each.name === name)) return [];
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.addEventListener('success', () => resolve(request.result));
      request.addEventListener('error', () => reject(request.error));
    });
    const request: IDBRequest<Kept[]> = database.transaction('pages').objectStore('pages').getAll();
    await new Promise((resolve) => request.addEventListener('success', resolve));
    database.close();
    return request.result.flatMap(({ messages }) => messages.map(({ text }) => text));
  }, `parley-kept-${userId}`);
}

describe('chats that this browser has shown', () => {
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
    hers = await stage.windowIn(context, roomPath(room, alice));
    await shown(hers.message('Hello'));
  });

  const isKept = (text: string) =>
    until(async () => (await keptTexts(hers, alice.id)).includes(text), `«${text}» is kept`);

  it('are shown before the server answers, also those that were never opened', async () => {
    const carol = await server.person('carol');
    const other = await server.room(alice, carol);
    for (const text of ['One', 'Two']) await server.send(other, carol, text);
    await hers.page.reload();
    await shown(hers.entry(carol).getByText('Two'));
    await hers.page.goto('about:blank');
    // Then the list knows two messages of three.
    await server.send(other, carol, 'Three');
    await hers.goto(roomPath(room, alice));
    for (const text of ['Hello', 'One', 'Three']) await isKept(text);
    await cut(context);
    await hers.page.reload();
    await shown(hers.message('Hello'));
    await shown(hers.entry(carol));
    expect(await hers.page.locator('[data-presence="online"]').count()).toBe(0);
    await hers.entry(carol).click();
    for (const text of ['One', 'Two', 'Three']) await shown(hers.message(text));
  });

  it('are shown as the last window had them without waiting for the database', async () => {
    await until(async () => (await lastTexts(hers)).includes('Hello'), 'it is kept');
    await cut(context);
    await context.addInitScript(() => {
      IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
    });
    await hers.page.reload();
    await shown(hers.message('Hello'));
    await shown(hers.entry(bob));
  });

  it('are brought up to date, and open at what came meanwhile', async () => {
    await isKept('Hello');
    await hers.page.goto('about:blank');
    await server.send(room, bob, 'While you were away');
    await delay(context);
    await hers.goto(roomPath(room, alice));
    await shown(hers.message('While you were away'));
    await shown(hers.page.getByText('New messages'));
    await isKept('While you were away');
  });

  it('open at the first unread message when more has come than a sync brings', async () => {
    await isKept('Hello');
    await hers.page.goto('about:blank');
    await fillRoom(room, bob, 400, 'second');
    await delay(context);
    await hers.goto(roomPath(room, alice));
    await shown(hers.page.getByText('New messages'));
    await shown(hers.message('Message 2'));
  });

  it('stay at the end, and where they are, when nothing has come', async () => {
    const other = await server.room(alice, await server.person('carol'));
    await fillRoom(other, alice, 100, 'second');
    await hers.goto(roomPath(other, alice));
    await isKept('Message 41');
    await hers.page.goto('about:blank');
    await hers.goto(roomPath(other, alice));
    await shown(hers.message('Message 100'));
    await hers.secondLoad();
    // As long as it takes until the database has answered, and a sync.
    await hers.page.waitForTimeout(1_500);
    const { log, shift } = await hers.page.evaluate(async () => {
      const entries = await new Promise<PerformanceEntry[]>((resolve) => {
        const observer = new PerformanceObserver((list) => resolve(list.getEntries()));
        observer.observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => resolve([]), 300);
      });
      const { scrollTop, scrollHeight, clientHeight } = document.querySelector('[role=log]')!;
      return {
        log: scrollHeight - clientHeight - scrollTop,
        shift: entries.reduce((sum, entry) => sum + (entry as unknown as { value: number }).value, 0),
      };
    });
    expect(log).toBeLessThan(2);
    expect(shift).toBeLessThan(0.01);
  });

  it('lose what was deleted or edited meanwhile', async () => {
    const { id } = await server.send(room, bob, 'A mistake');
    await isKept('A mistake');
    await hers.page.goto('about:blank');
    await fetch(`${server.origin}/api/messages/${id}/?active_user=${bob.id}`, { method: 'DELETE' });
    await hers.goto(`/?as=${alice.username}`);
    await until(async () => !(await keptTexts(hers, alice.id)).includes('A mistake'), 'it is gone');
  });

  it('do not show a message whose time is over, whatever the server says', async () => {
    await server.send(room, bob, 'Soon gone');
    await isKept('Soon gone');
    await hers.page.goto(`${server.origin}/health/live`);
    await hers.page.evaluate(
      async ([name, roomId]) => {
        const database = await new Promise<IDBDatabase>((resolve) => {
          const request = indexedDB.open(name);
          request.addEventListener('success', () => resolve(request.result));
        });
        const transaction = database.transaction(['rooms', 'pages'], 'readwrite');
        const ended = new Promise((resolve) => transaction.addEventListener('complete', resolve));
        const expires_at = new Date(Date.now() - 1_000).toISOString();
        const [rooms, pages] = [transaction.objectStore('rooms'), transaction.objectStore('pages')];
        const head: IDBRequest<KeptRoom> = rooms.get(roomId);
        head.addEventListener('success', () => {
          Object.assign(head.result.last_message, { expires_at });
          rooms.put(head.result);
        });
        const page: IDBRequest<Kept> = pages.get(roomId);
        page.addEventListener('success', () => {
          for (const message of page.result.messages)
            if (message.text === 'Soon gone') message.expires_at = expires_at;
          pages.put(page.result);
        });
        await ended;
        database.close();
        const view = JSON.parse(localStorage.getItem('parley-view')!) as LastView;
        const messages = [view.rooms[0]!.last_message!, ...view.page!.messages];
        for (const message of messages)
          if (message.text === 'Soon gone') Object.assign(message, { expires_at });
        localStorage.setItem('parley-view', JSON.stringify(view));
      },
      [`parley-kept-${alice.id}`, room.id] as const,
    );
    await cut(context);
    await hers.goto(roomPath(room, alice));
    await shown(hers.message('Hello'));
    expect(await hers.page.getByText('Soon gone').count()).toBe(0);
  });

  it('lose from the disk what has expired while the page was closed, also where nobody looks', async () => {
    const MIN_SECONDS = 5;
    const put = { method: 'PUT', headers: { 'content-type': 'application/json' } };
    const body = JSON.stringify({ seconds: MIN_SECONDS, active_user_id: bob.id });
    const answer = await fetch(`${server.origin}/api/rooms/${room.id}/timer/`, { ...put, body });
    expect(answer.status).toBe(200);
    await server.send(room, bob, 'Soon gone');
    await isKept('Soon gone');
    await hers.page.goto('about:blank');
    await new Promise((resolve) => setTimeout(resolve, MIN_SECONDS * 1_000 + 500));
    await hers.goto(`/?as=${alice.username}`);
    await until(async () => !(await keptTexts(hers, alice.id)).includes('Soon gone'), 'it is gone');
  });

  it('are not those of another user of the browser', async () => {
    await isKept('Hello');
    const carol = await server.person('carol');
    await hers.goto(`/?as=${carol.username}`);
    await shown(hers.page.getByText('No chats yet'));
    expect(await hers.entry(bob).count()).toBe(0);
  });
});

describe('chats that the browser of an account has shown', () => {
  let alice: Account;
  let bob: Account;
  let context: BrowserContext;
  let hers: ChatWindow;
  let path: string;

  const stage = setUpStage(ACCOUNTS);
  beforeEach(async () => {
    [alice, bob] = await Promise.all([Account.create(stage, 'alice'), Account.create(stage, 'bob')]);
    path = await alice.chatWith(bob, 'A secret');
    context = await alice.browser();
    hers = await stage.windowIn(context, path);
    await until(async () => (await keptTexts(hers, alice.user.id)).includes('A secret'), 'it is kept');
  });

  const isWiped = async () => {
    await until(async () => (await keptTexts(hers, alice.user.id)).length === 0, 'nothing is kept');
    expect(await hers.page.evaluate(() => localStorage.getItem('parley-start'))).toBeNull();
    expect(await hers.page.evaluate(() => JSON.stringify(localStorage))).not.toContain('A secret');
  };

  it('are shown before the server answers', async () => {
    await cut(context);
    await hers.page.reload();
    await shown(hers.message('A secret'));
  });

  it('are removed when the user logs out, also from what a second window would write', async () => {
    const second = await stage.windowIn(context, path);
    await shown(second.message('A secret'));
    await choose(hers, alice, 'Log out');
    await signInPage(hers);
    await signInPage(second);
    await isWiped();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await isWiped();
  });

  it('are removed when the session ends on another device', async () => {
    await alice.endOtherSessions(await alice.browser());
    await signInPage(hers);
    await isWiped();
  });

  it('are removed when the session has ended before the page is opened', async () => {
    await hers.page.goto('about:blank');
    await alice.endOtherSessions(await alice.browser());
    await hers.goto(path);
    await signInPage(hers);
    await isWiped();
    expect(await hers.message('A secret').count()).toBe(0);
  });
});
