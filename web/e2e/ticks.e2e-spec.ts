import type { Room, User } from '@parley/shared';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';
import { Line } from './support/line';
import { setUpStage, type Stage } from './support/stage';

function tickOf(window: ChatWindow, text: string): Promise<string | null> {
  const tick = window.message(text).locator('svg[class*=tick-] path');
  return tick.evaluate((path) => path.getAttribute('d'));
}

function widthOfTime(window: ChatWindow, text: string): Promise<number> {
  const time = window.message(text).locator('time').first();
  return time.evaluate((element) => element.getBoundingClientRect().width);
}

describe('the status of a message', () => {
  let stage: Stage;
  let alice: User;
  let bob: User;
  let room: Room;

  setUpStage((opened) => {
    stage = opened;
  });
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
