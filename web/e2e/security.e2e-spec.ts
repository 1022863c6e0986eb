import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setUpStage } from './support/stage';

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
});
afterAll(() => void foreign.close());
const stage = setUpStage(() => ({ ALLOWED_ORIGINS: foreignOrigin }));

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

/** Markup that runs somewhere, with `CODE` in place of the script. */
const VECTORS = [
  '<script>CODE</script>',
  '<img src=x onerror=CODE>',
  '<svg onload=CODE>',
  '<svg><script>CODE</script></svg>',
  '<iframe srcdoc="<script>parent.CODE</script>"></iframe>',
  '<iframe src="javascript:parent.CODE"></iframe>',
  '<a href="javascript:CODE">x</a>',
  '<details open ontoggle=CODE>',
  '<input autofocus onfocus=CODE>',
  '<style>@import "javascript:CODE"</style>',
  '<math><mtext><img src=x onerror=CODE></mtext></math>',
  '<template><img src=x onerror=CODE></template>',
  '"><img src=x onerror=CODE>',
  "'><svg onload=CODE>",
  '</title><script>CODE</script>',
  '</textarea><script>CODE</script>',
  '<!--><img src=x onerror=CODE>-->',
  '{{constructor.constructor("CODE")()}}',
  '${CODE}',
  'javascript:CODE//http://a.example',
  'http://a.example/"onmouseover="CODE',
  'http://a.example/<img/src=x/onerror=CODE>',
  'data:text/html,<script>CODE</script>',
  'vbscript:CODE',
  '\u202ehttp://a.example/CODE',
];
/** Ways to write the script, or the markup around it. */
const FORMS: ((vector: string) => string)[] = [
  (vector) => vector.replace('CODE', 'window.ran=1'),
  (vector) => vector.replace('CODE', 'ran=1').toUpperCase().replace('RAN', 'ran'),
  (vector) => vector.replace('CODE', 'window.ran=1').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
  (vector) => vector.replace('CODE', 'window.ran=1').replaceAll(' ', '/'),
  (vector) => vector.replace('CODE', 'window.ran=1').replaceAll('<', '\\u003c'),
  (vector) => vector.replace('CODE', 'window.ran=1').replaceAll('javascript:', 'java\nscript:'),
  (vector) => `http://${vector.replace('CODE', 'window.ran=1')}`,
  (vector) => `a ${vector.replace('CODE', 'window.ran=1')} b ${vector.replace('CODE', 'window.ran=1')}`,
];

describe('script that is not ours', () => {
  it('C8: runs nothing of 200 hostile texts, and links to http and https only', async () => {
    const { alice, bob, room } = await stage.pair();
    const texts = FORMS.flatMap((form) => VECTORS.map(form));
    expect(texts).toHaveLength(200);
    // Ten in each message, so that all of them are on the first page.
    for (let i = 0; i < texts.length; i += 10)
      await stage.server.send(room, bob, texts.slice(i, i + 10).join('\n\n'));
    const { page, complaints } = await stage.roomWindow(room, alice);
    await page.getByText('{{constructor').first().waitFor();
    for (const live of ['<img src=x onerror=window.ran=1>', '<svg onload=window.ran=1>'])
      await stage.server.send(room, bob, live);
    await page.getByText('<svg onload=window.ran=1>', { exact: true }).first().waitFor();
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 200)));
    expect(await page.evaluate(() => (window as unknown as { ran?: number }).ran)).toBeUndefined();
    const links = await page
      .locator('[role=log] a')
      .evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).protocol));
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((protocol) => !/^https?:$/.test(protocol))).toEqual([]);
    expect(
      await page
        .locator('[role=log]')
        .locator('img, svg[onload], iframe, script, style, details, math')
        .count(),
    ).toBe(0);
    expect(complaints).toEqual([]);
  });

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
