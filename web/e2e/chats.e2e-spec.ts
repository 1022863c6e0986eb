import type { Room, User } from '@parley/shared';
import type { Locator } from 'playwright-core';
import { Account, ACCOUNTS } from './support/account';
import { violations } from './support/axe';
import { PHONE, shown, until, type ChatWindow } from './support/chat-window';
import { Fingers } from './support/fingers';
import { setUpStage } from './support/stage';

/** So many chats have views. */
const CHATS = 9;

const boxOf = (locator: Locator) =>
  locator.evaluate((element) => element.getBoundingClientRect().toJSON() as DOMRect);

describe('the list of chats', () => {
  let alice: User;
  /** The last one wrote last. */
  let peers: User[];
  let rooms: Room[];
  let hers: ChatWindow;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;

  beforeEach(async () => {
    alice = await server.person('alice');
    peers = [];
    rooms = [];
    for (let i = 0; i < CHATS; i++) {
      const peer = await server.person(`peer${i}`);
      const room = await server.room(alice, peer);
      await server.send(room, peer, `hello from ${i}`);
      peers.push(peer);
      rooms.push(room);
    }
  });

  const open = async (look = {}) => {
    hers = await stage.window(`/?as=${alice.username}`, look);
    await shown(hers.entry(peers[0]!));
    await hers.secondLoad();
  };
  /** The names of the chats in the list, from its top. */
  const names = () => hers.rooms.locator('[data-room] [dir=auto].font-semibold').allTextContents();
  const nameAt = async (place: number) => (await names()).at(place);
  const item = (name: string) => hers.page.getByRole('menuitem', { name });
  const tab = (name: string) => hers.rooms.getByRole('tab', { name: new RegExp(`^${name}`) });
  const choose = async (peer: User, ...items: string[]) => {
    await hers.entry(peer).click({ button: 'right' });
    for (const name of items) await item(name).click();
  };
  const [first, last] = [() => peers[0]!, () => peers[CHATS - 1]!];

  it('pins a chat above the others, in every window, and keeps it there', async () => {
    await open();
    const other = await stage.window(`/?as=${alice.username}`);
    await choose(first(), 'Pin');
    await until(async () => (await nameAt(0)) === first().username, 'it is the first');
    await shown(other.entry(first()).getByText('pinned'));
    await server.send(rooms[4]!, peers[4]!, 'newer');
    await until(async () => (await nameAt(1)) === peers[4]!.username, 'the other is below it');
    await hers.page.reload();
    await until(async () => (await nameAt(0)) === first().username, 'it is the first again');
    await shown(hers.entry(first()).getByText('pinned'));
    await choose(first(), 'Unpin');
    await until(async () => (await nameAt(-1)) === first().username, 'it is in its place');
  });

  it('archives a chat until it has a message, and takes that back', async () => {
    await open();
    await choose(first(), 'Archive');
    await hers.entry(first()).waitFor({ state: 'detached' });
    await shown(tab('Archived 1'));
    await hers.page.getByRole('button', { name: 'Undo' }).click();
    await shown(hers.entry(first()));
    await choose(first(), 'Archive');
    await tab('Archived').click();
    await shown(hers.entry(first()));
    expect(await names()).toEqual([first().username]);
    expect(await violations(hers.page)).toEqual([]);
    await server.send(rooms[0]!, first(), 'here again');
    await until(
      async () => (await nameAt(0)) === first().username && (await names()).length === CHATS,
      'it is back',
    );
  });

  it('leads to a view that does not fit beside the others', async () => {
    await open();
    await choose(first(), 'Archive');
    const end = hers.rooms.locator('.side-scroll[data-end=end]');
    const isInSight = () =>
      tab('Archived').evaluate((element) => {
        const { left, right } = element.getBoundingClientRect();
        const all = element.parentElement!.getBoundingClientRect();
        return left >= all.left && right <= all.right;
      });
    await shown(end);
    expect(await isInSight()).toBe(false);
    await end.click();
    await until(isInSight, 'it is in sight');
    await end.waitFor({ state: 'detached' });
    await tab('Archived').click();
    await hers.rooms.locator('.side-scroll[data-end=start]').click();
    await shown(end);
    expect(await violations(hers.page)).toEqual([]);
  });

  it('mutes a chat for as long as the user says', async () => {
    await open();
    await choose(last(), 'Mute', 'For 8 hours');
    await shown(hers.entry(last()).getByText('muted'));
    await shown(hers.page.getByText(`The chat with ${last().username} is muted.`));
    await choose(last(), 'Unmute');
    await hers.entry(last()).getByText('muted').waitFor({ state: 'detached' });
  });

  it('marks a chat as read and as unread, until it is opened', async () => {
    await open();
    await choose(last(), 'Mark as read');
    await hers.entry(last()).getByText('1 unread').waitFor({ state: 'detached' });
    await choose(last(), 'Mark as unread');
    await shown(hers.entry(last()).getByText('marked unread'));
    await hers.entry(last()).click();
    await hers.entry(last()).getByText('marked unread').waitFor({ state: 'detached' });
  });

  it('has a view for what is unread, owed and waited for, with counts', async () => {
    await open();
    await shown(tab(`Unread ${CHATS}`));
    await choose(last(), 'Mark as read');
    await shown(tab('I owe a reply 1'));
    await shown(tab(`Unread ${CHATS - 1}`));
    await tab('I owe a reply').click();
    expect(await names()).toEqual([last().username]);
    await server.send(rooms[CHATS - 1]!, alice, 'my answer');
    await shown(hers.rooms.getByText('You owe nobody a reply'));
    expect(await violations(hers.page)).toEqual([]);
    await hers.page.keyboard.press('ArrowRight');
    expect(await tab('Waiting').getAttribute('aria-selected')).toBe('true');
    expect(await names()).toEqual([last().username]);
    await hers.page.keyboard.press('Home');
    await until(async () => (await names()).length === CHATS, 'all are shown');
  });

  it('shows what is typed and not sent, without moving the chat', async () => {
    await open();
    await hers.entry(first()).click();
    await shown(hers.log(first()));
    await hers.field.fill('half a thought');
    await hers.entry(last()).click();
    await shown(hers.entry(first()).getByText('Draft: half a thought'));
    expect(await nameAt(-1)).toBe(first().username);
    await hers.page.reload();
    await shown(hers.entry(first()).getByText('Draft: half a thought'));
    await hers.entry(first()).click();
    await shown(hers.entry(first()).getByText('hello from 0'));
  });

  it('is one stop of the Tab key, and has its menu by key', async () => {
    await open();
    const stops = () => hers.rooms.locator('[data-room] a[tabindex="0"]').count();
    await until(async () => (await stops()) === 1, 'one row is a stop');
    await hers.entry(last()).focus();
    await hers.page.keyboard.press('End');
    await hers.page.keyboard.press('ArrowUp');
    expect(await stops()).toBe(1);
    await hers.page.keyboard.press('Shift+F10');
    await shown(item('Archive'));
    expect(await violations(hers.page)).toEqual([]);
    await hers.page.keyboard.press('Escape');
    await item('Archive').waitFor({ state: 'detached' });
    const hasFocus = () => hers.entry(peers[1]!).evaluate((entry) => entry === document.activeElement);
    await until(hasFocus, 'the focus is back');
    await hers.page.keyboard.press('Shift+F10');
    await hers.page.keyboard.press('ArrowDown');
    await hers.page.keyboard.press('Enter');
    await until(async () => (await nameAt(0)) === peers[1]!.username, 'it is pinned');
    // Rows that move or go take the focus along, or leave it to the next one.
    await until(hasFocus, 'it has the focus in its new place');
    await hers.page.keyboard.press('Shift+F10');
    await hers.page.keyboard.press('End');
    await hers.page.keyboard.press('Enter');
    await hers.entry(peers[1]!).waitFor({ state: 'detached' });
    await until(
      () => hers.entry(last()).evaluate((entry) => entry === document.activeElement),
      'the next one has the focus',
    );
  });

  it.each(['comfortable', 'compact'] as const)(
    'has a button in the place of the time, %s',
    async (density) => {
      const name = 'Donaudampfschifffahrtsgesellschaft';
      await server.setName(peers[2]!, name);
      await open();
      await hers.page.evaluate((value) => (document.documentElement.dataset.density = value), density);
      const entry = hers.entry({ username: name });
      await entry.hover();
      const button = hers.page.getByRole('button', { name: `Options for the chat with ${name}` });
      const { top, bottom, left } = await boxOf(button);
      await until(
        () => entry.locator('time').evaluate((time) => getComputedStyle(time).opacity === '0'),
        'it is in the place of the time',
      );
      expect((await boxOf(entry.locator('[dir=auto].font-semibold'))).right).toBeLessThanOrEqual(left);
      const badge = await boxOf(entry.locator('.unread-badge'));
      expect(badge.top).toBeGreaterThan(bottom);
      expect((await boxOf(entry)).top).toBeLessThanOrEqual(top);
      await button.click();
      await shown(item('Archive'));
    },
  );

  it('is not opened by a tap beside its menu, which has the focus meanwhile', async () => {
    await open({ viewport: PHONE, isTouch: true });
    const finger = await (await Fingers.on(hers.page)).press(hers.entry(first()));
    await shown(item('Pin'));
    await finger.release();
    const { left, top } = await boxOf(hers.entry(last()));
    await hers.page.touchscreen.tap(left + 100, top + 20);
    await item('Pin').waitFor({ state: 'hidden' });
    await hers.page.waitForTimeout(300);
    expect(new URL(hers.page.url()).pathname).toBe('/');

    const again = await (await Fingers.on(hers.page)).press(hers.entry(first()));
    await shown(item('Pin'));
    await again.release();
    await hers.page.keyboard.press('Escape');
    await item('Pin').waitFor({ state: 'hidden' });
  });

  it('has its menu by a finger that rests, without opening the chat', async () => {
    await open({ viewport: PHONE, isTouch: true });
    const finger = await (await Fingers.on(hers.page)).press(hers.entry(first()));
    await shown(item('Pin'));
    await finger.release();
    expect(await violations(hers.page)).toEqual([]);
    expect(new URL(hers.page.url()).pathname).toBe('/');
    await item('Pin').click();
    await until(async () => (await nameAt(0)) === first().username, 'it is pinned');
  });

  it('has the same in the menu of the open chat', async () => {
    await open();
    await hers.entry(first()).click();
    await shown(hers.log(first()));
    const menu = () => hers.page.getByRole('button', { name: 'Chat options', exact: true }).click();
    await menu();
    await item('Pin').click();
    await until(async () => (await nameAt(0)) === first().username, 'it is pinned');
    await menu();
    await item('Mute').click();
    await item('For 1 week').click();
    await shown(hers.entry(first()).getByText('muted'));
    await menu();
    await item('Archive').click();
    await hers.entry(first()).waitFor({ state: 'detached' });
    await shown(hers.log(first()));
  });

  it('has a chat at its top in which is written without a connection', async () => {
    await open();
    await hers.entry(first()).click();
    await shown(hers.log(first()));
    await hers.page.context().setOffline(true);
    await hers.send('written on a train');
    await until(async () => (await nameAt(0)) === first().username, 'it is the first');
    await shown(hers.entry(first()).getByText('written on a train'));
    await hers.page.context().setOffline(false);
    await shown(hers.message('written on a train').getByText('Sent'));
    expect(await nameAt(0)).toBe(first().username);
  });

  it('says when nothing was changed', async () => {
    await open();
    await hers.page.route('**/settings/**', (route) => route.abort());
    await choose(first(), 'Pin');
    await shown(hers.page.getByText('The server does not answer: nothing has changed.'));
    await hers.page.unroute('**/settings/**');
    await hers.page.getByRole('button', { name: 'Try again' }).click();
    await shown(hers.entry(first()).getByText('pinned'));
  });
});

describe('with accounts', () => {
  const stage = setUpStage(ACCOUNTS);

  it('a chat is muted, archived and marked on every device of its user, and the other learns nothing', async () => {
    const [alice, bob] = await Promise.all([Account.create(stage, 'alice'), Account.create(stage, 'bob')]);
    const path = await bob.chatWith(alice);
    const [hers, phone, his] = await Promise.all([
      alice.window(),
      alice.window('/', { viewport: PHONE }),
      bob.window(path),
    ]);
    await hers.secondLoad();
    const choose = async (...items: string[]) => {
      await hers.entry(bob.user).click({ button: 'right' });
      for (const name of items) await hers.page.getByRole('menuitem', { name }).click();
    };
    await shown(hers.entry(bob.user).getByText('1 unread'));
    await choose('Mark as read');
    await hers.entry(bob.user).getByText('1 unread').waitFor({ state: 'detached' });
    await choose('Mark as unread');
    await shown(phone.entry(bob.user).getByText('marked unread'));
    await choose('Mute', 'For ever');
    await shown(phone.entry(bob.user).getByText('muted'));
    await choose('Archive');
    await phone.entry(bob.user).waitFor({ state: 'detached' });
    // Muted: it stays archived.
    await his.send('Are you there?');
    await shown(his.message('Are you there?').getByText('Delivered'));
    await phone.rooms.getByRole('tab', { name: /^Archived/ }).click();
    await shown(phone.entry(bob.user).getByText('Are you there?'));
    await phone.page.reload();
    await shown(phone.rooms.getByRole('tab', { name: /^Archived 1/ }));
    expect(
      await his
        .entry(alice.user)
        .getByText(/muted|pinned|marked/)
        .count(),
    ).toBe(0);
  });
});
