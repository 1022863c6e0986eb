import type { Room, User } from '@parley/shared';
import { setUpStage } from './support/stage';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';
import { fillRoom } from './support/fill-room';

describe('history', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;

  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  async function fill(count: number, sender = alice): Promise<void> {
    for (let n = 1; n <= count; n++) await server.send(room, sender, `Message ${n}`);
  }

  async function open(): Promise<void> {
    hers = await stage.roomWindow(room, alice);
    await shown(
      hers
        .log(bob)
        .getByText(/^Message \d+$/)
        .last(),
    );
  }

  /** Scrolls as a wheel does, until a message that begins so is in the page. */
  async function scrollUpTo(beginning: string): Promise<void> {
    await hers.page.mouse.move(800, 400);
    await until(
      async () => {
        await hers.page.mouse.wheel(0, -900);
        await hers.page.waitForTimeout(30);
        return hasMessage(beginning);
      },
      `scrolled up to ${beginning}`,
      30_000,
    );
  }

  async function hasMessage(beginning: string): Promise<boolean> {
    return (await hers.texts()).some((text) => `${text} `.startsWith(`${beginning} `));
  }

  async function topOf(text: string): Promise<number> {
    return (await hers.message(text).boundingBox())?.y ?? Number.NaN;
  }

  it('opens at the newest message and goes back to the very first one', async () => {
    await fill(70);
    await open();
    expect(await hers.message('Message 70').isVisible()).toBe(true);
    await scrollUpTo('Message 1');
    await shown(hers.log(bob).getByText('This is the beginning of your chat.'));
    const texts = await hers.texts();
    expect(texts.length).toBeGreaterThan(30);
    expect(texts).toEqual(texts.map((_, index) => `Message ${index + 1}`));
  });

  it('keeps the scroll anchor while older messages are added above it', async () => {
    await fill(80);
    const held: (() => void)[] = [];
    await open();
    await hers.page.route('**/messages/**', async (route) => {
      await new Promise<void>((resolve) => held.push(resolve));
      await route.continue();
    });
    const oldest = (await hers.texts())[0] ?? '';
    await scrollUpTo(oldest);
    await hers.page.getByRole('log').evaluate((log) => (log.scrollTop = 120));
    await hers.page.waitForTimeout(200);
    const before = await topOf(oldest);
    for (const release of held) release();
    await until(async () => (await hers.texts())[0] !== oldest, 'a page has come');
    expect(Math.abs((await topOf(oldest)) - before)).toBeLessThanOrEqual(1);
  });

  it('keeps the scroll anchor when a message arrives, shows how many are new, and jumps to the latest', async () => {
    await fill(60);
    await open();
    await scrollUpTo('Message 30');
    const [reading = ''] = await hers.texts();
    const before = await topOf(reading);
    await server.send(room, bob, 'News');
    const jump = hers.page.getByRole('button', { name: /1 new.*jump to latest/i });
    await shown(jump);
    expect(Math.abs((await topOf(reading)) - before)).toBeLessThanOrEqual(1);
    await jump.click();
    await shown(hers.message('News'));
    await jump.waitFor({ state: 'hidden' });
    // At the end again, it follows.
    await server.send(room, bob, 'More news');
    await until(async () => (await topOf('More news')) < 900, 'the newest message is in sight');
  });

  it('scrolls to its own message from anywhere', async () => {
    await fill(60);
    await open();
    await scrollUpTo('Message 20');
    await hers.send('From up here');
    await until(async () => (await topOf('From up here')) < 900, 'the own message is in sight');
  });

  it('marks where the new messages begin, and the mark stays', async () => {
    await fill(5);
    await server.send(room, bob, 'First new');
    await server.send(room, bob, 'Second new');
    await open();
    const divider = hers.log(bob).getByText('New messages');
    await shown(divider);
    const above = await divider.boundingBox();
    expect(above?.y ?? 0).toBeLessThan(await topOf('First new'));
    await until(async () => !(await hers.entry(bob).textContent())?.includes('unread'), 'they are read');
    expect(await divider.isVisible()).toBe(true);
  });

  it('reads only what was in sight', async () => {
    await fill(90, bob);
    await open();
    await hers.page.waitForTimeout(2_500);
    const badge = hers.entry(bob).getByText(/^\d+ unread$/);
    const unread = Number.parseInt((await badge.textContent()) ?? '', 10);
    expect(unread).toBeGreaterThan(30);
    expect(unread).toBeLessThan(90);
  });

  it('keeps few messages in the page, however many there are', async () => {
    await fill(400);
    await open();
    await scrollUpTo('Message 5');
    expect((await hers.texts()).length).toBeLessThanOrEqual(190);
    await hers.page.getByRole('button', { name: 'Jump to latest' }).click();
    await shown(hers.message('Message 400'));
    expect((await hers.texts()).length).toBeLessThanOrEqual(190);
  }, 120_000);

  it('opens with as many messages as fill the window, and has more above as soon as the user scrolls', async () => {
    await fillRoom(room, alice, 400, 'minute');
    await open();
    const count = async () => (await hers.texts()).length;
    // Of the lowest messages, 30 fill a window of 900 pixels; these are higher.
    expect(await count()).toBe(30);
    await hers.page.mouse.move(800, 400);
    await hers.page.mouse.wheel(0, -100);
    await until(async () => (await count()) > 30, 'there is more above');
    await hers.page.mouse.wheel(0, 200);
    await server.send(room, bob, 'One more');
    await shown(hers.message('One more'));
    expect(await hasMessage('Message 400')).toBe(true);
  });

  it('goes where the reader scrolls in the frame in which more is added above', async () => {
    await fillRoom(room, alice, 400, 'minute');
    await open();
    const log = hers.page.getByRole('log');
    const rows = (await hers.texts()).length;
    const top = await log.evaluate(
      (element) =>
        new Promise<number>((resolve) => {
          // Little enough to be at the end still; what has been scrolled is filled after that frame.
          element.scrollTop -= 10;
          requestAnimationFrame(() => {
            element.scrollTop = 150;
            resolve(element.scrollHeight - element.scrollTop);
          });
        }),
    );
    await until(async () => (await hers.texts()).length > rows, 'there is more above');
    expect(await log.evaluate((element) => element.scrollHeight - element.scrollTop)).toBeCloseTo(top, -1);
  });

  it('has at most 200 rows in the page of a chat of 10,000 messages, wherever the user goes', async () => {
    await fillRoom(room, bob, 10_000, 'minute');
    hers = await stage.window(`${roomPath(room, alice)}&at=5000`);
    await shown(hers.message('Message 5000'));
    const rows = () => hers.page.locator('[role=log] > div > ol > li').count();
    expect(await rows()).toBeLessThanOrEqual(200);
    await scrollUpTo('Message 4800');
    expect(await rows()).toBeLessThanOrEqual(200);
    await hers.page.getByRole('button', { name: /jump to latest/i }).click();
    await shown(hers.message('Message 10000'));
    expect(await rows()).toBeLessThanOrEqual(200);
  }, 60_000);

  describe('of long messages', () => {
    beforeEach(async () => {
      for (let n = 1; n <= 120; n++)
        await server.send(room, alice, `Message ${n} ${'goes on and on, '.repeat(30)}`);
      hers = await stage.roomWindow(room, alice);
      await until(() => hasMessage('Message 120'), 'the chat is there');
    });

    it('has no more rows in the page than its height needs', async () => {
      await scrollUpTo('Message 30');
      expect((await hers.texts()).length).toBeLessThan(50);
    });

    it('keeps all messages of a selection, which may grow wherever the user scrolls', async () => {
      await hers.page.getByRole('log').evaluate((log) => {
        const last = [...log.querySelectorAll('[data-bubble]')].at(-1);
        if (last) getSelection()?.selectAllChildren(last);
      });
      await scrollUpTo('Message 50');
      expect(await hasMessage('Message 120')).toBe(true);
    });
  });

  it('comes to rest in a window that has become very high and is full of short messages', async () => {
    await fillRoom(room, alice, 600, 'second');
    hers = await stage.window(`${roomPath(room, alice)}&at=300`);
    await shown(hers.message('Message 300'));
    await hers.page.setViewportSize({ width: 1440, height: 2_160 });
    const changes = () =>
      hers.page.getByRole('log').evaluate(
        (log) =>
          new Promise<number>((resolve) => {
            let count = 0;
            const observer = new MutationObserver((records) => (count += records.length));
            observer.observe(log, { childList: true, subtree: true });
            setTimeout(() => resolve(count), 500);
          }),
      );
    await until(async () => (await changes()) === 0, 'no row comes or goes');
    expect(await hers.texts()).toContain('Message 300');
  });

  it('comes down again through everything that it has left out on the way up', async () => {
    await fill(300);
    await open();
    await scrollUpTo('Message 1');
    await hers.page.mouse.move(800, 400);
    await until(
      async () => {
        await hers.page.mouse.wheel(0, 900);
        await hers.page.waitForTimeout(30);
        return (await hers.texts()).includes('Message 300');
      },
      'the newest message is in the page again',
      30_000,
    );
    const numbers = (await hers.texts()).map((text) => Number(text.split(' ')[1]));
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  }, 120_000);

  it('says when older messages could not be loaded, and tries again on request', async () => {
    await fill(40);
    hers = await stage.window(`/?as=${alice.username}`);
    await hers.page.route('**/messages/**', (route) => route.abort());
    await hers.entry(bob).click();
    await shown(hers.log(bob).getByText('Older messages could not be loaded.'));
    expect(await hers.message('Message 40').isVisible()).toBe(true);
    await hers.page.unroute('**/messages/**');
    await hers.page.getByRole('button', { name: 'Retry' }).click();
    await shown(hers.message('Message 30'));
  });
});
