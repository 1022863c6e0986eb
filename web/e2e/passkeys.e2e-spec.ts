import { Client } from 'pg';
import {
  Account,
  ACCOUNTS,
  choose,
  hasFocus,
  newUsername,
  PASSWORD,
  signIn,
  signInPage,
} from './support/account';
import { violations } from './support/axe';
import { PHONE, shown, until, WIDE, type ChatWindow, type Look } from './support/chat-window';
import { setUpStage } from './support/stage';
import { VirtualAuthenticator } from './support/virtual-authenticator';

const LOOKS: [string, Look][] = [
  ['wide, light', { viewport: WIDE, colorScheme: 'light' }],
  ['phone, dark', { viewport: PHONE, colorScheme: 'dark', isTouch: true }],
];

/** As if ten minutes had passed since the user signed in. */
async function forgetProof(): Promise<void> {
  const client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  await client.query(`UPDATE sessions SET proved_at = now() - interval '11 minutes'`);
  await client.end();
}

describe('passkeys', () => {
  let hers: ChatWindow;

  const stage = setUpStage(ACCOUNTS, { name: 'localhost' });

  const button = (name: string) => hers.page.getByRole('button', { name, exact: true });
  const menu = async (username: string, item: string) => {
    await hers.page.getByRole('button', { name: username, exact: true }).click();
    await hers.page.getByRole('menuitem', { name: item }).click();
  };
  const dialog = () => hers.page.getByRole('dialog');

  /** From now on this window is that of a browser that offers no passkeys by itself: Chromium's would be faster than a click. */
  const withoutSuggestions = () =>
    hers.page.evaluate(() => {
      PublicKeyCredential.isConditionalMediationAvailable = () => Promise.resolve(false);
    });

  async function registerByPasskey(username: string): Promise<VirtualAuthenticator> {
    hers = await stage.window('/register');
    const authenticator = await VirtualAuthenticator.of(hers);
    await hers.page.getByLabel('Username').fill(username);
    await button('Create account with a passkey').click();
    await shown(hers.page.getByText('No chats yet'));
    return authenticator;
  }

  it('register a user without a password, who signs in again by the button', async () => {
    const username = newUsername('frida');
    const authenticator = await registerByPasskey(username);
    const [{ userHandle, rpId }] = (await authenticator.credentials()) as [
      { userHandle: string; rpId: string },
    ];
    expect([Buffer.from(userHandle, 'base64').length, rpId]).toEqual([32, 'localhost']);
    await withoutSuggestions();
    await menu(username, 'Log out');
    await signInPage(hers);
    await button('Sign in with a passkey').click();
    await shown(hers.page.getByText('No chats yet'));
    await hers.page.reload();
    await shown(hers.page.getByText('No chats yet'));
    expect(hers.complaints).toEqual([]);
  });

  it('are offered among the suggestions of the username, without a click', async () => {
    const username = newUsername('frida');
    const authenticator = await registerByPasskey(username);
    await authenticator.consent(false);
    await menu(username, 'Log out');
    await signInPage(hers);
    const field = hers.page.getByLabel('Username');
    expect(await field.getAttribute('autocomplete')).toBe('username webauthn');
    // Chromium takes the first suggestion as soon as the user consents.
    await authenticator.consent(true);
    await hers.page.reload();
    await shown(hers.page.getByText('No chats yet'));
  });

  it('are added, named and removed by a user with a password', async () => {
    const alice = await Account.create(stage, 'alice');
    hers = await alice.window();
    await VirtualAuthenticator.of(hers);
    await choose(hers, alice, 'Passkeys');
    await shown(hers.page.getByText('You have no passkey yet.'));
    await hers.page.getByLabel('Name of the new passkey').fill('Laptop');
    await hers.page.keyboard.press('Enter');
    await shown(dialog().getByText('not used yet'));
    await shown(dialog().getByText('Laptop', { exact: true }));
    await button('Add a passkey').click();
    await shown(hers.page.getByText('This device has a passkey of your account already.'));
    await withoutSuggestions();
    await hers.page.keyboard.press('Escape');
    await choose(hers, alice, 'Log out');
    await signInPage(hers);
    await button('Sign in with a passkey').click();
    await shown(hers.page.getByText('No chats yet'));
    await choose(hers, alice, 'Passkeys');
    await shown(dialog().getByText(/used (now|this minute)/));
    for (const [from, to] of [
      ['Laptop', 'Work laptop'],
      ['Work laptop', 'Laptop'],
    ] as const) {
      await button(`Rename ${from}`).click();
      await hers.page.getByLabel('Name of the passkey').fill(to);
      await hers.page.keyboard.press('Enter');
      await shown(dialog().getByText(to, { exact: true }));
    }
    await button('Remove Laptop').click();
    await hers.page.getByText('Remove “Laptop”?').waitFor();
    await hers.page.keyboard.press('Enter');
    await shown(hers.page.getByText('You have no passkey yet.'));
  });

  it('are added only after the user has proved to be there, by the password or a passkey', async () => {
    const alice = await Account.create(stage, 'alice');
    hers = await alice.window();
    await VirtualAuthenticator.of(hers);
    await choose(hers, alice, 'Passkeys');
    await shown(hers.page.getByText('You have no passkey yet.'));
    await forgetProof();
    await button('Add a passkey').click();
    await shown(hers.page.getByRole('heading', { name: 'Confirm that it is you' }));
    await hers.page.getByRole('textbox', { name: 'Password' }).fill('not my password');
    await hers.page.keyboard.press('Enter');
    await shown(hers.page.getByText('This is not your current password.'));
    await hers.page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
    await hers.page.keyboard.press('Enter');
    await shown(dialog().getByText('not used yet'));
    await forgetProof();
    await hers.page.getByRole('button', { name: /^Remove / }).click();
    await button('Remove').last().click();
    await button('Use a passkey').click();
    await shown(hers.page.getByText('You have no passkey yet.'));
  });

  it('keep the last way to sign in, until there is a password', async () => {
    const username = newUsername('frida');
    await registerByPasskey(username);
    await menu(username, 'Passkeys');
    await hers.page.getByRole('button', { name: /^Remove / }).click();
    await button('Remove').last().click();
    await shown(hers.page.getByText('It is your only way to sign in.'));
    await hers.page.keyboard.press('Escape');
    await forgetProof();
    await menu(username, 'Change password');
    await shown(hers.page.getByRole('heading', { name: 'Set a password' }));
    await hers.page.getByRole('textbox', { name: 'New password' }).fill(PASSWORD);
    await hers.page.keyboard.press('Enter');
    await button('Use a passkey').click();
    await shown(hers.page.getByText('Your password is changed.'));
    const other = await stage.window('/');
    await signIn(other, username);
    await shown(other.page.getByText('No chats yet'));
  });

  it('say which name is taken, and that the browser gave none, and leave the password as another way', async () => {
    const alice = await Account.create(stage, 'alice');
    hers = await stage.window('/register');
    const authenticator = await VirtualAuthenticator.of(hers);
    await hers.page.getByLabel('Username').fill(alice.user.username);
    await button('Create account with a passkey').click();
    await shown(hers.page.getByText('This username is taken, or looks like one that is.'));
    expect(await hasFocus(hers, '[name=username][aria-invalid=true]')).toBe(true);
    await authenticator.refuse();
    await hers.page.getByLabel('Username').fill(newUsername('carol'));
    await button('Create account with a passkey').click();
    await shown(hers.page.getByText('The browser gave no passkey.'));
    await button('Use a password instead').click();
    await until(() => hasFocus(hers, '[name=password]'), 'the password has the focus');
    await hers.page.keyboard.type(PASSWORD);
    await hers.page.keyboard.press('Enter');
    await shown(hers.page.getByText('No chats yet'));
  });

  it('are not offered at an IP address, which leads to the name', async () => {
    hers = await stage.window('/');
    await shown(button('Sign in with a passkey'));
    const { port } = new URL(stage.server.origin);
    await hers.page.goto(`http://127.0.0.1:${port}/register`);
    await hers.page.getByRole('link', { name: `localhost:${port}` }).click();
    await shown(button('Create account with a passkey'));
    expect(hers.page.url()).toBe(`http://localhost:${port}/register`);
  });

  it.each(LOOKS)('are right for axe (%s)', async (_name, look) => {
    const alice = await Account.create(stage, 'alice');
    hers = await stage.window('/', look);
    await shown(button('Sign in with a passkey'));
    expect(await violations(hers.page)).toEqual([]);
    await hers.page.getByRole('link', { name: 'Create an account' }).click();
    await shown(button('Create account with a passkey'));
    expect(await violations(hers.page)).toEqual([]);
    hers = await alice.window('/', look);
    await VirtualAuthenticator.of(hers);
    await choose(hers, alice, 'Passkeys');
    await button('Add a passkey').click();
    await shown(dialog().getByText('not used yet'));
    expect(await violations(hers.page)).toEqual([]);
    await forgetProof();
    await hers.page.getByRole('button', { name: /^Remove / }).click();
    await button('Remove').last().click();
    await shown(button('Use a passkey'));
    expect(await violations(hers.page)).toEqual([]);
  });
});
