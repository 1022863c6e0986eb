import type { Room, User } from '@parley/shared';
import { violations } from './support/axe';
import { PHONE, roomPath, shown, until, type ChatWindow } from './support/chat-window';
import { setUpStage } from './support/stage';

const CODE =
  'const answer = 42;\nconst long = "a line that is far longer than any bubble on any phone can be, so that it scrolls";';

describe('formatted messages', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage();
  const { server } = stage;

  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  const log = () => hers.page.getByRole('log');

  /** Of the font of a message, in pixels. */
  const size = (text: string) =>
    log()
      .getByText(text, { exact: true })
      .evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));

  it('show styles, links, quotes, lists and code to both, while the stored text has its marks', async () => {
    hers = await stage.roomWindow(room, alice);
    const his = await stage.roomWindow(room, bob, { viewport: PHONE, colorScheme: 'dark' });
    const text = [
      '*bold* _italic_ ~gone~ `code` see www.example.org or bob@example.org',
      '> quoted',
      '1. first',
      '2. second',
      '```js',
      CODE,
      '```',
    ].join('\n');
    await hers.send(text);
    for (const { page } of [hers, his]) {
      const shownLog = page.getByRole('log');
      await shown(shownLog.locator('strong').getByText('bold', { exact: true }));
      await shown(shownLog.locator('em').getByText('italic', { exact: true }));
      await shown(shownLog.locator('s').getByText('gone', { exact: true }));
      await shown(shownLog.locator('p code').getByText('code', { exact: true }));
      await shown(shownLog.getByRole('blockquote').getByText('quoted', { exact: true }));
      expect(await shownLog.locator('ol ol li').allTextContents()).toEqual(['first', 'second']);
      const links = shownLog.getByRole('link');
      expect(await links.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href))).toEqual([
        'https://www.example.org/',
        'mailto:bob@example.org',
      ]);
      expect(await shownLog.locator('pre').textContent()).toBe(CODE);
      // It scrolls inside the bubble, and the log does not.
      expect(await shownLog.locator('pre').evaluate((pre) => pre.scrollWidth > pre.clientWidth)).toBe(true);
      expect(await shownLog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
      expect(await violations(page)).toEqual([]);
    }
    expect(await server.texts(room, bob)).toEqual([text]);
    // The preview in the list has no marks.
    await shown(hers.entry(bob).getByText('You: bold italic gone code see'));
    expect([...hers.complaints, ...his.complaints]).toEqual([]);
  });

  it('give code to the clipboard by its button', async () => {
    await server.send(room, bob, `\`\`\`\n${CODE}\n\`\`\``);
    const context = await stage.context();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    hers = await stage.windowIn(context, roomPath(room, alice));
    await log().getByRole('button', { name: 'Copy' }).click();
    await shown(log().getByRole('button', { name: 'Copied' }));
    expect(await hers.page.evaluate(() => navigator.clipboard.readText())).toBe(CODE);
  });

  it('are large when they are one to three emoji and nothing else', async () => {
    for (const text of ['👍', '😀😀😀', '😀😀😀😀', 'ok 👍']) await server.send(room, bob, text);
    hers = await stage.roomWindow(room, alice);
    await until(async () => (await size('👍')) > 40, 'one emoji is large');
    expect(await size('😀😀😀')).toBeGreaterThan(30);
    expect([await size('😀😀😀😀'), await size('ok 👍')]).toEqual([15, 15]);
  });

  it('have lines of each direction on their own side', async () => {
    await server.send(room, bob, '*שלום*\nand *English*\nשורה שלישית שהיא ארוכה יותר');
    hers = await stage.roomWindow(room, alice, { viewport: PHONE });
    await shown(log().locator('strong').getByText('English'));
    const gap = (text: string) =>
      log()
        .locator('strong')
        .getByText(text)
        .evaluate((element) => {
          const block = element.closest('p')!.getBoundingClientRect();
          const { left, right } = element.getBoundingClientRect();
          return { left: left - block.left, right: block.right - right };
        });
    expect((await gap('שלום')).right).toBeLessThan(2);
    expect((await gap('English')).left).toBeGreaterThan(2);
    expect((await gap('English')).left).toBeLessThan(60);
  });

  it('run nothing, link nowhere else and stay in their bubble when they are hostile (C8)', async () => {
    const texts = [
      '*<img src=x onerror=window.ran=1>* [x](javascript:window.ran=1) `<svg onload=window.ran=1>`',
      '> <script>window.ran=1</script>\n- javascript:window.ran=1\n- data:text/html,x',
      '\u202e*gpj.exe* https://example.org/\u202egpj.exe _\u2066x_',
      `*Z${'\u0301\u0310\u0320'.repeat(300)}a*`,
      `*${'x'.repeat(3_990)}*`,
      `\`${'y'.repeat(3_990)}\``,
    ];
    for (const text of texts) await server.send(room, bob, text);
    hers = await stage.roomWindow(room, alice, { viewport: PHONE });
    await shown(log().locator('strong').first());
    await until(async () => (await log().locator('[data-bubble]').count()) === texts.length, 'all are there');
    expect(await hers.page.evaluate(() => (window as unknown as { ran?: number }).ran)).toBeUndefined();
    expect(await log().locator('img, script, svg[onload]').count()).toBe(0);
    const links = await log()
      .getByRole('link')
      .evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href));
    expect(links).toEqual(['https://example.org/']);
    expect(await log().evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
    expect(hers.complaints).toEqual([]);
  });

  it('open a link to a message of this site in the same window, as the same user', async () => {
    for (let n = 1; n <= 3; n++) await server.send(room, bob, `Message ${n}`);
    await server.send(room, bob, `See ${server.origin}/rooms/${room.id}?as=somebody&at=2`);
    hers = await stage.roomWindow(room, alice);
    await hers.page.evaluate(() => ((window as unknown as { stayed: boolean }).stayed = true));
    await log().getByRole('link').click();
    await until(
      async () => (await hers.message('Message 2').getAttribute('aria-current')) === 'true',
      'it is there',
    );
    expect(await hers.page.evaluate(() => (window as unknown as { stayed?: boolean }).stayed)).toBe(true);
    expect(new URL(hers.page.url()).search).toBe(`?as=${alice.username}&at=2`);
  });

  it('are as they were written while the code for it is not there, and heal by themselves', async () => {
    await server.send(room, bob, '*Important*');
    const context = await stage.context();
    await context.route('**/formatted-text-*.js', (route) => route.abort());
    hers = await stage.windowIn(context, roomPath(room, alice));
    await shown(hers.message('*Important*'));
    await context.unroute('**/formatted-text-*.js');
    await shown(log().locator('strong').getByText('Important', { exact: true }));
  });
});
