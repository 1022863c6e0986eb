import type { AccessTokenInfo } from '@parley/shared';
import { Account, ACCOUNTS, choose, hasFocus } from './support/account';
import { violations } from './support/axe';
import { PHONE, shown, until, WIDE, type ChatWindow, type Look } from './support/chat-window';
import { setUpStage } from './support/stage';

const LOOKS: [string, Look][] = [
  ['wide, light', { viewport: WIDE, colorScheme: 'light' }],
  ['phone, dark', { viewport: PHONE, colorScheme: 'dark' }],
];

describe('access tokens', () => {
  let alice: Account;
  let hers: ChatWindow;

  const stage = setUpStage(ACCOUNTS);
  beforeEach(async () => {
    alice = await Account.create(stage, 'alice');
  });

  const dialog = (name = 'Access tokens') => hers.page.getByRole('dialog', { name });

  async function openTokens(look: Look = {}): Promise<void> {
    hers = await alice.window('/', look);
    await shown(hers.page.getByText('No chats yet'));
    await choose(hers, alice, 'Access tokens');
    await shown(dialog().getByRole('button', { name: 'New token' }));
  }

  /** Creates one in the open dialog. @returns the token. */
  async function create(name: string, permission: 'Read' | 'Read and write' = 'Read'): Promise<string> {
    await dialog().getByRole('button', { name: 'New token' }).click();
    await hers.page.getByLabel('Name').fill(name);
    await hers.page.getByRole('radio', { name: permission, exact: true }).check();
    await hers.page.getByRole('button', { name: 'Create token' }).click();
    return dialog('Your new token').getByRole('textbox', { name: 'Access token' }).inputValue();
  }

  const call = (token: string, method: string, path: string) =>
    fetch(`${stage.server.origin}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'User-Agent': 'display/1.0' },
    });

  it('are created by keyboard, shown once, and listed with what they may do and when they are used', async () => {
    await openTokens();
    await shown(dialog().getByText('No access tokens yet'));
    const { keyboard } = hers.page;
    await dialog().getByRole('button', { name: 'New token' }).focus();
    await keyboard.press('Enter');
    await until(() => hasFocus(hers, '[name=name]'), 'the name has the focus');
    await keyboard.press('Enter');
    await shown(hers.page.getByText('Give it a name.'));
    expect(await hasFocus(hers, '[name=name]')).toBe(true);
    await keyboard.type('Wall display');
    await keyboard.press('Tab');
    expect(await hasFocus(hers, '[name=scope][value=read]')).toBe(true);
    await keyboard.press('Enter');
    const field = dialog('Your new token').getByRole('textbox', { name: 'Access token' });
    const token = await field.inputValue();
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(await hasFocus(hers, 'input[readonly]')).toBe(true);
    await hers.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await hers.page.getByRole('button', { name: 'Copy' }).click();
    await shown(hers.page.getByRole('button', { name: 'Copied' }));
    expect(await hers.page.evaluate(() => navigator.clipboard.readText())).toBe(token);

    expect((await call(token, 'GET', '/api/rooms/')).status).toBe(200);
    expect((await call(token, 'POST', '/api/rooms/create/')).status).toBe(403);
    await hers.page.getByRole('button', { name: 'Done' }).click();
    const entry = dialog().getByRole('listitem');
    await shown(entry.getByText('Reads', { exact: true }));
    await shown(entry.getByText(/^Expires /));
    expect(await hers.page.content()).not.toContain(token);
    await keyboard.press('Escape');
    await until(async () => (await hers.page.getByRole('dialog').count()) === 0, 'the dialog is closed');
    await choose(hers, alice, 'Access tokens');
    await shown(entry.getByText('Used now by display (127.0.0.1)'));
    expect(await hers.page.content()).not.toContain(token);
  });

  it('are deleted after a question, and end at once', async () => {
    await openTokens();
    const token = await create('Echo bot', 'Read and write');
    await hers.page.getByRole('button', { name: 'Done' }).click();
    await shown(dialog().getByText('Reads and writes'));
    await dialog().getByRole('button', { name: 'Delete Echo bot' }).click();
    await shown(dialog().getByText('Delete “Echo bot”? Programs that use it stop working.'));
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().getByRole('button', { name: 'Delete Echo bot' }).click();
    await dialog().getByRole('group').getByRole('button', { name: 'Delete' }).click();
    await shown(dialog().getByText('No access tokens yet'));
    expect((await call(token, 'GET', '/api/rooms/')).status).toBe(401);
  });

  it('can be copied by hand when the page may not write to the clipboard', async () => {
    hers = await alice.window('/');
    await hers.page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
    await choose(hers, alice, 'Access tokens');
    const token = await create('Echo bot');
    await hers.page.getByRole('button', { name: 'Copy' }).click();
    await shown(hers.page.getByText('The token is selected. Copy it with your keyboard or menu.'));
    expect(
      await hers.page.evaluate(() => {
        const { value, selectionStart, selectionEnd } = document.activeElement as HTMLInputElement;
        return value.slice(selectionStart ?? 0, selectionEnd ?? 0);
      }),
    ).toBe(token);
  });

  it('are loaded when the server is back, and a failure is said', async () => {
    hers = await alice.window('/');
    await shown(hers.page.getByText('No chats yet'));
    let isDown = true;
    await hers.page.route('**/api/auth/tokens/', (route) => (isDown ? route.abort() : route.continue()));
    await choose(hers, alice, 'Access tokens');
    await shown(hers.page.getByText('Your access tokens could not be loaded.'));
    isDown = false;
    await hers.page.getByRole('button', { name: 'Try again' }).click();
    await shown(dialog().getByText('No access tokens yet'));
  });

  it.each(LOOKS)('have no violation of axe in any of their views (%s)', async (_, look) => {
    await openTokens(look);
    expect(await violations(hers.page)).toEqual([]);
    await dialog().getByRole('button', { name: 'New token' }).click();
    await hers.page.getByRole('button', { name: 'Create token' }).click();
    await shown(hers.page.getByText('Give it a name.'));
    expect(await violations(hers.page)).toEqual([]);
    await hers.page.getByRole('button', { name: 'Cancel' }).click();
    await create('A long name for a display that hangs on the wall of the kitchen');
    expect(await violations(hers.page)).toEqual([]);
    await hers.page.getByRole('button', { name: 'Done' }).click();
    await dialog()
      .getByRole('button', { name: /^Delete A long/ })
      .click();
    expect(await violations(hers.page)).toEqual([]);
    const { scrollWidth, clientWidth } = await hers.page.evaluate(() => document.documentElement);
    expect(scrollWidth).toBe(clientWidth);
  });

  it('that have expired are shown as such', async () => {
    hers = await alice.window('/');
    const past = new Date(Date.now() - 86_400_000).toISOString();
    const expired: AccessTokenInfo = {
      id: 1,
      name: 'Old bot',
      scopes: ['read'],
      created_at: past,
      expires_at: past,
      last_used_at: null,
      device: null,
      ip: null,
    };
    await hers.page.route('**/api/auth/tokens/', (route) => route.fulfill({ json: [expired] }));
    await choose(hers, alice, 'Access tokens');
    await shown(dialog().getByText(/^Expired /));
    await shown(dialog().getByText('Never used'));
  });
});
