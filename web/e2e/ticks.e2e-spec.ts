import type { Room, User } from '@parley/shared';
import type { Locator } from 'playwright-core';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';
import { Line } from './support/line';
import { setUpStage } from './support/stage';

function tickOf(window: ChatWindow, text: string): Promise<string | null> {
  const tick = window.message(text).locator('svg[class*=tick-] path');
  return tick.evaluate((path) => path.getAttribute('d'));
}

const directionOf = (part: Locator) => part.evaluate((element) => getComputedStyle(element).direction);

function widthOfTime(window: ChatWindow, text: string): Promise<number> {
  const time = window.message(text).locator('time').first();
  return time.evaluate((element) => element.getBoundingClientRect().width);
}

/** Changes of state take so long that a test can look at them, from the first paint on. */
function stretch(): void {
  document.addEventListener(
    'readystatechange',
    () => document.documentElement.style.setProperty('--motion-state', '100s'),
    { once: true },
  );
}

/** How visible the signs of messages are, and how many of them are about to change. `part`: of the time of the changes, at which they stop. */
function signs({ page }: ChatWindow, part: number): Promise<{ opacities: number[]; changing: number }> {
  return page.evaluate((at) => {
    const changes = document
      .getAnimations()
      .filter((one) => one instanceof CSSTransition && one.transitionProperty === '--tick');
    for (const change of changes) {
      change.pause();
      change.currentTime = at * 100_000;
    }
    const all = [...document.querySelectorAll('[role=log] svg[class*=tick-]')];
    const opacities = new Set(all.map((sign) => Number(Number(getComputedStyle(sign).opacity).toFixed(1))));
    return { opacities: [...opacities], changing: changes.length };
  }, part);
}

describe('the status of a message', () => {
  let alice: User;
  let bob: User;
  let room: Room;

  const stage = setUpStage();
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  it('never changes the size of the bubble, from queued to read', async () => {
    const context = await stage.context();
    const line = await Line.of(context);
    const hers = await stage.windowIn(context, roomPath(room, alice));
    await shown(hers.field);
    await hers.secondLoad();
    // From a width of its own on, and from one at which a word more would break the line.
    const texts = [
      'ok',
      'Wide enough to be near the end of a line of the log, so that a word would make it higher',
    ];
    await line.cut();
    await until(
      async () => (await hers.page.getByText(/connecting…/i).count()) > 0,
      'there is no connection',
    );
    for (const text of texts) await hers.send(text);
    await shown(hers.message('ok'));
    await hers.page.evaluate(() => {
      const sizes: Record<string, string[]> = {};
      const look = () => {
        for (const row of document.querySelectorAll<HTMLElement>('[data-bubble]')) {
          const { width, height } = row.firstElementChild?.getBoundingClientRect() ?? new DOMRect();
          const known = (sizes[row.dataset.bubble ?? ''] ??= []);
          const size = `${width.toFixed(2)} × ${height.toFixed(2)}`;
          if (!known.includes(size)) known.push(size);
        }
        requestAnimationFrame(look);
      };
      look();
      Object.assign(window, { sizes });
    });
    const queued = await tickOf(hers, 'ok');
    await line.mend();
    await shown(hers.message(texts[1] ?? '').getByText('Sent'), 30_000);
    const sent = await tickOf(hers, 'ok');
    const his = await stage.window(`/?as=${bob.username}`);
    await shown(hers.message(texts[1] ?? '').getByText('Delivered'));
    const delivered = await tickOf(hers, 'ok');
    await his.entry(alice).click();
    await shown(hers.message(texts[1] ?? '').getByText('Read'), 15_000);
    const read = await tickOf(hers, 'ok');
    const sizes = await hers.page.evaluate(() =>
      Object.values((window as unknown as { sizes: Record<string, string[]> }).sizes),
    );
    expect(sizes.map((each) => each.length)).toEqual([1, 1]);
    // Each has a shape of its own.
    expect(new Set([queued, sent, delivered, read]).size).toBe(4);
  });

  it('fades in when it changes, and only then', async () => {
    const count = 40;
    for (let n = 0; n < count; n++) await stage.server.send(room, alice, `Message ${n}`);
    const context = await stage.context();
    await context.addInitScript(stretch);
    const hers = await stage.windowIn(context, roomPath(room, alice));
    await shown(hers.message(`Message ${count - 1}`).getByText('Sent'));
    await hers.secondLoad();
    expect(await signs(hers, 0)).toEqual({ opacities: [1], changing: 0 });
    // Rows come and go.
    const log = hers.log(bob);
    for (const top of [0, 100_000]) {
      await log.evaluate((element, to) => element.scrollTo(0, to), top);
      await hers.page.waitForTimeout(300);
      expect(await signs(hers, 0)).toEqual({ opacities: [1], changing: 0 });
    }
    await stage.window(`/?as=${bob.username}`);
    await shown(hers.message(`Message ${count - 1}`).getByText('Delivered'));
    const { opacities, changing } = await signs(hers, 0);
    expect(opacities).toEqual([0]);
    // And that of the list.
    expect(changing).toBeGreaterThan(10);
    const [half] = (await signs(hers, 0.1)).opacities;
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThan(1);
    expect((await signs(hers, 0.999)).opacities).toEqual([1]);
    await hers.page.emulateMedia({ reducedMotion: 'reduce' });
    await hers.send('Without motion');
    await shown(hers.message('Without motion').getByText(/Sent|Delivered/));
    expect((await signs(hers, 0.999)).opacities).toEqual([1]);
  });

  it('is no clock for a message that is sent at once', async () => {
    const hers = await stage.roomWindow(room, alice);
    await shown(hers.field);
    await hers.page.evaluate(() => {
      const seen = { isClockSeen: false };
      Object.assign(window, { seen });
      const look = () => {
        const clock = document.querySelector('svg.tick-sending');
        if (clock && Number(getComputedStyle(clock).opacity) > 0) seen.isClockSeen = true;
        requestAnimationFrame(look);
      };
      look();
    });
    await hers.send('At once');
    await shown(hers.message('At once').getByText(/Sent|Delivered/));
    const { isClockSeen } = await hers.page.evaluate(
      () => (window as unknown as { seen: { isClockSeen: boolean } }).seen,
    );
    expect(isClockSeen).toBe(false);
  });

  it('stands beside a time that a text from right to left does not turn around', async () => {
    await stage.server.send(room, bob, 'שלום');
    const hers = await stage.roomWindow(room, alice);
    const message = hers.message('שלום');
    expect(await directionOf(message.locator('.message-block'))).toBe('rtl');
    expect(await directionOf(message.locator('time'))).toBe('ltr');
  });

  it('and the time stand once in a run; the others show their time under the pointer', async () => {
    for (const text of ['First', 'Second', 'Third']) await stage.server.send(room, bob, text);
    const hers = await stage.roomWindow(room, alice);
    await shown(hers.message('Third'));
    expect(await widthOfTime(hers, 'First')).toBeGreaterThan(20);
    expect(await widthOfTime(hers, 'Second')).toBeLessThan(2);
    await hers.message('Second').hover();
    await shown(hers.page.getByRole('toolbar').locator('time'));
  });
});
