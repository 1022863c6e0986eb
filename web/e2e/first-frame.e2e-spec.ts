import type { Room, User } from '@parley/shared';
import type { BrowserContext, Page } from 'playwright-core';
import { PHONE, roomPath, shown, until, WIDE, type ChatWindow } from './support/chat-window';
import { fillRoom } from './support/fill-room';
import { partPage } from './support/parted-page';
import { setUpStage } from './support/stage';

const ENTRY = '**/assets/index-*.js';
/** The rows of the list, the messages, and what stands around them. */
const PLACES =
  '[data-room], [data-bubble], [data-day], header, .composer-box, [popovertarget="account-menu"]';

/** Holds back the code of the page until the result is called. */
async function holdCode(context: BrowserContext): Promise<() => void> {
  let release: (() => void) | undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await context.route(ENTRY, async (route) => {
    await held;
    await route.continue();
  });
  return () => release?.();
}

/** In the page: counts the pages that each frame has, and those of grey shapes. */
function watchFrames(): void {
  const counts: string[] = [];
  Object.assign(window, { counts });
  const look = () => {
    const pages = [...document.querySelectorAll('main')];
    const grey = pages.filter((page) => page.classList.contains('skeleton'));
    counts.push(`${pages.length}, ${grey.length} grey`);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

const countsIn = (page: Page) => page.evaluate(() => (window as unknown as { counts: string[] }).counts);

/** Where everything stands that is in sight, in the styles and fonts that it has in the end. */
async function placesIn({ page }: ChatWindow): Promise<string[]> {
  await page.evaluate(async () => {
    // The picture is there before them; nothing is painted until they are.
    const styles = document.querySelector<HTMLLinkElement>('link[rel=stylesheet]')!;
    if (!styles.sheet) await new Promise((resolve) => styles.addEventListener('load', resolve));
    // Which fonts are needed shows with the layout.
    document.body.getBoundingClientRect();
    await document.fonts.ready;
  });
  return page.evaluate(
    (places) =>
      [...document.querySelectorAll(places)]
        .map((element) => ({ element, box: element.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && box.bottom > 0 && box.top < innerHeight)
        .map(({ element, box }) => {
          const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(Math.round);
          const { room, bubble } = (element as HTMLElement).dataset;
          return `${element.localName} ${room ?? bubble ?? ''} ${x},${y} ${width}×${height}`;
        }),
    PLACES,
  );
}

describe('the first frame of the page', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let context: BrowserContext;
  let hers: ChatWindow;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  const frame = () => hers.page.locator('#first-frame');
  const pictureOf = (text: string) => frame().getByText(text, { exact: true });
  const stored = () => hers.page.evaluate(() => localStorage.getItem('parley-view') ?? '');

  /** Her window, with all that the page loads later. */
  async function open(path: string, viewport = WIDE): Promise<void> {
    context = await stage.context({ viewport });
    hers = await stage.windowIn(context, path);
    await hers.secondLoad();
    // Views of the list, presence, and what was read.
    await hers.page.waitForLoadState('networkidle');
  }

  describe.each([
    ['in a wide window', WIDE],
    ['on a phone', PHONE],
  ])('%s', (_, viewport) => {
    it.each(['list', 'chat'])('shows the %s as it was left, before the code is there', async (view) => {
      for (let n = 0; n < 12; n++) {
        const peer = await server.person(`peer${n}`);
        await server.send(await server.room(alice, peer), peer, `From ${n}`);
      }
      await fillRoom(room, alice, 60, 'second');
      const path = view === 'list' ? `/?as=${alice.username}` : roomPath(room, alice);
      await open(path, viewport);
      await shown(view === 'list' ? hers.entry(bob) : hers.message('Message 60'));
      const before = await placesIn(hers);
      expect(before.length).toBeGreaterThan(8);
      const release = await holdCode(context);
      await context.addInitScript(watchFrames);
      await hers.page.reload({ waitUntil: 'commit' });
      await hers.page.locator('#first-frame[inert] > main').waitFor();
      expect(await placesIn(hers)).toEqual(before);
      release();
      await hers.secondLoad();
      expect(await frame().count()).toBe(0);
      expect(new Set(await countsIn(hers.page))).toEqual(new Set(['1, 0 grey']));
      await shown(view === 'list' ? hers.entry(bob) : hers.message('Message 60'));
      expect(await placesIn(hers)).toEqual(before);
    });
  });

  it('is there before a frame of the page that has not come to its end', async () => {
    await fillRoom(room, alice, 60, 'second');
    const line = await partPage(server.origin);
    context = await stage.context();
    const page = await context.newPage();
    await page.goto(line.origin + roomPath(room, alice));
    await shown(page.getByRole('log').getByText('Message 60'));
    await page.waitForLoadState('networkidle');
    await page.goto('about:blank');
    await page.addInitScript(watchFrames);
    await page.goto(line.origin + roomPath(room, alice));
    await page.locator('#app > main').waitFor();
    expect(new Set(await countsIn(page))).toEqual(new Set(['1, 0 grey']));
    line.close();
  });

  it('says nothing that is true only while it is fresh', async () => {
    await server.send(room, bob, 'Hello');
    const his = await stage.roomWindow(room, bob);
    await open(roomPath(room, alice));
    await hers.page.locator('[data-presence="online"]').first().waitFor();
    await holdCode(context);
    await hers.page.reload({ waitUntil: 'commit' });
    await shown(pictureOf('Hello').last());
    expect(await frame().locator('[data-presence]:visible').count()).toBe(0);
    expect(await frame().getByText('online').locator('visible=true').count()).toBe(0);
    await his.page.close();
  });

  it('is no place for what has expired', async () => {
    await server.send(room, bob, 'Hello');
    await open(roomPath(room, alice));
    await shown(hers.message('Hello'));
    await hers.page.goto('about:blank');
    await hers.goto('/livez');
    await hers.page.evaluate(() => {
      const view = JSON.parse(localStorage.getItem('parley-view')!) as { picture: { until?: string } };
      view.picture.until = new Date(Date.now() - 1_000).toISOString();
      localStorage.setItem('parley-view', JSON.stringify(view));
    });
    await holdCode(context);
    await hers.page.goto(server.origin + roomPath(room, alice), { waitUntil: 'commit' });
    await frame().locator('[aria-busy]').waitFor();
    expect(await frame().getAttribute('inert')).toBeNull();
  });

  it('knows when something of it expires', async () => {
    await server.send(room, bob, 'Hello');
    await open(roomPath(room, alice));
    const put = { method: 'PUT', headers: { 'content-type': 'application/json' } };
    const body = JSON.stringify({ seconds: 3_600, active_user_id: alice.id });
    await fetch(`${server.origin}/api/rooms/${room.id}/timer/`, { ...put, body });
    await server.send(room, bob, 'Soon gone');
    await shown(hers.message('Soon gone'));
    await hers.goto('/livez');
    const { picture } = JSON.parse(await stored()) as { picture: { until: string } };
    const inMs = Date.parse(picture.until) - Date.now();
    expect(inMs).toBeGreaterThan(3_500_000);
    expect(inMs).toBeLessThan(3_700_000);
  });

  it.each([
    ['another chat', async () => roomPath(await server.room(alice, await server.person('carol')), alice)],
    ['another user', async () => roomPath(room, bob)],
  ])('is not the picture of %s', async (_, path) => {
    const other = await path();
    await server.send(room, bob, 'Hello');
    await open(roomPath(room, alice));
    await shown(hers.message('Hello'));
    await holdCode(context);
    await hers.page.goto(server.origin + other, { waitUntil: 'commit' });
    await frame().locator('[aria-busy]').waitFor({ state: 'attached' });
    expect(await pictureOf('Hello').count()).toBe(0);
  });

  it.each([
    [
      'the messages are not at their end',
      () =>
        hers.page
          .getByRole('log')
          .hover()
          .then(() => hers.page.mouse.wheel(0, -900)),
    ],
    ['a dialog is open', () => hers.page.getByRole('button', { name: 'New chat' }).click()],
    ['the chat is searched', () => hers.page.keyboard.press('Control+f')],
    ['a message is edited', () => hers.field.press('ArrowUp')],
    ['a view of the list is chosen', () => hers.page.getByRole('tab', { name: 'Waiting' }).click()],
  ])('is not the picture of a page in which %s', async (_, change) => {
    for (let n = 0; n < 8; n++) {
      const peer = await server.person(`peer${n}`);
      await server.send(await server.room(alice, peer), alice, `To ${n}`);
    }
    await fillRoom(room, alice, 60, 'second');
    await open(roomPath(room, alice));
    await shown(hers.message('Message 60'));
    await change();
    await hers.page
      .locator(
        'dialog[open], [role=tab][aria-selected=true]:not(:first-child), .log-tools button, [role=search], [data-composing]',
      )
      .first()
      .waitFor();
    await hers.goto('/livez');
    expect(JSON.parse(await stored())).not.toHaveProperty('picture');
  });

  it('is grey shapes for a browser that has not been here, and those of a chat on a phone', async () => {
    context = await stage.context();
    await holdCode(context);
    hers = await stage.windowIn(context, '/livez');
    await hers.page.goto(server.origin, { waitUntil: 'commit' });
    await until(() => hers.page.locator('.skeleton-room').last().isVisible(), 'the shapes are there');
    const phone = await stage.context({ viewport: PHONE });
    await holdCode(phone);
    const small = await stage.windowIn(phone, '/livez');
    await small.page.goto(server.origin + roomPath(room, alice), { waitUntil: 'commit' });
    await small.page.locator('.skeleton-room').first().waitFor({ state: 'attached' });
    expect(await small.page.locator('.skeleton-room:visible').count()).toBe(0);
  });

  it('ends when the code does not come, with reduced motion no sooner', async () => {
    await server.send(room, bob, 'Hello');
    await open(roomPath(room, alice));
    await hers.page.emulateMedia({ reducedMotion: 'reduce' });
    await shown(hers.message('Hello'));
    await holdCode(context);
    await hers.page.reload({ waitUntil: 'commit' });
    await shown(pictureOf('Hello').last());
    await frame().evaluate((element) => element.getAnimations().forEach((animation) => animation.finish()));
    expect(await pictureOf('Hello').last().isVisible()).toBe(false);
  });
});
