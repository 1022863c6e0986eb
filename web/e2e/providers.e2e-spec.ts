import { IdentityProvider } from '../../server/test/support/oidc';
import { Account, ACCOUNTS, choose, newUsername, signInPage } from './support/account';
import { violations } from './support/axe';
import { PHONE, shown, WIDE, type ChatWindow, type Look } from './support/chat-window';
import { setUpStage } from './support/stage';

const LOOKS: [string, Look][] = [
  ['wide, light', { viewport: WIDE, colorScheme: 'light' }],
  ['phone, dark', { viewport: PHONE, colorScheme: 'dark', isTouch: true }],
];

describe('identity providers', () => {
  let provider: IdentityProvider;
  let hers: ChatWindow;

  beforeAll(async () => {
    provider = await IdentityProvider.start();
  });
  afterAll(() => provider.stop());
  const stage = setUpStage(() => ({ ...ACCOUNTS, ...provider.settings }), { name: 'localhost' });

  const link = () => hers.page.getByRole('link', { name: 'Continue with Corp' });

  /** In the pages of the provider. */
  async function logInThere(login: string): Promise<void> {
    await hers.page.locator('input[name=login]').fill(login);
    await hers.page.locator('input[name=password]').fill('any');
    await hers.page.getByRole('button').click();
    await hers.page.getByRole('button', { name: 'Continue' }).click();
  }

  it('lead a new person to the choice of a username, and sign the same person in again', async () => {
    const login = newUsername('frida');
    hers = await stage.window('/');
    await link().click();
    await logInThere(login);
    await shown(hers.page.getByText('You signed in with Corp.'));
    expect(await hers.page.getByLabel('Username').inputValue()).toBe(login);
    expect(await hers.page.getByLabel('Name (optional)').inputValue()).toBe(`${login} of Example`);
    await hers.page.getByLabel('Name (optional)').fill('');
    await hers.page.getByRole('button', { name: 'Create account' }).click();
    await shown(hers.page.getByText('No chats yet'));
    await hers.page.getByRole('button', { name: login, exact: true }).click();
    await hers.page.getByRole('menuitem', { name: 'Log out' }).click();
    await signInPage(hers);
    await link().click();
    await shown(hers.page.getByText('No chats yet'));
    expect(new URL(hers.page.url()).pathname).toBe('/');
  });

  it('can be linked to an account, sign it in, and be removed again', async () => {
    const alice = await Account.create(stage, 'alice');
    const login = newUsername('corp');
    hers = await alice.window('/');
    await choose(hers, alice, 'Linked accounts');
    await shown(hers.page.getByText('No account is linked yet.'));
    expect(await violations(hers.page)).toEqual([]);
    await hers.page.getByRole('button', { name: 'Link Corp' }).click();
    await logInThere(login);
    await shown(hers.page.getByText('Corp is linked. You can sign in with it from now on.'));
    expect(new URL(hers.page.url()).hash).toBe('');
    await choose(hers, alice, 'Linked accounts');
    await shown(hers.page.getByText(/^linked /));
    expect(await hers.page.getByRole('button', { name: 'Link Corp' }).count()).toBe(0);

    const second = await stage.window('/');
    await second.page.getByRole('link', { name: 'Continue with Corp' }).click();
    await second.page.locator('input[name=login]').fill(login);
    await second.page.locator('input[name=password]').fill('any');
    await second.page.getByRole('button').click();
    await second.page.getByRole('button', { name: 'Continue' }).click();
    await shown(second.page.getByRole('button', { name: alice.user.username, exact: true }));

    await hers.page.getByRole('button', { name: 'Remove Corp' }).click();
    await hers.page.getByRole('button', { name: 'Remove', exact: true }).click();
    await shown(hers.page.getByText('No account is linked yet.'));
  });

  it('lead back to sign in with a reason, which is said once', async () => {
    hers = await stage.window('/');
    await link().click();
    await hers.page.getByRole('link', { name: /cancel/i }).click();
    await shown(hers.page.getByText('You did not sign in there.'));
    expect(hers.page.url()).toBe(`${stage.server.origin}/`);
    await hers.page.reload();
    await signInPage(hers);
    expect(await hers.page.getByText('You did not sign in there.').count()).toBe(0);
  });

  it.each(LOOKS)('are right for axe (%s)', async (_name, look) => {
    hers = await stage.window('/', look);
    await shown(link());
    expect(await violations(hers.page)).toEqual([]);
    await hers.page.getByRole('link', { name: 'Create an account' }).click();
    await shown(link());
    expect(await violations(hers.page)).toEqual([]);
  });
});
