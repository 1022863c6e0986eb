import type { WebSocketRoute } from 'playwright-core';
import { Account, ACCOUNTS, choose, hasFocus, PASSWORD, signIn, signInPage } from './support/account';
import { shown, until, type ChatWindow } from './support/chat-window';
import { setUpStage } from './support/stage';

describe('the sessions of an account', () => {
  let alice: Account;
  let bob: Account;
  let hers: ChatWindow;

  const stage = setUpStage(ACCOUNTS);
  beforeEach(async () => {
    [alice, bob] = await Promise.all([Account.create(stage, 'alice'), Account.create(stage, 'bob')]);
  });

  describe('a session that ends elsewhere', () => {
    it('leads to sign in at once, which says why and leads back to the chat', async () => {
      const path = await bob.chatWith(alice);
      hers = await alice.window(path);
      await shown(hers.message('Hello'));
      await alice.endOtherSessions(await alice.browser());
      await shown(hers.page.getByText('You have been signed out'), 1_500);
      expect(await hers.page.getByRole('log').count()).toBe(0);
      expect(await hers.page.getByLabel('Username').inputValue()).toBe(alice.user.username);
      await hers.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await hers.page.keyboard.press('Enter');
      await shown(hers.message('Hello'));
    });

    it('keeps unsent messages for the next sign in of the same user only', async () => {
      const path = await bob.chatWith(alice);
      const context = await alice.browser();
      hers = await stage.windowIn(context, path);
      await shown(hers.message('Hello'));
      await hers.secondLoad();
      await context.setOffline(true);
      await hers.send('Kept');
      await shown(hers.page.getByText(/1 message waiting/));
      await alice.endOtherSessions(await alice.browser());
      await context.setOffline(false);
      await shown(hers.page.getByText(`1 unsent message is kept here, and sent when ${alice.user.username}`));
      await signIn(hers, bob.user.username);
      await shown(hers.message('Hello'));
      expect(await hers.page.getByText('Kept').count()).toBe(0);
      await choose(hers, bob, 'Log out');
      await signInPage(hers);
      await signIn(hers, alice.user.username);
      await hers.entry(bob.user).click();
      await shown(hers.message('Kept').getByText(/Sent|Delivered/));
    });

    it('is noticed by every call, also while there is no socket', async () => {
      const context = await alice.browser();
      hers = await stage.windowIn(context, '/');
      await shown(hers.page.getByText('No chats yet'));
      // All that the page asks by itself is answered.
      await hers.page.waitForLoadState('networkidle');
      await context.clearCookies();
      await hers.page.getByRole('button', { name: 'New chat' }).click();
      await hers.page.getByRole('searchbox', { name: 'Find people' }).fill('somebody');
      await shown(hers.page.getByText('You have been signed out'));
      expect(await hers.page.getByRole('dialog').count()).toBe(0);
    });

    it('is asked for when a socket is refused, which reconnects when the session is valid after all', async () => {
      const context = await alice.browser();
      const sockets: WebSocketRoute[] = [];
      await context.routeWebSocket(/\/ws\//, (socket) => {
        sockets.push(socket);
        socket.connectToServer();
      });
      hers = await stage.windowIn(context, await bob.chatWith(alice));
      await shown(hers.message('Hello'));
      await until(() => sockets.length === 1, 'the page is connected');
      await sockets[0]?.close({ code: 4401 });
      await until(() => sockets.length === 2, 'the page connects again', 2_000);
      await hers.send('Still here');
      await shown(hers.message('Still here').getByText(/Sent|Delivered/));
    });

    it('is replaced by the one of another user who signs in in another window of the browser', async () => {
      const context = await alice.browser();
      hers = await stage.windowIn(context, '/');
      await shown(hers.page.getByText('No chats yet'));
      const second = await stage.windowIn(context, '/');
      await choose(second, alice, 'Log out');
      await signInPage(second);
      await signInPage(hers);
      await signIn(second, bob.user.username);
      await shown(second.page.getByText('No chats yet'));
      await hers.page.evaluate(() => window.dispatchEvent(new Event('focus')));
      await shown(hers.page.getByRole('button', { name: bob.user.username, exact: true }));
    });
  });

  describe('devices', () => {
    it('are listed, and one ends another', async () => {
      const other = await alice.window('/');
      hers = await alice.window('/');
      await shown(other.page.getByText('No chats yet'));
      const before = await alice.sessions(hers.page.context());
      await choose(hers, alice, 'Devices');
      const dialog = hers.page.getByRole('dialog', { name: 'Devices' });
      const list = dialog.getByRole('list').getByRole('listitem');
      await until(async () => (await list.count()) === before.length, 'every session is listed');
      await shown(list.first().getByText('This device'));
      const otherId = (await alice.sessions(other.page.context())).find(({ current }) => current)?.id;
      const sorted = [...before]
        .filter(({ current }) => !current)
        .toSorted((a, b) => b.last_used_at.localeCompare(a.last_used_at));
      const index = sorted.findIndex(({ id }) => id === otherId);
      await list
        .nth(index + 1)
        .getByRole('button', { name: /^Sign out/ })
        .click();
      await shown(other.page.getByText('You have been signed out'), 1_500);
      await until(async () => (await list.count()) === before.length - 1, 'it is gone from the list');
    });

    it('are all ended but this one, after a question', async () => {
      const other = await alice.window('/');
      hers = await alice.window('/');
      await shown(other.page.getByText('No chats yet'));
      await choose(hers, alice, 'Devices');
      await hers.page.getByRole('button', { name: 'Sign out all other devices' }).click();
      await shown(hers.page.getByText(/^Sign out \d other devices?\?$/));
      await hers.page.getByRole('group').getByRole('button', { name: 'Sign out' }).click();
      await shown(hers.page.getByText('You are signed in on this device only.'));
      await shown(other.page.getByText('You have been signed out'), 1_500);
      expect(await alice.sessions(hers.page.context())).toHaveLength(1);
    });
  });

  it('puts all other devices out within a second when the password changes, and keeps this one', async () => {
    const path = await bob.chatWith(alice);
    const other = await alice.window(path);
    hers = await alice.window(path);
    await Promise.all([shown(other.message('Hello')), shown(hers.message('Hello'))]);
    await choose(hers, alice, 'Change password');
    const current = hers.page.getByRole('textbox', { name: 'Current password' });
    await until(() => hasFocus(hers, '[name=current_password]'), 'the first field has the focus');
    await current.fill('not my password');
    await hers.page.getByRole('textbox', { name: 'New password' }).fill('taller mountain tea');
    await hers.page.getByRole('button', { name: 'Change password' }).click();
    await shown(hers.page.getByText('This is not your current password.'));
    expect(await hasFocus(hers, '[name=current_password]')).toBe(true);
    await current.fill(PASSWORD);
    await hers.page.getByRole('button', { name: 'Change password' }).click();
    await shown(hers.page.getByText('Your password is changed.'));
    await shown(other.page.getByText('You have been signed out'), 1_000);
    await hers.send('Still here');
    await shown(hers.message('Still here').getByText(/Sent|Delivered/));
    await signIn(other, alice.user.username);
    await shown(other.page.getByText('The username or the password is wrong.'));
    await signIn(other, alice.user.username, 'taller mountain tea');
    await shown(other.message('Still here'));
  });
});
