import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Stage } from './support/stage';

let stage: Stage;
/** A page of another origin: whatever `html` is at the moment. */
let foreign: HttpServer;
let foreignOrigin: string;
let html = '';
beforeAll(async () => {
  foreign = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(html);
  });
  foreign.listen(0, '127.0.0.1');
  await once(foreign, 'listening');
  foreignOrigin = `http://localhost:${(foreign.address() as AddressInfo).port}`;
  stage = await Stage.open({ ALLOWED_ORIGINS: foreignOrigin });
});
afterEach(() => stage.clear());
afterAll(async () => {
  await stage.close();
  foreign.close();
});

const PAGES = ['/', '/index.html', '/rooms/1', '/api/docs', '/api/openapi.json'];

describe('a page of another origin', () => {
  it.each(PAGES)('cannot show %s in a frame, even when its origin may call the API', async (path) => {
    html = `<iframe src="${stage.server.origin}${path}"></iframe>`;
    const page = await (await stage.context()).newPage();
    const refused = page.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
    await page.goto(foreignOrigin);
    await refused;
    const frame = page.frames()[1]!;
    await frame.waitForURL('chrome-error://chromewebdata/', { waitUntil: 'commit' });
    expect(frame.url()).toBe('chrome-error://chromewebdata/');
  });

  it('reads the API with its cookies when its origin is allowed', async () => {
    html = '<p>a legacy client</p>';
    const page = await (await stage.context()).newPage();
    await page.goto(foreignOrigin);
    const usernames = await page.evaluate(async (origin) => {
      const response = await fetch(`${origin}/api/users/`, { credentials: 'include' });
      return ((await response.json()) as { username: string }[]).map(({ username }) => username);
    }, stage.server.origin);
    expect(usernames).toContain('alice');
  });
});

describe('script that is not ours', () => {
  it.each(PAGES)(
    'does not run in %s: not inline, not as a handler, not from another origin',
    async (path) => {
      html = 'window.ran = "from another origin"';
      const page = await (await stage.context()).newPage();
      await page.goto(stage.server.origin + path);
      const ran = await page.evaluate(async (origin) => {
        const inline = document.createElement('script');
        inline.textContent = 'window.ran = "inline"';
        const elsewhere = document.createElement('script');
        elsewhere.src = origin;
        const done = new Promise((resolve) => {
          elsewhere.addEventListener('error', resolve);
          elsewhere.addEventListener('load', resolve);
        });
        document.documentElement.append(inline, elsewhere);
        document.documentElement.setAttribute('onclick', 'window.ran = "as a handler"');
        document.documentElement.click();
        await done;
        return (window as { ran?: string }).ran;
      }, foreignOrigin);
      expect(ran).toBeUndefined();
    },
  );

  it('is not needed: page and explorer load without a complaint', async () => {
    for (const [path, heading] of [
      ['/', 'Parley'],
      ['/api/docs', 'Parley'],
    ] as const) {
      const window = await stage.window(path);
      await window.page.getByText(heading).first().waitFor();
      await window.page.waitForLoadState('networkidle');
      expect([path, window.complaints]).toEqual([path, []]);
    }
  });
});
