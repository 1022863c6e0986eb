import type { Room, User } from '@parley/shared';
import { violations } from './support/axe';
import { PHONE, roomPath, shown, until, type ChatWindow } from './support/chat-window';
import { fillRoom } from './support/fill-room';
import { holdSecondLoad } from './support/first-load';
import { setUpStage } from './support/stage';

/** Noon of the day that is so many days ago. */
function daysAgo(days: number): Date {
  const date = new Date();
  date.setDate(date.getDate() - days);
  date.setHours(12, 0, 0, 0);
  return date;
}

/** As a field for dates has it. */
function dayOf(date: Date): string {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}

const isFocused = (element: Element) => element === document.activeElement;

describe('finding', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;

  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  const hasFocus = (selector: string) =>
    hers.page.evaluate((wanted) => !!document.activeElement?.matches(wanted), selector);
  /** Whether the whole message is in sight. */
  const isInSight = async (text: string) => {
    const [row] = await hers.message(text).all();
    const box = await row?.boundingBox();
    return !!box && box.y >= 60 && box.y + box.height <= hers.page.viewportSize()!.height - 60;
  };

  /** Fills the dialog in. */
  const jump = async (date: Date) => {
    const dialog = hers.page.getByRole('dialog', { name: 'Jump to date' });
    await shown(dialog);
    expect(await violations(hers.page)).toEqual([]);
    await dialog.getByLabel('Date').fill(dayOf(date));
    await hers.page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
  };

  describe('the views of the list', () => {
    let zoe: User;

    beforeEach(async () => {
      await server.send(room, bob, 'Hello');
      zoe = await server.person('zoe');
      await server.chat(alice, zoe);
      await Promise.all(
        Array.from({ length: 6 }, async (_, n) => server.chat(alice, await server.person(`p${n}`))),
      );
    });

    it('move nothing when they come, and are not there for a few chats', async () => {
      const context = await stage.context();
      const release = await holdSecondLoad(context);
      hers = await stage.windowIn(context, `/?as=${alice.username}`);
      await shown(hers.entry(zoe));
      const before = await hers.entry(zoe).boundingBox();
      release();
      await shown(hers.page.getByRole('tab', { name: 'All' }));
      expect(await hers.entry(zoe).boundingBox()).toEqual(before);
      const his = await stage.window(`/?as=${bob.username}`);
      await shown(his.entry(alice));
      await his.secondLoad();
      expect(await his.page.getByRole('tab').count()).toBe(0);
    });

    it('have a filter by name, without regard to case and accents, that leads to a chat by key', async () => {
      hers = await stage.window(`/?as=${alice.username}`, { viewport: PHONE });
      const button = hers.rooms.getByRole('button', { name: 'Filter by name' });
      const field = hers.rooms.getByRole('searchbox', { name: 'Filter by name' });
      await shown(button);
      expect(await field.count()).toBe(0);
      await button.click();
      await until(() => field.evaluate(isFocused), 'the field has the focus');
      await field.fill(' ZÖE');
      await hers.entry(bob).waitFor({ state: 'detached' });
      await shown(hers.page.getByRole('status').getByText('1 chat found'));
      expect(await violations(hers.page)).toEqual([]);
      await field.press('ArrowDown');
      expect(await hers.entry(zoe).evaluate(isFocused)).toBe(true);
      await hers.page.keyboard.press('ArrowUp');
      await hers.page.keyboard.press('Escape');
      await shown(hers.entry(bob));
      expect([await field.count(), await button.evaluate(isFocused)]).toEqual([0, true]);
      await button.click();
      await field.fill('nobody of that name');
      await shown(hers.page.getByText('No chat with anyone of that name'));
      await hers.page.getByRole('button', { name: 'Close the filter' }).click();
      await shown(hers.entry(bob));
      await button.click();
      await field.fill(zoe.username.slice(1));
      await hers.entry(bob).waitFor({ state: 'detached' });
      await field.press('Enter');
      await shown(hers.log(zoe));
    });
  });

  describe('a day', () => {
    beforeEach(async () => {
      // A message a day: number 400 is of today.
      await fillRoom(room, bob, 400, 'day');
    });

    it('opens at its first message from the day in the log, wherever that is in the room', async () => {
      hers = await stage.window(`${roomPath(room, alice)}&at=400`);
      await hers.page.getByRole('log').getByRole('button', { name: 'Yesterday', exact: true }).click();
      await jump(daysAgo(321));
      await until(() => isInSight('Message 79'), 'the message of that day is in sight');
      expect(hers.complaints).toEqual([]);
    });

    it('opens also for a click that came before the code that answers it', async () => {
      const context = await stage.context();
      const release = await holdSecondLoad(context);
      hers = await stage.windowIn(context, `${roomPath(room, alice)}&at=400`);
      await shown(hers.message('Message 400'));
      await hers.page.getByRole('log').getByRole('button', { name: 'Today', exact: true }).click();
      expect(await hers.page.getByRole('dialog').count()).toBe(0);
      release();
      await jump(daysAgo(321));
      await until(() => isInSight('Message 79'), 'the message of that day is in sight');
      expect(hers.complaints).toEqual([]);
    });

    it('opens from the search of the chat, by keyboard alone', async () => {
      hers = await stage.window(`${roomPath(room, alice)}&at=400`);
      await shown(hers.message('Message 400'));
      await hers.page.getByRole('region').getByRole('button', { name: 'Search messages' }).focus();
      await hers.page.keyboard.press('Enter');
      await until(() => hasFocus('[data-search]'), 'the search is open');
      await hers.page.keyboard.press('Tab');
      await hers.page.keyboard.press('Enter');
      await jump(daysAgo(10));
      await until(() => isInSight('Message 390'), 'the message of that day is in sight');
      expect(await hers.page.locator('[data-search]').count()).toBe(0);
    });

    it('says when the server does not answer, and goes there when it does', async () => {
      hers = await stage.window(`${roomPath(room, alice)}&at=400`);
      await shown(hers.message('Message 400'));
      await hers.page.getByRole('log').getByRole('button', { name: 'Today', exact: true }).click();
      await hers.page.context().route(/\?around=/, (route) => route.abort());
      const dialog = hers.page.getByRole('dialog', { name: 'Jump to date' });
      await dialog.getByLabel('Date').fill(dayOf(daysAgo(200)));
      await dialog.getByRole('button', { name: 'Jump' }).click();
      await shown(dialog.getByRole('alert').getByText('The server does not answer. Try again.'));
      await hers.page.context().unrouteAll();
      await dialog.getByRole('button', { name: 'Jump' }).click();
      await until(() => isInSight('Message 200'), 'the message of that day is in sight');
    });
  });

  it('leads to the first unread message from both sides, and to the latest, which reads all', async () => {
    await fillRoom(room, alice, 60, 'minute');
    await fillRoom(room, bob, 60, 'minute');
    hers = await stage.roomWindow(room, alice);
    await until(() => isInSight('Message 61'), 'it opens at the first unread message');
    const first = hers.page.getByRole('button', { name: 'First unread' });
    const latest = hers.page.getByRole('button', { name: /jump to latest/i });
    await shown(latest);
    expect(await first.count()).toBe(0);
    const log = hers.page.getByRole('log');
    await log.evaluate((element) => (element.scrollTop = 0));
    await shown(first);
    await first.click();
    await until(() => isInSight('Message 61'), 'it is in sight again');
    await first.waitFor({ state: 'detached' });
    // Past those that are not seen.
    await hers.page.goto('about:blank');
    await hers.goto(`${roomPath(room, alice)}&at=120`);
    await shown(hers.message('Message 120'));
    await shown(first);
    expect(await violations(hers.page)).toEqual([]);
    await first.focus();
    await hers.page.keyboard.press('Enter');
    await first.waitFor({ state: 'detached' });
    await until(() => hasFocus('[data-seq]'), 'the focus is in the messages');
    await latest.click();
    await until(() => isInSight('Message 120'), 'the latest is in sight');
    await latest.waitFor({ state: 'detached' });
    await until(
      async () =>
        (await hers
          .entry(bob)
          .getByText(/unread/)
          .count()) === 0,
      'nothing is unread',
    );
  });
});
