import {
  Account,
  ACCOUNTS,
  choose,
  hasFocus,
  newUsername,
  PASSWORD,
  register,
  signIn,
  signInPage,
} from './support/account';
import type { Route } from 'playwright-core';
import { violations } from './support/axe';
import { PHONE, shown, until, WIDE, type ChatWindow, type Look } from './support/chat-window';
import { readFirstLoad, SECOND_LOAD } from './support/first-load';
import { setUpStage } from './support/stage';
import { keysReady } from './support/keyboard';

const LOOKS: [string, Look][] = [
  ['wide, light', { viewport: WIDE, colorScheme: 'light' }],
  ['wide, dark', { viewport: WIDE, colorScheme: 'dark' }],
  ['phone, light', { viewport: PHONE, colorScheme: 'light' }],
  ['phone, dark', { viewport: PHONE, colorScheme: 'dark' }],
];

/** What the page stores for a user in this browser. */
function stored(window: ChatWindow): Promise<string[]> {
  return window.page.evaluate(() => Object.keys(localStorage));
}

describe('accounts', () => {
  let alice: Account;
  let bob: Account;
  let hers: ChatWindow;

  const stage = setUpStage(ACCOUNTS);
  beforeEach(async () => {
    [alice, bob] = await Promise.all([Account.create(stage, 'alice'), Account.create(stage, 'bob')]);
  });

  it('lets two people register in two browsers, find each other and chat', async () => {
    const [frida, diego] = [newUsername('frida'), newUsername('diego')];
    const [his, herWindow] = await Promise.all([stage.window('/register'), stage.window('/')]);
    await register(his, diego);
    await shown(his.page.getByText('No chats yet'));
    await herWindow.page.getByRole('link', { name: 'Create an account' }).click();
    await herWindow.page.getByLabel('Name (optional)').fill('Frida Kahlo');
    await register(herWindow, frida);
    await herWindow.page.getByRole('button', { name: 'New chat' }).click();
    const find = herWindow.page.getByRole('searchbox', { name: 'Find people' });
    await find.fill('di');
    await shown(herWindow.page.getByText('Write at least 3 letters of a name.'));
    await find.fill(diego.slice(0, 9));
    await herWindow.page.getByRole('dialog').getByRole('button', { name: diego }).click();
    await herWindow.send('Hello Diego');
    await his.page.getByRole('link', { name: /^Requests/ }).click();
    await his.page.getByRole('link', { name: /^Frida Kahlo/ }).click();
    await shown(his.message('Hello Diego'));
    await his.page.getByRole('button', { name: 'Accept' }).click();
    await his.send('Hello Frida');
    await shown(herWindow.message('Hello Frida'));
    expect(new URL(his.page.url()).search).toBe('');
  });

  it('opens the chat with somebody whose name was typed before the server has found them', async () => {
    hers = await alice.window();
    await hers.page.getByRole('button', { name: 'New chat' }).click();
    const find = hers.page.getByRole('searchbox', { name: 'Find people' });
    await find.waitFor();
    const held: Route[] = [];
    await hers.page.route(/\/api\/users\/\?search=/, (route) => {
      held.push(route);
    });
    await find.fill(bob.user.username);
    await find.press('Enter');
    await shown(hers.page.getByRole('dialog').getByText('Loading…'));
    await until(() => held.length > 0, 'the server is asked');
    for (const route of held) await route.continue();
    await shown(hers.log(bob.user));
    expect(await hers.page.getByRole('dialog').count()).toBe(0);
  });

  it('lets two people edit a message, see both versions, and react', async () => {
    const path = await bob.writeTo(alice, 'Teh text');
    hers = await alice.window(path);
    await hers.page.getByRole('button', { name: 'Accept' }).click();
    await shown(hers.field);
    const his = await bob.window(path);
    await shown(his.message('Teh text'));
    await keysReady(his);
    await his.field.press('ArrowUp');
    await shown(his.page.getByRole('group', { name: 'Edit message' }));
    await his.field.fill('The text');
    await his.field.press('Enter');
    await hers.message('The text').getByRole('button', { name: 'edited' }).click();
    const details = hers.page.getByRole('dialog', { name: 'Message details' });
    await shown(details.getByRole('listitem').filter({ hasText: 'Teh text' }));
    await hers.page.keyboard.press('Escape');
    await details.waitFor({ state: 'detached' });
    await hers.message('The text').focus();
    await hers.page.keyboard.press(':');
    await hers.page.getByRole('group', { name: 'React' }).getByRole('button', { name: '👍' }).click();
    await shown(his.message('The text').getByRole('button', { name: '👍' }));
  });

  it('signs in with the right password only, which can be shown', async () => {
    hers = await stage.window('/');
    await signIn(hers, alice.user.username, 'not my password');
    await shown(hers.page.getByRole('alert').getByText('The username or the password is wrong.'));
    await signIn(hers, newUsername('nobody'), PASSWORD);
    await shown(hers.page.getByRole('alert').getByText('The username or the password is wrong.'));
    const password = hers.page.getByLabel('Password', { exact: true });
    expect(await password.getAttribute('type')).toBe('password');
    await hers.page.getByRole('button', { name: 'Show password' }).click();
    expect(await password.getAttribute('type')).toBe('text');
    expect(await password.getAttribute('autocomplete')).toBe('current-password');
    await signIn(hers, alice.user.username);
    await shown(hers.page.getByText('No chats yet'));
    await hers.page.reload();
    await shown(hers.page.getByText('No chats yet'));
  });

  it('says which field of a registration is wrong, and focuses the first', async () => {
    hers = await stage.window('/register');
    await hers.page.getByRole('button', { name: 'Create account' }).click();
    await shown(hers.page.getByText('Fill in this field.'));
    await shown(hers.page.getByText('Use at least 8 characters.'));
    expect(await hasFocus(hers, '[name=username][aria-invalid=true]')).toBe(true);
    await register(hers, alice.user.username.toUpperCase());
    await shown(hers.page.getByText('This username is taken, or looks like one that is.'));
    const username = newUsername('carol');
    await hers.page.getByLabel('Username').fill(username);
    await hers.page.getByLabel('Password', { exact: true }).fill('password1');
    await hers.page.getByLabel('Password', { exact: true }).press('Enter');
    await shown(hers.page.getByText('Many people use this password'));
    expect(await hasFocus(hers, '[name=password][aria-invalid=true]')).toBe(true);
  });

  it('names no user in any URL', async () => {
    const path = await bob.chatWith(alice);
    const context = await alice.browser();
    const urls: string[] = [];
    context.on('request', (request) => urls.push(request.url()));
    hers = await stage.windowIn(context, 'about:blank').catch(() => stage.windowIn(context, '/'));
    hers.page.on('websocket', (socket) => urls.push(socket.url()));
    await hers.goto(path);
    await shown(hers.message('Hello'));
    await hers.send('Hello bob');
    await shown(hers.message('Hello bob').getByText(/Sent|Delivered/));
    expect(urls.some((url) => url.includes('/ws/'))).toBe(true);
    expect(urls.filter((url) => /active_user|[?&]as=/.test(url))).toEqual([]);
  });

  it('reaches a chat with the first load alone, which is at most 38 kB of JavaScript', async () => {
    const { files, gzipBytes } = readFirstLoad();
    expect(gzipBytes).toBeLessThanOrEqual(38_000);
    const path = await bob.chatWith(alice);
    const context = await alice.browser();
    await context.route(SECOND_LOAD, (route) => route.abort());
    hers = await stage.windowIn(context, path);
    await shown(hers.message('Hello'));
    const loaded = await hers.page.evaluate(() =>
      performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname),
    );
    const scripts = loaded.filter(
      (script) => script.endsWith('.js') && !/\/(second-load|restore-kept|rolldown-runtime)-/.test(script),
    );
    expect(scripts.toSorted()).toEqual(files.map((file) => `/${file}`).toSorted());
  });

  describe('logging out', () => {
    it('removes drafts from the browser', async () => {
      hers = await alice.window(await bob.chatWith(alice));
      await hers.field.fill('A draft');
      expect(await stored(hers)).toContainEqual(expect.stringMatching(`^parley-draft-${alice.user.id}-`));
      await choose(hers, alice, 'Log out');
      await signInPage(hers);
      await until(async () => (await stored(hers)).length === 0, 'nothing is stored');
      expect(new URL(hers.page.url()).pathname).toBe('/');
      expect(await hers.page.getByText('You have been signed out').count()).toBe(0);
      await hers.page.reload();
      await signInPage(hers);
    });

    it('asks before it deletes unsent messages', async () => {
      const path = await bob.chatWith(alice);
      hers = await alice.window(path);
      await shown(hers.message('Hello'));
      await hers.page.routeWebSocket(/\/ws\//, () => undefined);
      await hers.page.reload();
      await shown(hers.message('Hello'));
      await hers.send('Never sent');
      await choose(hers, alice, 'Log out');
      await shown(hers.page.getByText(/^1 message is not sent yet/));
      await hers.page.getByRole('button', { name: 'Cancel' }).click();
      await shown(hers.message('Never sent'));
      await choose(hers, alice, 'Log out');
      await hers.page.getByRole('button', { name: 'Log out and delete' }).click();
      await signInPage(hers);
      await signIn(hers, alice.user.username);
      await hers.entry(bob.user).click();
      await shown(hers.message('Hello'));
      await hers.page.waitForTimeout(500);
      expect(await hers.message('Never sent').count()).toBe(0);
    });

    it('says so when the server does not answer', async () => {
      const context = await alice.browser();
      hers = await stage.windowIn(context, '/');
      await hers.page.getByRole('button', { name: alice.user.username, exact: true }).click();
      await shown(hers.page.getByRole('menu'));
      await context.setOffline(true);
      await hers.page.getByRole('menuitem', { name: 'Log out' }).click();
      await shown(hers.page.getByText('You could not be logged out. Check your network.'));
      await context.setOffline(false);
      await hers.page.getByRole('button', { name: 'Try again' }).click();
      await signInPage(hers);
    });
  });

  it('can be used with the keyboard alone', async () => {
    hers = await stage.window('/');
    await until(() => hasFocus(hers, '[name=username]'), 'the first field has the focus');
    const { keyboard } = hers.page;
    await keyboard.type(alice.user.username);
    await keyboard.press('Tab');
    await keyboard.type(PASSWORD);
    await keyboard.press('Enter');
    const opener = hers.page.getByRole('button', { name: alice.user.username, exact: true });
    await shown(opener);
    await opener.focus();
    await keyboard.press('Enter');
    await until(() => hasFocus(hers, '[role=menuitem]'), 'the menu has the focus');
    await keyboard.press('ArrowUp');
    expect(await hers.page.evaluate(() => document.activeElement?.textContent)).toBe('Log out');
    await keyboard.press('Escape');
    await until(() => hasFocus(hers, '[aria-haspopup=menu]'), 'the focus is back from the menu');
    await keyboard.press('Enter');
    await until(() => hasFocus(hers, '[role=menuitem]'), 'the menu has the focus again');
    const focused = () => hers.page.evaluate(() => document.activeElement?.textContent);
    for (let n = 0; n < 12 && (await focused()) !== 'Devices'; n++) await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    await shown(hers.page.getByRole('dialog', { name: 'Devices' }));
    await keyboard.press('Escape');
    await hers.page.getByRole('dialog').waitFor({ state: 'hidden' });
    await until(() => hasFocus(hers, '[aria-haspopup=menu]'), 'the focus is back from the dialog');
  });

  it('closes the menu and its dialogs with Back, and stays in the chat', async () => {
    hers = await alice.window(await bob.chatWith(alice));
    await shown(hers.message('Hello'));
    await hers.page.getByRole('button', { name: alice.user.username, exact: true }).click();
    await shown(hers.page.getByRole('menu'));
    await hers.page.goBack();
    await hers.page.getByRole('menu').waitFor({ state: 'hidden' });
    await choose(hers, alice, 'Devices');
    await shown(hers.page.getByRole('dialog'));
    await hers.page.goBack();
    await hers.page.getByRole('dialog').waitFor({ state: 'hidden' });
    await shown(hers.message('Hello'));
    await choose(hers, alice, 'Change password');
    await hers.page.keyboard.press('Escape');
    await hers.page.getByRole('dialog').waitFor({ state: 'hidden' });
    const isLayer = () => hers.page.evaluate(() => 'isLayer' in ((history.state ?? {}) as object));
    await until(async () => !(await isLayer()), 'the entry of the dialog is gone');
    await hers.page.goBack();
    expect(hers.page.url()).toBe('about:blank');
  });

  describe.each(LOOKS)('axe finds nothing wrong (%s)', (_name, look) => {
    it('without a session', async () => {
      hers = await stage.window('/', look);
      await signIn(hers, 'nobody', 'not my password');
      await shown(hers.page.getByText('The username or the password is wrong.'));
      expect(await violations(hers.page)).toEqual([]);
      await hers.page.getByRole('link', { name: 'Create an account' }).click();
      await hers.page.getByRole('button', { name: 'Create account' }).click();
      await shown(hers.page.getByText('Fill in this field.'));
      expect(await violations(hers.page)).toEqual([]);
    });

    it('in the menu, its dialogs, and after the session has ended', async () => {
      hers = await alice.window('/', look);
      await hers.page.getByRole('button', { name: alice.user.username, exact: true }).click();
      await shown(hers.page.getByRole('menu'));
      expect(await violations(hers.page)).toEqual([]);
      const other = await alice.browser();
      await hers.page.getByRole('menuitem', { name: 'Devices' }).click();
      await hers.page.getByRole('button', { name: 'Sign out all other devices' }).click();
      expect(await violations(hers.page)).toEqual([]);
      await hers.page.keyboard.press('Escape');
      await choose(hers, alice, 'Change password');
      await hers.page.getByRole('textbox', { name: 'Current password' }).press('Enter');
      await shown(hers.page.getByText('Use at least 8 characters.'));
      expect(await violations(hers.page)).toEqual([]);
      await hers.page.keyboard.press('Escape');
      await alice.endOtherSessions(other);
      await shown(hers.page.getByText('You have been signed out'));
      expect(await violations(hers.page)).toEqual([]);
    });
  });
});
