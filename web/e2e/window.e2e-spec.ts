import type { Room, User } from '@parley/shared';
import { readFirstLoad, SECOND_LOAD } from './support/first-load';
import { setUpStage } from './support/stage';
import { PHONE, roomPath, shown, until, type ChatWindow } from './support/chat-window';

function isTooWide({ page }: ChatWindow): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
}

describe('a window', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage();
  const { server } = stage;
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  it('is the first user when the URL names none', async () => {
    hers = await stage.window('/');
    await until(() => hers.isActingAs('alice'), 'acting as alice');
    expect(new URL(hers.page.url()).search).toBe('?as=alice');
  });

  it('says in simulation that it is one', async () => {
    hers = await stage.window(`/?as=${alice.username}`);
    await shown(hers.page.getByText('Simulation: anyone here can act as anyone.'));
  });

  it('is simulation for a server that does not know accounts', async () => {
    const context = await stage.context();
    await context.route(/\/api\/(auth|start)\//, (route) =>
      route.fulfill({ status: 404, json: { status: 404 } }),
    );
    hers = await stage.windowIn(context, `/?as=${alice.username}`);
    await until(() => hers.isActingAs(alice.username), 'acting as alice');
  });

  it('becomes another user on request, with their chats, URL and one socket', async () => {
    const carol = await server.person('carol');
    await server.chat(alice, bob);
    await server.chat(bob, carol);
    hers = await stage.window(`/?as=${alice.username}`);
    await shown(hers.entry(bob));
    await (await hers.openActingAs()).selectOption(carol.username);
    await until(() => new URL(hers.page.url()).search === `?as=${carol.username}`, 'the address follows');
    await until(async () => (await hers.rooms.getByRole('link').count()) === 1, 'only carol’s rooms');
    await shown(hers.entry(bob));
    await until(() => hers.sockets.opened === 2 && hers.sockets.open === 1, 'one socket, a new one');
    await hers.page.goBack();
    await until(() => hers.isActingAs(alice.username), 'back is alice again');
  });

  it('uses one socket, whatever chat is open', async () => {
    const carol = await server.person('carol');
    await server.chat(alice, carol);
    hers = await stage.roomWindow(room, alice);
    await shown(hers.log(bob));
    await hers.entry(carol).click();
    await shown(hers.log(carol));
    await server.send(room, bob, 'While you are there');
    await shown(hers.entry(bob).getByText('1 unread'));
    await hers.entry(bob).click();
    await shown(hers.message('While you are there'));
    expect(hers.sockets).toEqual({ opened: 1, open: 1 });
  });

  it('starts a chat with anyone: find, Enter, write', async () => {
    const erin = await server.person('erin');
    hers = await stage.window(`/?as=${alice.username}`);
    await hers.page.getByRole('button', { name: 'New chat' }).click();
    const find = hers.page
      .getByRole('dialog', { name: 'New chat' })
      .getByRole('searchbox', { name: 'Find people' });
    await find.fill(erin.username);
    await find.press('Enter');
    await shown(hers.log(erin));
    expect(await hers.page.getByRole('dialog').count()).toBe(0);
    await shown(hers.page.getByText(`Say hello to ${erin.username}.`));
    await hers.send('Hello erin');
    const hersToo = await stage.window(`/?as=${erin.username}`);
    await shown(hersToo.entry(alice).getByText('Hello erin'));
  });

  it('shows a chat that another user has started', async () => {
    const erin = await server.person('erin');
    await server.chat(alice, bob);
    hers = await stage.window(`/?as=${alice.username}`);
    await shown(hers.entry(bob));
    await server.send(await server.room(erin, alice), erin, 'You do not know me');
    await shown(hers.entry(erin).getByText('1 unread'));
  });

  it('sends once when Send is clicked repeatedly', async () => {
    hers = await stage.roomWindow(room, alice);
    await hers.field.fill('Impatient');
    await hers.page.getByRole('button', { name: 'Send' }).dblclick();
    await hers.field.press('Enter');
    await shown(
      hers
        .message('Impatient')
        .getByText(/Sent|Delivered/)
        .first(),
    );
    await hers.page.waitForTimeout(300);
    expect(await server.texts(room, alice)).toEqual(['Impatient']);
  });

  it('sends on Enter, breaks the line on Shift+Enter, and leaves a composition alone', async () => {
    hers = await stage.roomWindow(room, alice);
    await hers.field.fill('One');
    await hers.field.press('Shift+Enter');
    await hers.field.pressSequentially('Two');
    await hers.field.dispatchEvent('keydown', { key: 'Enter', isComposing: true, keyCode: 229 });
    await hers.page.waitForTimeout(200);
    expect(await server.texts(room, alice)).toEqual([]);
    await hers.field.press('Enter');
    await until(
      async () => (await server.texts(room, alice)).join() === 'One\nTwo',
      'both lines are one message',
    );
  });

  it('does not send what is empty or too long, and says how long it is', async () => {
    hers = await stage.roomWindow(room, alice);
    for (const nothing of ['   ', '\u200b', '\u2800\u3164']) {
      await hers.field.fill(nothing);
      await hers.field.press('Enter');
      expect(await hers.field.inputValue()).toBe(nothing);
    }
    await hers.field.fill('x'.repeat(4_001));
    await hers.field.press('Enter');
    await shown(hers.page.getByText('4001 / 4000: too long to be sent'));
    expect(await server.texts(room, alice)).toEqual([]);
    await hers.send('y'.repeat(4_000));
    await until(
      async () => (await server.texts(room, alice)).length === 1,
      'the longest that may be is sent',
    );
  });

  it('keeps a draft per chat over a switch and a reload', async () => {
    const carol = await server.person('carol');
    await server.chat(alice, bob);
    await server.chat(alice, carol);
    hers = await stage.roomWindow(room, alice);
    await hers.field.fill('To be continued');
    await hers.entry(carol).click();
    await shown(hers.log(carol));
    expect(await hers.field.inputValue()).toBe('');
    await hers.page.reload();
    await shown(hers.log(carol));
    await hers.entry(bob).click();
    await shown(hers.log(bob));
    expect(await hers.field.inputValue()).toBe('To be continued');
  });

  it('sets in simulation, as one user, that messages disappear for both', async () => {
    await server.send(room, bob, 'Hello');
    const [one, other] = await Promise.all([stage.roomWindow(room, alice), stage.roomWindow(room, bob)]);
    await one.page.getByRole('button', { name: 'Chat options' }).click();
    const items = one.page.getByRole('menuitem');
    await shown(items.first());
    expect(await items.allTextContents()).toEqual([
      'Mark as read',
      'Pin',
      'Mute',
      'Archive',
      'Disappearing messages',
    ]);
    await items.last().click();
    await one.page.getByRole('radio', { name: '1 day' }).check();
    await one.page.getByRole('button', { name: 'Save', exact: true }).click();
    await shown(one.page.getByText('You set messages to disappear after 1 day'));
    await shown(other.page.getByText(`${alice.username} set messages to disappear after 1 day`));
    await shown(other.page.getByText('New messages disappear after 1 day'));
  });

  it('shows text as text, links as links', async () => {
    const evil = '<img src=x onerror="document.title=1"> **no** javascript:alert(1)';
    await server.send(room, bob, evil);
    await server.send(room, bob, 'See https://example.org/a_(b).');
    hers = await stage.roomWindow(room, alice);
    await shown(hers.message(evil));
    const link = hers.log(bob).getByRole('link');
    expect(await link.getAttribute('href')).toBe('https://example.org/a_(b)');
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow');
    expect(await hers.page.title()).toMatch(/Parley$/);
    expect(hers.complaints).toEqual([]);
  });

  it.each([PHONE, { width: 320, height: 640 }])('is never wider than the screen (%j)', async (viewport) => {
    await server.send(room, bob, 'Donaudampfschifffahrt'.repeat(40));
    await server.send(room, alice, `https://example.org/${'a/'.repeat(300)}`);
    hers = await stage.roomWindow(room, alice, { viewport });
    await shown(hers.log(bob).getByText('Today'));
    expect(await isTooWide(hers)).toBe(false);
    expect(await hers.log(bob).evaluate((log) => log.scrollWidth > log.clientWidth)).toBe(false);
    await hers.page.getByRole('link', { name: 'Back to chats' }).click();
    await shown(hers.entry(bob));
    expect(await isTooWide(hers)).toBe(false);
  });

  it('shows list or chat on a phone, with a way back that returns the focus', async () => {
    await server.chat(alice, bob);
    hers = await stage.window(`/?as=${alice.username}`, { viewport: PHONE });
    await hers.entry(bob).click();
    await shown(hers.log(bob));
    expect(await hers.rooms.count()).toBe(0);
    await hers.page.getByRole('link', { name: 'Back to chats' }).click();
    await shown(hers.entry(bob));
    expect(await hers.log(bob).count()).toBe(0);
    await until(
      () => hers.entry(bob).evaluate((link) => link === document.activeElement),
      'the focus is back',
    );
  });

  it('can be used with the keyboard alone', async () => {
    await server.send(room, bob, 'First');
    await server.send(room, bob, 'Second');
    hers = await stage.window(`/?as=${alice.username}`);
    await hers.entry(bob).focus();
    await hers.page.keyboard.press('Enter');
    await shown(hers.message('Second'));
    await hers.secondLoad();
    await until(
      () => hers.field.evaluate((field) => field === document.activeElement),
      'the field has the focus',
    );
    await hers.page.keyboard.press('ArrowUp');
    expect(await hers.message('Second').evaluate((row) => row === document.activeElement)).toBe(true);
    await hers.page.keyboard.press('ArrowUp');
    expect(await hers.message('First').evaluate((row) => row === document.activeElement)).toBe(true);
    await hers.page.keyboard.press('Escape');
    await hers.page.keyboard.type('By keyboard');
    await hers.page.keyboard.press('Enter');
    await shown(hers.message('By keyboard'));
    await hers.page.getByRole('button', { name: 'New chat' }).focus();
    await hers.page.keyboard.press('Enter');
    const find = hers.page.getByRole('searchbox', { name: 'Find people' });
    await until(() => find.evaluate((field) => field === document.activeElement), 'the search has the focus');
    await hers.page.keyboard.press('Escape');
    await hers.page.getByRole('dialog').waitFor({ state: 'hidden' });
    const button = hers.page.getByRole('button', { name: 'New chat' });
    await until(() => button.evaluate((element) => element === document.activeElement), 'the focus is back');
  });

  it('reaches its chat with the first load, which is at most 38 kB of JavaScript, and what simulation adds', async () => {
    const { files, gzipBytes } = readFirstLoad();
    expect(gzipBytes).toBeLessThanOrEqual(38_000);
    await server.send(room, bob, 'Light');
    const context = await stage.context();
    await context.route(SECOND_LOAD, (route) => route.abort());
    hers = await stage.windowIn(context, roomPath(room, alice));
    await shown(hers.message('Light'));
    await hers.send('Very light');
    await shown(hers.message('Very light').getByText('Sent'));
    const loaded = await hers.page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
    );
    const scripts = loaded.filter(
      (path) =>
        path.endsWith('.js') && !/\/(simulation|second-load|restore-kept|rolldown-runtime)-/.test(path),
    );
    expect(scripts.toSorted()).toEqual(files.map((file) => `/${file}`).toSorted());
  });
});
