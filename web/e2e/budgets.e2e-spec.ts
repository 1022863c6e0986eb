import type { Room, User } from '@parley/shared';
import type { BrowserContext, Page } from 'playwright-core';
import { PHONE, roomPath, until, WIDE } from './support/chat-window';
import { fillRoom } from './support/fill-room';
import { readFirstLoad } from './support/first-load';
import { setUpStage } from './support/stage';

jest.setTimeout(120_000);

/** As many chats as in the measurements of docs/performance.md. */
const ROOMS = 58;
/** Layout shift of a load. */
const MAX_SHIFT = 0.01;

const CONTENT = { list: 'nav[aria-label="Chats"] a[href*="/rooms/"]', 'deep link': '[data-bubble]' };
type View = keyof typeof CONTENT;

interface Load {
  contentMs: number | null;
  shift: number;
}

/** In the page: when that content is painted, and how much has moved by itself. */
function watchLoad(selector: string): void {
  const load: Load = { contentMs: null, shift: 0 };
  Object.assign(window, { load });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      hadRecentInput: boolean;
      value: number;
    })[])
      if (!entry.hadRecentInput) load.shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
  const look = () => {
    if (document.querySelector(selector)?.checkVisibility({ visibilityProperty: true }))
      requestAnimationFrame(() => (load.contentMs ??= performance.now()));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

describe('the budgets of a load with 58 chats', () => {
  let alice: User;
  let room: Room;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;
  beforeAll(async () => {
    alice = await server.person('alice');
    for (let n = 0; n < ROOMS; n++) {
      const peer = await server.person(`peer${n}`);
      room = await server.room(alice, peer);
      await server.send(room, peer, `Message of chat ${n}`);
    }
    await fillRoom(room, alice, 200, 'minute');
  });

  const pathOf = (view: View) => (view === 'list' ? `/?as=${alice.username}` : roomPath(room, alice));

  /** The calls of the API up to the content, and what the page has measured. */
  async function visit(page: Page, view: View): Promise<Load & { calls: string[] }> {
    const calls: string[] = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/api/')) calls.push(pathname);
    });
    await page.goto(server.origin + pathOf(view), { waitUntil: 'commit' });
    const load = () => page.evaluate(() => (window as unknown as { load: Load }).load);
    await until(async () => (await load()).contentMs !== null, 'the content is there', 30_000);
    const before = [...calls];
    // What comes late moves late: the second load, presence, a sync.
    await page.waitForTimeout(1_500);
    return { ...(await load()), calls: before };
  }

  /** A browser that has the page and the chats. */
  async function visited(view: View, viewport = WIDE): Promise<BrowserContext> {
    const context = await stage.context({ isInstalled: true, viewport });
    await context.addInitScript(watchLoad, CONTENT[view]);
    const page = await context.newPage();
    await page.goto(server.origin + pathOf(view));
    const isReady = () =>
      page.evaluate(async () => {
        const databases = await indexedDB.databases();
        return (
          navigator.serviceWorker.controller !== null && databases.some(({ name }) => name?.includes('kept'))
        );
      });
    await until(isReady, 'the page and the chats are stored', 30_000);
    await page.waitForTimeout(3_000);
    // As a user leaves it: how it looked is kept.
    await page.goto('about:blank');
    await page.close();
    return context;
  }

  it.each([
    ['list', WIDE],
    ['list', PHONE],
    ['deep link', WIDE],
    ['deep link', PHONE],
  ] as const)(
    'nothing moves while the %s loads in a window of %j, the first time and later',
    async (view, viewport) => {
      const fresh = await stage.context({ viewport });
      await fresh.addInitScript(watchLoad, CONTENT[view]);
      const first = await visit(await fresh.newPage(), view);
      const second = await visit(await (await visited(view, viewport)).newPage(), view);
      expect(first.shift).toBeLessThanOrEqual(MAX_SHIFT);
      expect(second.shift).toBeLessThanOrEqual(MAX_SHIFT);
    },
  );

  it.each(['list', 'deep link'] as const)('the %s takes one call of the API', async (view) => {
    const context = await stage.context();
    await context.addInitScript(watchLoad, CONTENT[view]);
    const { calls } = await visit(await context.newPage(), view);
    // Not waited for: the settings, and presence once the socket is open.
    const others = ['/api/me/settings/', '/api/users/'];
    expect(calls.filter((path) => !others.includes(path))).toEqual(['/api/start/']);
  });

  it('the browser makes its first format of times and compiles the code while that is on its way', async () => {
    const context = await stage.context();
    await context.addInitScript(() => {
      const formats: unknown[] = [];
      Object.assign(window, { formats });
      Intl.DateTimeFormat = new Proxy(Intl.DateTimeFormat, {
        construct: (made, options) => formats[formats.push(options) - 1] && Reflect.construct(made, options),
      });
    });
    await context.route('**/assets/index-*.js', (route) => route.abort());
    const page = await context.newPage();
    await page.goto(server.origin);
    const made = () => page.evaluate(() => (window as unknown as { formats: unknown[] }).formats.length);
    // After the first frame.
    await until(async () => (await made()) === 1, 'a format is made');
    const [entry] = readFirstLoad().files;
    const code = await (await fetch(`${server.origin}/${entry}`)).text();
    expect(code.startsWith('//# allFunctionsCalledOnLoad\n')).toBe(true);
  });
});
