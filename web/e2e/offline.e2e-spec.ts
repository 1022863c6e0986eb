import type { Room, User } from '@parley/shared';
import type { BrowserContext } from 'playwright-core';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';
import { setUpStage } from './support/stage';

let alice: User;
let bob: User;
let carol: User;
let room: Room;
let context: BrowserContext;
let hers: ChatWindow;

const stage = setUpStage();
const { server } = stage;
beforeEach(async () => {
  ({ alice, bob, room } = await stage.pair());
  carol = await server.person('carol');
  await server.send(room, bob, 'Hello');
  const other = await server.room(alice, carol);
  for (const text of ['One', 'Two']) await server.send(other, carol, text);
  context = await stage.context({ isInstalled: true });
  hers = await stage.windowIn(context, roomPath(room, alice));
  await shown(hers.message('Hello'));
  await isInstalled();
});
afterEach(() => server.up());

/** The page and its files are stored, and the service worker answers from now on. */
const isInstalled = () =>
  until(
    () => hers.page.evaluate(() => navigator.serviceWorker.controller !== null),
    'the service worker is there',
    20_000,
  );

/** What the service worker has stored, as paths. */
const storedPaths = () =>
  hers.page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });

const keptRooms = () =>
  hers.page.evaluate(async (name) => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name);
      request.addEventListener('success', () => resolve(request.result));
    });
    const request = database.transaction('pages').objectStore('pages').count();
    await new Promise((resolve) => request.addEventListener('success', resolve));
    database.close();
    return request.result;
  }, `parley-kept-${alice.id}`);

it('The stored page loads its font from the beginning, once', async () => {
  await hers.page.reload();
  await shown(hers.message('Hello'));
  const initiators = () =>
    hers.page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(({ name }) => /figtree-latin-[\w-]{8}\.woff2$/.test(name))
        .map((entry) => (entry as PerformanceResourceTiming).initiatorType),
    );
  await until(async () => (await initiators()).length > 0, 'the font is loaded');
  // Not by the style sheet, which is read later.
  expect(await initiators()).toEqual(['link']);
  expect(hers.complaints).toEqual([]);
});

it('The page is read without a server, and what is written is sent when it is back', async () => {
  await until(async () => (await keptRooms()) === 2, 'both chats are kept', 20_000);
  await server.kill();
  await hers.page.reload();
  await shown(hers.message('Hello'));
  await hers.entry(carol).click();
  for (const text of ['One', 'Two']) await shown(hers.message(text));
  await hers.entry(bob).click();
  await hers.send('Written without a server');
  await shown(hers.message('Written without a server'));
  await hers.page.reload();
  await shown(hers.message('Written without a server'));
  await server.up();
  await shown(hers.message('Written without a server').getByText('Sent'), 30_000);
  expect(await server.texts(room, alice)).toEqual(['Hello', 'Written without a server']);
});

it('A draft survives a reload without a server', async () => {
  await until(async () => (await keptRooms()) === 2, 'both chats are kept', 20_000);
  await hers.field.fill('Not sent yet');
  await server.kill();
  await hers.page.reload();
  await until(async () => (await hers.field.inputValue()) === 'Not sent yet', 'the draft is there');
});

it('Of the API nothing is stored, and its documents, files and unknown paths are the server’s', async () => {
  const paths = await storedPaths();
  expect(paths).toContain('/');
  expect(paths.filter((path) => /^\/(api|ws|health|metrics)\b/.test(path))).toEqual([]);
  const statuses = await hers.page.evaluate(() =>
    Promise.all(
      ['/api/version', '/api/docs', '/health/live', '/foo/bar'].map(
        async (path) => (await fetch(path)).status,
      ),
    ),
  );
  expect(statuses).toEqual([200, 200, 200, 404]);
  await hers.page.goto(`${server.origin}/api/docs`);
  await shown(hers.page.getByRole('heading', { name: /Parley/ }).first());
  await server.kill();
  const answers = await hers.page.evaluate(() => fetch('/api/version').catch(() => 'no answer'));
  expect(answers).toBe('no answer');
});

it('A new version is said, reloads nothing by itself, and loses no draft', async () => {
  const lax = await stage.browser.newContext({ bypassCSP: true });
  hers = await stage.windowIn(lax, roomPath(room, alice));
  await shown(hers.message('Hello'));
  await isInstalled();
  await hers.page.reload();
  await hers.field.fill('In the middle of');
  await hers.secondLoad();
  // Another script is another version.
  await hers.page.evaluate(() => navigator.serviceWorker.register('/sw.js?next'));
  const notice = hers.page.getByText('There is a new version of Parley. Reload to go on.');
  await shown(notice);
  expect(await hers.field.inputValue()).toBe('In the middle of');
  await hers.page.getByRole('button', { name: 'Reload' }).click();
  await until(async () => (await hers.field.inputValue()) === 'In the middle of', 'the draft is there');
  await notice.waitFor({ state: 'hidden' });
  await lax.close();
});

it('A server with SERVICE_WORKER=off removes it, and what it has stored', async () => {
  await server.kill();
  await server.up({ SERVICE_WORKER: 'off' });
  await hers.page.reload();
  await until(
    () => hers.page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length === 0),
    'there is no service worker any more',
    20_000,
  );
  expect(await storedPaths()).toEqual([]);
  await server.kill();
});
