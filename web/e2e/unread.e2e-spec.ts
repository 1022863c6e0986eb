import type { Room, User } from '@parley/shared';
import { setUpStage } from './support/stage';
import { shown, until, type ChatWindow } from './support/chat-window';

/** Longer than it takes until a message in sight counts as read, and its receipt is sent, in milliseconds. */
const READ_MS = 2_500;

describe('what is read', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;

  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  async function fill(count: number, sender = bob, from = 1): Promise<void> {
    for (let n = from; n < from + count; n++) await server.send(room, sender, `Message ${n}`);
  }

  const divider = () => hers.log(bob).getByText('New messages');
  const jump = () => hers.page.getByRole('button', { name: /jump to latest/i });

  /** What the server counts. */
  async function unread(): Promise<number> {
    const response = await fetch(`${server.origin}/api/rooms/?active_user=${alice.id}`);
    const rooms = (await response.json()) as Room[];
    return rooms.find(({ id }) => id === room.id)?.unread_count ?? Number.NaN;
  }

  /** The numbers of the messages that are at least half in sight. */
  async function inSight(): Promise<number[]> {
    return hers.page.getByRole('log').evaluate((log) => {
      const view = log.getBoundingClientRect();
      const rows = [...log.querySelectorAll<HTMLElement>('[data-seq]')].filter((row) => {
        const { top, bottom, height } = row.getBoundingClientRect();
        return Math.min(bottom, view.bottom) - Math.max(top, view.top) >= height / 2;
      });
      return rows.map((row) => Number(row.dataset.seq));
    });
  }

  async function leave(): Promise<void> {
    await hers.page.evaluate(() => {
      document.hasFocus = () => false;
      window.dispatchEvent(new Event('blur'));
    });
  }

  async function comeBack(): Promise<void> {
    await hers.page.evaluate(() => {
      document.hasFocus = () => true;
      window.dispatchEvent(new Event('focus'));
    });
  }

  describe('of 1,000 unread messages', () => {
    beforeEach(async () => {
      await fill(20, alice);
      await fill(1_000, bob, 21);
      hers = await stage.roomWindow(room, alice);
      await shown(hers.message('Message 21'));
    }, 120_000);

    it('is what was in sight: the room opens at the first, with the divider in view', async () => {
      await shown(divider());
      const seqs = await inSight();
      expect(seqs).toContain(21);
      expect(seqs[0]).toBeLessThan(21);
      await hers.page.waitForTimeout(READ_MS);
      const last = Math.max(...(await inSight()));
      expect(await inSight()).toEqual(seqs);
      expect(await unread()).toBe(1_020 - last);
      const his = await stage.roomWindow(room, bob);
      await his.page.getByRole('button', { name: /jump to latest/i }).click();
      await shown(his.message('Message 1020'));
      expect(await his.page.getByRole('log').getByText('Read', { exact: true }).count()).toBe(0);
      await shown(his.message('Message 1020').getByText('Delivered', { exact: true }));
    }, 120_000);

    it('goes on with what is scrolled through, page by page, up to the newest', async () => {
      await hers.page.mouse.move(800, 400);
      const before = await unread();
      await until(
        async () => {
          await hers.page.mouse.wheel(0, 500);
          await hers.page.waitForTimeout(60);
          return (await inSight()).includes(300);
        },
        'scrolled to message 300',
        60_000,
      );
      const isReadUpToHere = async () => (await unread()) === 1_020 - Math.max(...(await inSight()));
      await until(isReadUpToHere, 'what was scrolled through is read');
      expect(await unread()).toBeLessThan(before);
      await hers.page.waitForTimeout(READ_MS);
      expect(await isReadUpToHere()).toBe(true);
    }, 120_000);

    it('stops at what was jumped over, until Jump to latest takes all as read', async () => {
      const shownFirst = Math.max(...(await inSight()));
      await hers.page.waitForTimeout(READ_MS);
      await hers.send('I have not read all of this');
      await shown(hers.message('I have not read all of this').getByText(/Sent|Delivered/));
      await hers.page.waitForTimeout(READ_MS);
      expect(await unread()).toBe(1_020 - shownFirst);
      await shown(hers.entry(bob).getByText(`${1_020 - shownFirst} unread`));
      // The end is in sight, and the way to take all as read too.
      await jump().click();
      await until(async () => (await unread()) === 0, 'all is read');
      await jump().waitFor({ state: 'hidden' });
      expect(await hers.entry(bob).textContent()).not.toContain('unread');
    }, 120_000);

    it('is not changed by messages that come meanwhile, which follow when one gets there', async () => {
      const top = (await hers.message('Message 21').boundingBox())?.y ?? Number.NaN;
      for (let n = 1; n <= 3; n++) await server.send(room, bob, `Live ${n}`);
      await shown(hers.entry(bob).getByText('Live 3'));
      expect(await hers.message('Live 3').count()).toBe(0);
      expect(Math.abs(((await hers.message('Message 21').boundingBox())?.y ?? 0) - top)).toBeLessThanOrEqual(
        1,
      );
      await hers.page.mouse.move(800, 400);
      await until(
        async () => {
          await hers.page.mouse.wheel(0, 3_000);
          await hers.page.waitForTimeout(30);
          return (await hers.texts()).includes('Live 3');
        },
        'scrolled to the end',
        60_000,
      );
      const numbers = (await hers.texts()).filter((text) => text.startsWith('Message'));
      expect(numbers).toEqual(numbers.map((_, n) => `Message ${1_020 - numbers.length + 1 + n}`));
      expect((await hers.texts()).slice(-3)).toEqual(['Live 1', 'Live 2', 'Live 3']);
    }, 120_000);
  });

  it('is nothing while nobody looks: the log waits at the first message that came meanwhile', async () => {
    await fill(40, alice);
    hers = await stage.roomWindow(room, alice);
    await shown(hers.message('Message 40'));
    await leave();
    await fill(30, bob, 41);
    await shown(divider());
    await hers.page.waitForTimeout(READ_MS);
    expect(await unread()).toBe(30);
    await shown(hers.entry(bob).getByText('30 unread'));
    await comeBack();
    const seqs = await inSight();
    expect(seqs).toContain(41);
    expect(seqs).not.toContain(70);
    await hers.page.waitForTimeout(READ_MS);
    expect(await inSight()).toEqual(seqs);
    expect(await unread()).toBe(70 - Math.max(...seqs));
  }, 60_000);

  it('follows again when all that came meanwhile is in sight', async () => {
    await fill(40, alice);
    hers = await stage.roomWindow(room, alice);
    await shown(hers.message('Message 40'));
    await leave();
    await fill(3, bob, 41);
    await shown(divider());
    await comeBack();
    await until(async () => (await unread()) === 0, 'all is read');
    await fill(10, bob, 44);
    await until(async () => (await inSight()).includes(53), 'the newest message is in sight');
    await until(async () => (await unread()) === 0, 'all is read');
  });

  it('stays in view when more comes at once than fits', async () => {
    await fill(40, alice);
    hers = await stage.roomWindow(room, alice);
    await shown(hers.message('Message 40'));
    await fill(40, bob, 41);
    await shown(hers.entry(bob).getByText(/^\d+ unread$/));
    await hers.page.waitForTimeout(READ_MS);
    const seqs = await inSight();
    expect(seqs).toContain(41);
    expect(await unread()).toBe(80 - Math.max(...seqs));
    await shown(jump());
  });

  it('moves the divider on when one leaves again', async () => {
    await fill(40, alice);
    hers = await stage.roomWindow(room, alice);
    await shown(hers.message('Message 40'));
    for (const first of [41, 43]) {
      await leave();
      await fill(2, bob, first);
      await shown(divider());
      await until(async () => {
        const line = (await divider().boundingBox())?.y ?? Number.NaN;
        const above = (await hers.message(`Message ${first - 1}`).boundingBox())?.y ?? Number.NaN;
        const below = (await hers.message(`Message ${first}`).boundingBox())?.y ?? Number.NaN;
        return above < line && line < below;
      }, `the divider is at message ${first}`);
      await comeBack();
      await until(async () => (await unread()) === 0, 'all is read');
    }
  });
});
