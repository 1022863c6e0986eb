import type { Room, User } from '@parley/shared';
import type { Locator, Page } from 'playwright-core';
import { Account, ACCOUNTS } from './support/account';
import { PHONE, roomPath, shown, type ChatWindow } from './support/chat-window';
import { Fingers } from './support/fingers';
import { setUpStage } from './support/stage';
import { smallTargets } from './support/targets';

const LOOK = { viewport: PHONE, isTouch: true };
/** So many chats have views. */
const CHATS = 9;

/** Nothing is seen half way. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter((animation) => animation.effect?.getTiming().iterations === 1);
    await Promise.all(ending.map((animation) => animation.finished.catch(() => undefined)));
  });
}

/** Goes through views: opens each, looks at it, and leaves it. */
async function walk(page: Page, views: [string, () => Promise<unknown>, () => Locator][]): Promise<void> {
  const found: string[] = [];
  for (const [name, open, sign] of views) {
    await open();
    await shown(sign());
    await settle(page);
    found.push(...(await smallTargets(page)).map((target) => `${name}: ${target}`));
  }
  expect(found).toEqual([]);
}

describe('a finger hits everything that it can use', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;
  beforeAll(async () => {
    ({ alice, bob, room } = await stage.pair());
    for (let n = 0; n < CHATS; n++) {
      const peer = await server.person(`peer${n}`);
      await server.send(await server.room(alice, peer), peer, 'Hello');
    }
    await server.send(room, bob, 'Look at https://example.com for the recipe');
    await server.send(room, alice, 'Mine');
    await server.send(room, bob, 'The last one');
  });

  const button = (name: string | RegExp) =>
    hers.page.getByRole('button', { name, exact: typeof name === 'string' }).first();
  const dialog = (name: string) => hers.page.getByRole('dialog', { name });
  const item = (name: string) => hers.page.getByRole('menuitem', { name });
  const back = () => hers.page.goBack();
  const rest = async (target: Locator, sign: Locator) => {
    const finger = await (await Fingers.on(hers.page)).press(target);
    await shown(sign);
    await finger.release();
  };

  it('in the list, and in what opens over it', async () => {
    hers = await stage.window(`/?as=${alice.username}`, LOOK);
    await shown(hers.entry(bob));
    await hers.secondLoad();
    await walk(hers.page, [
      ['list', async () => undefined, () => hers.rooms.getByRole('tab', { name: /^Unread/ })],
      ['new chat', () => button('New chat').tap(), () => dialog('New chat').getByRole('button').nth(2)],
      [
        'account',
        async () => {
          await back();
          await hers.openAccountMenu();
        },
        () => item('Settings'),
      ],
      ['settings', () => item('Settings').tap(), () => dialog('Settings')],
      [
        'profile',
        async () => {
          await back();
          await hers.openAccountMenu();
          await item('Profile').tap();
        },
        () => dialog('Profile'),
      ],
      [
        'chat menu',
        async () => {
          await back();
          await rest(hers.entry(bob), item('Pin'));
        },
        () => item('Pin'),
      ],
      [
        'search',
        async () => {
          await back();
          await button('Search messages').tap();
          await hers.page.getByRole('searchbox', { name: 'Search messages' }).fill('recipe');
        },
        () => hers.page.getByRole('link', { name: /recipe/ }).first(),
      ],
      [
        'palette',
        async () => {
          await back();
          await button(/^Search or jump/).tap();
        },
        () => dialog('Search or jump').getByRole('option').first(),
      ],
    ]);
  });

  it('in a chat, and in what opens over it', async () => {
    hers = await stage.window(roomPath(room, alice), LOOK);
    await shown(hers.message('The last one'));
    await hers.secondLoad();
    // It brings what can be done to a message.
    await hers.message('Mine').tap();
    await hers.page.locator('[role=log].touch-pan-y').waitFor();
    await walk(hers.page, [
      ['chat', async () => undefined, () => hers.field],
      ['details', () => button(bob.username).tap(), () => dialog('Details')],
      [
        'chat options',
        async () => {
          await back();
          await button('Chat options').tap();
        },
        () => item('Mute'),
      ],
      [
        'timer',
        () => item('Disappearing messages').tap(),
        () => dialog('Disappearing messages').getByRole('radio').first(),
      ],
      [
        'message',
        async () => {
          await back();
          await rest(hers.message('Mine').locator('.user-text'), item('Reply'));
        },
        () => item('Reply'),
      ],
      [
        'emoji',
        () => button('More reactions').tap(),
        () => hers.page.getByRole('option', { name: /thumbs up|\+1/i }).first(),
      ],
      [
        'reply',
        async () => {
          await back();
          await rest(hers.message('The last one').first().locator('.user-text'), item('Reply'));
          await item('Reply').tap();
        },
        () => button('Cancel reply'),
      ],
      [
        'quote and reaction',
        async () => {
          await hers.field.fill('An answer');
          await button('Send').tap();
          await rest(hers.message('The last one').first().locator('.user-text'), item('Reply'));
          await hers.page
            .getByRole('button', { name: /👍|thumbs up/i })
            .first()
            .tap();
        },
        () =>
          hers.page
            .getByRole('log')
            .getByRole('button', { name: /👍|thumbs up/i })
            .first(),
      ],
      [
        'search in the chat',
        () => hers.page.locator('#room').getByRole('button', { name: 'Search messages' }).tap(),
        () => hers.page.getByRole('searchbox'),
      ],
    ]);
  });
});

describe('a finger hits everything, with accounts,', () => {
  let hers: ChatWindow;
  const stage = setUpStage(ACCOUNTS);

  it('to sign in and to register', async () => {
    hers = await stage.window('/', LOOK);
    await walk(hers.page, [
      [
        'sign in',
        async () => undefined,
        () => hers.page.getByRole('button', { name: 'Sign in', exact: true }),
      ],
      [
        'register',
        () => hers.page.goto(`${stage.server.origin}/register`),
        () => hers.page.getByRole('button', { name: /account|register/i }).first(),
      ],
    ]);
  });

  it('in the menu of the account, each dialog of it, and a request', async () => {
    const [alice, bob] = await Promise.all([Account.create(stage, 'alice'), Account.create(stage, 'bob')]);
    await bob.writeTo(alice, 'May I?');
    hers = await alice.window('/', LOOK);
    await hers.secondLoad();
    await hers.openAccountMenu();
    const items = await hers.page.locator('#account-menu [role=menuitem] > span').allTextContents();
    const visible = items.filter((name) => !/log out/i.test(name));
    expect(visible.length).toBeGreaterThan(4);
    await hers.page.keyboard.press('Escape');
    await walk(
      hers.page,
      visible.map((name) => [
        name,
        async () => {
          if (await hers.page.getByRole('dialog').count()) await hers.page.goBack();
          await hers.page.getByRole('dialog').waitFor({ state: 'detached' });
          await hers.openAccountMenu();
          await hers.page.getByRole('menuitem', { name }).tap();
          await shown(hers.page.getByRole('dialog'));
          await hers.page.waitForLoadState('networkidle');
        },
        () => hers.page.getByRole('dialog').getByRole('button').first(),
      ]),
    );
  });
});
