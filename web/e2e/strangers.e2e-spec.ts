import { createInvite, newUsername, PASSWORD, register, signIn, signInPage } from './support/account';
import { ChatWindow, shown } from './support/chat-window';
import { Server } from './support/server';
import { setUpStage } from './support/stage';
import { VirtualAuthenticator } from './support/virtual-authenticator';

const SETTINGS = { AUTH_MODE: 'accounts', REGISTRATION: 'invite' };
const NEW_PASSWORD = 'taller mountain tea';
/** Longer than it takes for a message in sight to be read, and for that to be sent. */
const READ_MS = 2_000;

const button = ({ page }: ChatWindow, name: string) => page.getByRole('button', { name, exact: true });

describe('two people who have never met', () => {
  let second: Server;

  const stage = setUpStage(SETTINGS, { name: 'localhost' });
  beforeAll(async () => {
    second = await Server.start(SETTINGS, 'localhost');
  });
  afterAll(() => second?.kill());

  it('register by an invite, one with a passkey, chat, and part without a trace', async () => {
    const [alice, bob] = [newUsername('alice'), newUsername('bob')];
    const invite = `/register#invite=${createInvite(2)}`;
    const [hers, his] = await Promise.all([stage.window(invite), stage.window(invite)]);

    await VirtualAuthenticator.of(hers);
    await hers.page.getByLabel('Username').fill(alice);
    await button(hers, 'Create account with a passkey').click();
    await button(his, 'Use a password instead').click();
    await register(his, bob);
    await Promise.all([
      shown(hers.page.getByText('No chats yet')),
      shown(his.page.getByText('No chats yet')),
    ]);

    await button(his, 'New chat').click();
    await his.page.getByRole('searchbox', { name: 'Find people' }).fill(alice);
    await his.page.getByRole('dialog').getByRole('button', { name: alice }).click();
    await his.send('Hello Alice');
    await hers.page.getByRole('link', { name: /^Requests/ }).click();
    await hers.page.getByRole('link', { name: new RegExp(`^${bob}`) }).click();
    await shown(hers.message('Hello Alice'));
    await hers.page.waitForTimeout(READ_MS);
    await shown(his.message('Hello Alice').getByText('Sent'));
    await button(hers, 'Accept').click();
    await shown(his.message('Hello Alice').getByText('Read'));
    await hers.send('Hello Bob');
    await shown(his.message('Hello Bob'));
    await shown(his.page.getByText('online', { exact: true }));

    // The other device is at another server.
    const phone = await ChatWindow.open(await stage.context(), second, '/');
    await signIn(phone, bob);
    await shown(phone.page.getByRole('link', { name: new RegExp(`^${alice}`) }));
    await button(his, bob).click();
    await his.page.getByRole('menuitem', { name: 'Change password' }).click();
    await his.page.getByRole('textbox', { name: 'Current password' }).fill(PASSWORD);
    await his.page.getByRole('textbox', { name: 'New password' }).fill(NEW_PASSWORD);
    await button(his, 'Change password').click();
    await shown(his.page.getByText('Your password is changed.'));
    await signInPage(phone, 1_000);
    await his.page.keyboard.press('Escape');

    await button(hers, 'Chat options').click();
    await hers.page.getByRole('menuitem', { name: `Block ${bob}` }).click();
    await button(hers, 'Block').click();
    await shown(hers.page.getByText(`You have blocked ${bob}.`));
    await his.page.getByText('online', { exact: true }).waitFor({ state: 'hidden' });
    await his.send('Are you there?');
    await shown(his.message('Are you there?').getByText('Sent'));
    await hers.page.waitForTimeout(READ_MS);
    await shown(his.message('Are you there?').getByText('Sent'));
    expect(await hers.message('Are you there?').count()).toBe(0);
    expect([...hers.complaints, ...his.complaints]).toEqual([]);
  });
});
