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
        /** Trusted Types throw; without them the Content-Security-Policy alone has to hold. */
        const errors: unknown[] = [];
        const attempt = (act: () => void) => {
          try {
            act();
          } catch (error) {
            errors.push(error);
          }
        };
        const inline = document.createElement('script');
        inline.append('window.ran = "inline"');
        attempt(() => (inline.textContent = 'window.ran = "inline"'));
        const elsewhere = document.createElement('script');
        const done = new Promise((resolve) => {
          elsewhere.addEventListener('error', resolve);
          elsewhere.addEventListener('load', resolve);
        });
        attempt(() => (elsewhere.src = origin));
        document.documentElement.append(inline, elsewhere);
        attempt(() => document.documentElement.setAttribute('onclick', 'window.ran = "as a handler"'));
        document.documentElement.click();
        if (elsewhere.src) await done;
        return (window as { ran?: string }).ran;
      }, foreignOrigin);
      expect(ran).toBeUndefined();
    },
  );

  it.each(['/', '/api/docs'])('cannot be made in %s of a text, nor by a policy of its own', async (path) => {
    const { page } = await stage.window(path);
    await page.getByText('Parley').first().waitFor();
    const done = await page.evaluate(
      async (ours) => {
        // Until here the debugger allows `eval`.
        await new Promise((resolve) => setTimeout(resolve));
        const { trustedTypes } = window as unknown as {
          trustedTypes: { createPolicy(name: string, rules: object): void };
        };
        const rules = { createHTML: (text: string) => text, createScript: (text: string) => text };
        const outcomes: Record<string, string> = {};
        const attempt = (what: string, act: () => unknown) => {
          try {
            act();
            outcomes[what] = 'done';
          } catch (error) {
            outcomes[what] = (error as Error).name;
          }
        };
        attempt('eval', () => window.eval('1'));
        attempt('timer', () => setTimeout('window.ran = true'));
        attempt('script', () => Object.assign(document.createElement('script'), { text: '1' }));
        attempt('handler', () => document.body.setAttribute('onclick', 'window.ran = true'));
        attempt('html', () => Object.assign(document.createElement('div'), { innerHTML: '<img>' }));
        attempt('a policy', () => trustedTypes.createPolicy('mine', rules));
        attempt('our policy again', () => trustedTypes.createPolicy(ours, rules));
        return outcomes;
      },
      path === '/' ? 'solid' : 'default',
    );
    expect(done).toEqual({
      eval: 'EvalError',
      timer: 'TypeError',
      script: 'TypeError',
      handler: 'TypeError',
      // Swagger UI makes elements of descriptions; they cannot run anything.
      html: path === '/' ? 'TypeError' : 'done',
      'a policy': 'TypeError',
      'our policy again': 'TypeError',
    });
  });

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
