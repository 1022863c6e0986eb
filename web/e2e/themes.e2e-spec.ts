import type { Room, User } from '@parley/shared';
import { join } from 'node:path';
import { Account, ACCOUNTS, choose, signInPage } from './support/account';
import { violationsInEveryTheme } from './support/axe';
import { PHONE, roomPath, shown, until, WIDE, type ChatWindow } from './support/chat-window';
import { keysReady } from './support/keyboard';
import { setUpStage } from './support/stage';

/** What leads to a view, and resolves when it is there. */
type Open = (window: ChatWindow) => Promise<void>;

const ICON = join(__dirname, '../public/icons/icon-192.png');

const dialog = ({ page }: ChatWindow, name: string | RegExp) => shown(page.getByRole('dialog', { name }));
const nothingWrong = async ({ page }: ChatWindow) => expect(await violationsInEveryTheme(page)).toEqual([]);

const then =
  (first: Open, next: Open): Open =>
  async (window) => {
    await first(window);
    await next(window);
  };
const key =
  (keys: string, name: string | RegExp): Open =>
  async (window) => {
    await window.page.keyboard.press(keys);
    await dialog(window, name);
  };

describe('axe finds nothing wrong in any theme', () => {
  let alice: User;
  let bob: User;
  let nobody: User;
  let room: Room;
  let empty: Room;

  const stage = setUpStage();
  beforeAll(async () => {
    const { server } = stage;
    ({ alice, bob, room } = await stage.pair());
    nobody = await server.person('nobody');
    empty = await server.room(alice, await server.person('carol'));
    for (const [sender, text] of [
      [bob, 'Hello, **alice**: `code` and https://example.com'],
      [alice, 'Hello, bob'],
      [bob, '> a quote\n\n- one\n- two'],
      [alice, 'The newest'],
    ] as const)
      await server.send(room, sender, text);
    // The list has its views and its field from eight chats on.
    for (let n = 0; n < 8; n++) await server.chat(alice, await server.person(`peer-${n}`));
  });

  const inList: Open = async (window) => {
    await window.goto(`/?as=${alice.username}`);
    await shown(window.entry(bob));
    await keysReady(window);
    await shown(window.page.getByRole('tab', { name: 'All' }));
  };
  const inChat: Open = async (window) => {
    await window.goto(roomPath(room, alice));
    await shown(window.message('The newest'));
    await keysReady(window);
  };
  const VIEWS: Record<string, Open> = {
    'the list': inList,
    'a chat': inChat,
    'a chat without a network': then(inChat, async ({ page }) => {
      await page.context().setOffline(true);
      await shown(page.getByText('You are offline.').first());
    }),
    'an empty chat': async (window) => {
      await window.goto(roomPath(empty, alice));
      await shown(window.page.getByText('No messages yet', { exact: true }).last());
    },
    'no chats': async (window) => {
      await window.goto(`/?as=${nobody.username}`);
      await shown(window.page.getByText('No chats yet'));
    },
    'no such chat': async (window) => {
      await window.goto(roomPath(room, nobody));
      await shown(window.page.getByText('There is no such chat'));
    },
    'an unknown user': async (window) => {
      await window.goto('/?as=ghost-of-nobody');
      await shown(window.page.getByText('Nobody is called ghost-of-nobody'));
    },
    'a server that does not answer': async (window) => {
      await window.page.route('**/api/start/**', (route) => route.abort());
      await window.goto('/');
      await shown(window.page.getByText('Parley cannot be reached'));
    },
    'the details of a chat': then(inChat, async (window) => {
      await window.page.locator('.peer-button button').click();
      await dialog(window, 'Details');
    }),
    'the menu of a chat': then(inChat, async ({ page }) => {
      await page.locator('[popovertarget="chat-menu"]').click();
      await shown(page.locator('#chat-menu'));
    }),
    'the menu of the account': then(inList, (window) => window.openAccountMenu()),
    'the menu of a row': then(inList, async (window) => {
      await window.entry(bob).click({ button: 'right' });
      await shown(window.page.getByRole('menu'));
    }),
    'the menu of a message': then(inChat, async (window) => {
      await window.message('The newest').click({ button: 'right' });
      await shown(window.page.getByRole('menu'));
    }),
    'an image': then(inChat, async (window) => {
      const { page } = window;
      await page.locator('input[type=file]').setInputFiles(ICON);
      await shown(page.getByRole('list', { name: 'Files to send' }));
      await window.send('An image');
      await page.getByRole('button', { name: /icon-192/ }).click();
      await shown(page.getByRole('dialog'));
    }),
    'an edit': then(inChat, async (window) => {
      await window.message('The newest').click({ button: 'right' });
      await window.page.getByRole('menuitem', { name: 'Edit' }).click();
      await shown(window.page.getByRole('button', { name: 'Save' }));
    }),
    'a new chat': then(inList, async (window) => {
      await window.page.getByRole('button', { name: 'New chat' }).click();
      await dialog(window, 'New chat');
    }),
    'the search in all chats': then(inList, async ({ page }) => {
      await page.getByRole('button', { name: 'Search messages' }).first().click();
      await page.locator('[data-search]').fill('Hello');
      await shown(page.getByText(/messages? found/));
    }),
    'the search in a chat': then(inChat, async ({ page }) => {
      await page.keyboard.press('Control+f');
      await page.locator('[data-search]').fill('Hello');
      await shown(page.getByText(/^1 of \d$/));
    }),
    'the palette': then(then(inChat, key('Control+k', 'Search or jump')), async ({ page }) => {
      await page.keyboard.type('e');
      await shown(page.getByRole('option').first());
    }),
    'the settings': then(inChat, key('Control+,', 'Settings')),
    'the shortcuts': then(inList, key('?', 'Keyboard shortcuts')),
  };

  it.each(Object.entries(VIEWS))('%s', async (_name, open) => {
    const window = await stage.window('/health/live', { viewport: WIDE });
    await open(window);
    await nothingWrong(window);
  });

  it.each(['the list', 'a chat', 'the menu of a message', 'the settings'])('%s, on a phone', async (name) => {
    const window = await stage.window('/health/live', { viewport: PHONE });
    await VIEWS[name]?.(window);
    await nothingWrong(window);
  });
});

describe('with accounts, axe finds nothing wrong in any theme', () => {
  let alice: Account;
  let bob: Account;

  const stage = setUpStage(ACCOUNTS);
  beforeAll(async () => {
    [alice, bob] = await Promise.all([Account.create(stage, 'alice'), Account.create(stage, 'bob')]);
    await bob.writeTo(alice);
  });

  const VIEWS: Record<string, () => Promise<ChatWindow>> = {
    'sign in': async () => {
      const window = await stage.window('/');
      await signInPage(window);
      await window.page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await until(
        async () => (await window.page.locator('[aria-invalid="true"]').count()) > 0,
        'it says what is missing',
      );
      return window;
    },
    register: async () => {
      const window = await stage.window('/register');
      await shown(window.page.getByRole('button', { name: 'Create account' }));
      return window;
    },
    requests: async () => {
      const window = await alice.window('/requests');
      await shown(window.entry(bob.user));
      return window;
    },
    'a request': async () => {
      const window = await alice.window('/requests');
      await window.entry(bob.user).click();
      await shown(window.page.getByRole('button', { name: 'Accept' }));
      return window;
    },
    ...Object.fromEntries(
      ['Devices', 'Passkeys', 'Privacy', 'Profile', 'Access tokens'].map((item) => [
        item,
        async () => {
          const window = await alice.window('/');
          await choose(window, alice, item);
          await shown(window.page.getByRole('dialog'));
          return window;
        },
      ]),
    ),
  };

  it.each(Object.entries(VIEWS))('%s', async (_name, open) => nothingWrong(await open()));
});
