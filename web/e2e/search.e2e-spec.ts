import type { Room, User } from '@parley/shared';
import { violations } from './support/axe';
import { PHONE, shown, until, type ChatWindow } from './support/chat-window';
import { keysReady } from './support/keyboard';
import { setUpStage } from './support/stage';

const field = (window: ChatWindow) => window.page.locator('[data-search]');
const results = (window: ChatWindow) =>
  window.page.getByRole('region', { name: 'Search messages' }).getByRole('listitem');
const isInSight = (hers: ChatWindow, text: string) =>
  hers.message(text).evaluate((row) => {
    const { top, bottom } = row.getBoundingClientRect();
    return top >= 0 && bottom <= window.innerHeight;
  });
const highlighted = (window: ChatWindow, name: string) =>
  window.page.evaluate((of) => [...(CSS.highlights.get(of) ?? [])].map(String), name);

describe('the search', () => {
  let [alice, bob, carol]: User[] = [];
  let [withBob, withCarol]: Room[] = [];

  const stage = setUpStage();
  beforeAll(async () => {
    const { server } = stage;
    [alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map((name) => server.person(name)));
    withBob = await server.room(alice!, bob!);
    withCarol = await server.room(alice!, carol!);
    const say = (room: Room, user: User, text: string) => server.send(room, user, text);
    await say(withCarol, carol!, 'The Crème brûlée recipe is in the blue book');
    for (let n = 1; n <= 60; n++)
      await say(withBob, n % 2 ? bob! : alice!, n % 20 === 5 ? `brulee no. ${n}` : `line ${n}`);
  });

  it('in all chats finds any part of a message, narrows down by chips, and opens at the message', async () => {
    const hers = await stage.window(`/?as=${alice!.username}`);
    await hers.page.getByRole('button', { name: 'Search messages' }).first().click();
    await field(hers).fill('BRULÉE');
    await until(async () => (await results(hers).count()) === 4, 'all four are found');
    expect(await results(hers).locator('mark').allTextContents()).toEqual([
      'brulee',
      'brulee',
      'brulee',
      'brûlée',
    ]);
    await shown(hers.page.getByText('4 messages found'));
    expect(await violations(hers.page)).toEqual([]);

    await hers.page.getByRole('combobox', { name: 'From' }).selectOption(carol!.username);
    await until(async () => (await results(hers).count()) === 1, 'one is of carol');
    await hers.page.getByRole('button', { name: 'Clear filters' }).click();
    await hers.page.getByRole('combobox', { name: 'Chat' }).selectOption(String(withBob!.id));
    await until(async () => (await results(hers).count()) === 3, 'three are in the chat with bob');

    await field(hers).press('ArrowDown');
    await hers.page.keyboard.press('ArrowDown');
    await hers.page.keyboard.press('ArrowDown');
    await hers.page.keyboard.press('Enter');
    await until(() => isInSight(hers, 'brulee no. 5'), 'the oldest hit is in sight');
    expect(new URL(hers.page.url()).searchParams.get('at')).toBe('5');
    await results(hers).first().getByRole('link').click();
    await until(() => isInSight(hers, 'brulee no. 45'), 'the newest hit is in sight');

    await field(hers).fill('nothing like this');
    await shown(hers.page.getByText('Nothing found').last());
    await field(hers).press('Escape');
    await results(hers).first().waitFor({ state: 'detached' });
    expect(await hers.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Search messages',
    );
    expect(hers.complaints).toEqual([]);
  });

  it('in a chat goes from hit to hit by keyboard, highlights them, and Escape goes back to where one was', async () => {
    const hers = await stage.roomWindow(withBob!, alice!);
    // At the first message that is not read.
    await until(() => isInSight(hers, 'line 1'), 'the beginning is in sight');
    await keysReady(hers);
    await hers.page.keyboard.press('Control+f');
    await field(hers).fill('brulee');
    await shown(hers.page.getByText('1 of 3', { exact: true }));
    await until(() => isInSight(hers, 'brulee no. 45'), 'the newest hit is in sight');
    await until(
      async () => (await highlighted(hers, 'search-current')).join() === 'brulee',
      'it is highlighted',
    );
    expect(await violations(hers.page)).toEqual([]);

    await field(hers).press('Enter');
    await shown(hers.page.getByText('2 of 3', { exact: true }));
    await hers.page.keyboard.press('F3');
    await shown(hers.page.getByText('3 of 3', { exact: true }));
    await until(() => isInSight(hers, 'brulee no. 5'), 'the oldest hit is in sight');
    await hers.page.keyboard.press('Shift+F3');
    await shown(hers.page.getByText('2 of 3', { exact: true }));

    await field(hers).press('Escape');
    await field(hers).waitFor({ state: 'detached' });
    await until(() => isInSight(hers, 'line 1'), 'the beginning is in sight again');
    expect(new URL(hers.page.url()).searchParams.get('at')).toBeNull();
    expect(await highlighted(hers, 'search-current')).toEqual([]);
    expect(hers.complaints).toEqual([]);
  });

  it('shows a message in its own direction, not in that of the name of its sender', async () => {
    const { server } = stage;
    const dov = await server.person('dov');
    await server.setName(dov, 'דוב');
    await server.send(await server.room(alice!, dov), dov, 'Meet me at the harbour.');
    const hers = await stage.window(`/?as=${alice!.username}`);
    await hers.page.getByRole('button', { name: 'Search messages' }).first().click();
    await field(hers).fill('harbour');
    const hit = results(hers).locator('mark');
    await shown(hit);
    expect(await hit.evaluate((mark) => getComputedStyle(mark).direction)).toBe('ltr');
    // The sender stands before it.
    const isBefore = await hit.evaluate((mark) => {
      const range = document.createRange();
      range.selectNode(mark.closest('bdi')!.previousSibling!);
      return range.getBoundingClientRect().right <= mark.getBoundingClientRect().left;
    });
    expect(isBefore).toBe(true);
  });

  it('on a phone comes back to the results from a chat', async () => {
    const hers = await stage.window(`/?as=${alice!.username}`, { viewport: PHONE, isTouch: true });
    await hers.page.getByRole('button', { name: 'Search messages' }).first().tap();
    await field(hers).fill('blue book');
    await results(hers).first().getByRole('link').tap();
    await until(
      () => isInSight(hers, 'The Crème brûlée recipe is in the blue book'),
      'the message is in sight',
    );
    await hers.page.goBack();
    await shown(results(hers).first());
    expect(await field(hers).inputValue()).toBe('blue book');
  });
});
