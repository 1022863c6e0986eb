import type { User } from '@parley/shared';
import type { Locator } from 'playwright-core';
import { Account, ACCOUNTS } from './support/account';
import { roomPath, shown, until } from './support/chat-window';
import { keysReady } from './support/keyboard';
import { setUpStage } from './support/stage';
import { Typist } from './support/typist';

/** Something that opens over the page or a part of it. */
interface LayerCase {
  name: string;
  open(): Promise<void>;
  layer: Locator;
  /** Where the focus is again when it is closed. */
  back: Locator;
  /** It has no button that closes it: a menu. */
  isMenu?: true;
}

let she: Typist;

const dialog = (name: string | RegExp) => she.page.getByRole('dialog', { name });
const button = (name: string | RegExp) => she.page.getByRole('button', { name, exact: true });
const account = () => she.page.locator('[popovertarget="account-menu"]');
const chatOptions = () => she.page.locator('[popovertarget="chat-menu"]');

/** The focus is brought there; from then on there is only the keyboard. */
async function pressOn(target: Locator, ...keys: string[]): Promise<void> {
  await target.focus();
  await she.keys.press(...keys);
}

async function chooseIn(menu: Locator, item: string): Promise<void> {
  await pressOn(menu, 'Enter');
  await she.keys.choose(item);
}

/** Opens each and closes it in each way. @returns what is wrong, one line each. */
async function problemsOf(cases: readonly LayerCase[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { name, open, layer, back, isMenu } of cases) {
    for (const way of isMenu ? ['Escape'] : ['Escape', 'Close']) {
      try {
        await open();
        await shown(layer);
        await she.keys.isSeen(`${name} is open`);
        if (way === 'Close') {
          // What has been loaded meanwhile may have taken it.
          await she.keys.rests();
          const close = layer.getByRole('button', { name: 'Close', exact: true });
          const isAhead = await close.evaluate(
            (element) =>
              document.activeElement!.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING,
          );
          await she.keys.goTo(close, isAhead ? 'Tab' : 'Shift+Tab');
          await she.keys.press('Enter');
        } else {
          await she.keys.press('Escape');
        }
        await layer.waitFor({ state: 'hidden' });
        await she.keys.comesTo(back);
      } catch (error) {
        problems.push(`${name}, by ${way}: ${String(error).slice(0, 500)}`);
        await she.page.reload();
        await keysReady(she.window);
      }
    }
  }
  return problems;
}

describe('in simulation the focus', () => {
  let alice: User;
  let bob: User;
  let carol: User;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  beforeEach(async () => {
    const pair = await stage.pair();
    ({ alice, bob } = pair);
    carol = await stage.server.person('carol');
    await stage.server.chat(alice, carol);
    await stage.server.send(pair.room, bob, 'Hello');
    await stage.server.send(pair.room, alice, 'Mine');
    she = new Typist(await stage.window(roomPath(pair.room, alice)));
    await keysReady(she.window);
    await shown(she.window.message('Mine'));
  });

  it('is back where it was when a dialog is closed, by Escape and by its button', async () => {
    const { field } = she.window;
    const message = she.window.message('Mine');
    const jump = button('Jump to date');
    const peer = she.page.locator('#room header').getByRole('button', { name: bob.username });
    const cases: LayerCase[] = [
      {
        name: 'palette',
        open: () => pressOn(field, 'Control+k'),
        layer: dialog('Search or jump'),
        back: field,
      },
      {
        name: 'shortcuts',
        open: () => pressOn(message, '?'),
        layer: dialog('Keyboard shortcuts'),
        back: message,
      },
      { name: 'settings', open: () => pressOn(field, 'Control+,'), layer: dialog('Settings'), back: field },
      {
        name: 'settings of the menu',
        open: () => chooseIn(account(), 'Settings'),
        layer: dialog('Settings'),
        back: account(),
      },
      {
        name: 'profile',
        open: () => chooseIn(account(), 'Profile'),
        layer: dialog('Profile'),
        back: account(),
      },
      {
        name: 'new chat',
        open: () => pressOn(button('New chat'), 'Enter'),
        layer: dialog('New chat'),
        back: button('New chat'),
      },
      { name: 'details', open: () => pressOn(peer, 'Enter'), layer: dialog('Details'), back: peer },
      {
        name: 'timer',
        open: () => chooseIn(chatOptions(), 'Disappearing messages'),
        layer: dialog('Disappearing messages'),
        back: chatOptions(),
      },
      {
        name: 'date',
        async open() {
          if (!(await jump.isVisible())) await pressOn(field, 'Control+f');
          await pressOn(jump, 'Enter');
        },
        layer: dialog('Jump to date'),
        back: jump,
      },
      {
        name: 'details of a message',
        async open() {
          await pressOn(message, 'Enter');
          await she.keys.choose('Details');
        },
        layer: dialog('Message details'),
        back: message,
      },
    ];
    expect(await problemsOf(cases)).toEqual([]);
    expect(she.window.complaints).toEqual([]);
  });

  it('is back where it was when a menu is closed by Escape', async () => {
    const { field } = she.window;
    const message = she.window.message('Mine');
    const row = she.window.entry(carol);
    const cases: LayerCase[] = [
      {
        name: 'chat options',
        open: () => pressOn(chatOptions(), 'Enter'),
        layer: she.page.locator('#chat-menu'),
        back: chatOptions(),
        isMenu: true,
      },
      {
        name: 'account',
        open: () => pressOn(account(), 'Enter'),
        layer: she.page.locator('#account-menu'),
        back: account(),
        isMenu: true,
      },
      {
        name: 'menu of a message',
        open: () => pressOn(message, 'Enter'),
        layer: she.page.getByRole('menu', { name: 'Message actions' }),
        back: message,
        isMenu: true,
      },
      {
        name: 'reactions',
        open: () => pressOn(message, ':'),
        layer: she.page.getByRole('group', { name: 'React', exact: true }),
        back: message,
        isMenu: true,
      },
      {
        name: 'menu of a row',
        open: () => pressOn(row, 'Shift+F10'),
        layer: she.page.getByRole('menu', { name: /Options for the chat/ }),
        back: row,
        isMenu: true,
      },
      {
        name: 'emoji',
        open: () => pressOn(button('Emoji'), 'Enter'),
        layer: dialog('Emoji'),
        back: field,
        isMenu: true,
      },
      {
        name: 'search of the chat',
        open: () => pressOn(field, 'Control+f'),
        layer: she.page.getByRole('search'),
        back: field,
        isMenu: true,
      },
    ];
    expect(await problemsOf(cases)).toEqual([]);
  });

  it('is somewhere near when what had it is gone', async () => {
    const { field } = she.window;
    await chooseIn(chatOptions(), 'Disappearing messages');
    await she.keys.goTo(dialog('Disappearing messages').getByRole('button', { name: 'Save' }), 'Tab');
    await she.keys.press('Enter');
    await she.keys.comesTo(chatOptions());

    await chooseIn(account(), 'Profile');
    const name = dialog('Profile').getByRole('textbox').first();
    await she.keys.comesTo(name);
    await she.keys.type('A');
    await she.keys.press('Enter');
    await she.keys.comesTo(account());

    await pressOn(she.window.message('Mine'), 'r');
    await she.keys.comesTo(field);
    const reply = she.page.getByRole('group', { name: /^Reply to/ });
    await she.keys.goTo(reply.getByRole('button').last(), 'Shift+Tab');
    await she.keys.press('Enter');
    await reply.waitFor({ state: 'detached' });
    await she.keys.comesTo(she.window.message('Mine').or(field));

    await pressOn(she.window.message('Mine'), 'Delete');
    await she.window.message('Mine').waitFor({ state: 'detached' });
    await she.keys.comesTo(she.page.locator('[data-bubble], [data-composer]'));

    await she.page
      .locator('input[type=file]')
      .first()
      .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') });
    await pressOn(button(/notes\.txt/), 'Enter');
    await she.page.getByRole('list', { name: 'Files to send' }).waitFor({ state: 'detached' });
    await she.keys.comesTo(field);

    await pressOn(she.window.entry(bob), 'Shift+F10');
    await she.keys.choose('Archive');
    await she.window.entry(bob).waitFor({ state: 'detached' });
    await she.keys.comesTo(she.window.entry(carol));

    await she.keys.press('Shift+F10');
    await she.keys.choose('Archive');
    await she.window.entry(carol).waitFor({ state: 'detached' });
    await she.keys.isSeen('no chat is left');
    await until(
      () => she.page.evaluate(() => document.activeElement?.closest('nav') !== null),
      'it is in the list',
    );
  });
});

const ofAccount = (item: string, title: string | RegExp = item): LayerCase => ({
  name: item,
  open: () => chooseIn(account(), item),
  layer: dialog(title),
  back: account(),
});
const ofChat = (item: string, title: string | RegExp = item): LayerCase => ({
  name: item,
  open: () => chooseIn(chatOptions(), item),
  layer: dialog(title),
  back: chatOptions(),
});

describe('with accounts the focus', () => {
  let alice: Account;
  let bob: Account;

  const stage = setUpStage(ACCOUNTS);
  beforeEach(async () => {
    [alice, bob] = await Promise.all([Account.create(stage, 'alice'), Account.create(stage, 'bob')]);
  });

  async function open(path: string): Promise<void> {
    she = new Typist(await alice.window(path));
    await keysReady(she.window);
    await shown(she.window.message('Hello'));
  }

  it('is back on the menu when one of its dialogs is closed, by Escape and by its button', async () => {
    await open(await bob.chatWith(alice));
    const name = bob.user.username;
    const cases = [
      ...['Profile', 'Privacy', 'Devices', 'Change password', 'Access tokens', 'Export my data'].map((item) =>
        ofAccount(item),
      ),
      ofAccount('Delete account', /Delete/),
      ofChat(`Block ${name}`, /^Block/),
      ofChat(`Report ${name}`),
    ];
    expect(await problemsOf(cases)).toEqual([]);
    expect(she.window.complaints).toEqual([]);
  });

  it('is on what takes the place of the field when the other is blocked, and on the field again', async () => {
    await open(await bob.chatWith(alice));
    await chooseIn(chatOptions(), `Block ${bob.user.username}`);
    const block = dialog(/^Block/);
    await shown(block);
    await she.keys.goTo(block.getByRole('button', { name: 'Block', exact: true }), 'Tab');
    await she.keys.press('Enter');
    await shown(she.page.getByText(`You have blocked ${bob.user.username}.`));
    await she.keys.isSeen('bob is blocked');
    await pressOn(button(`Unblock ${bob.user.username}`).last(), 'Enter');
    await she.keys.comesTo(she.window.field);
  });

  it('is in the list when a request is declined', async () => {
    await open(await bob.writeTo(alice));
    await pressOn(button('Decline'), 'Enter');
    await shown(she.page.getByText(/^The request of .* is removed/));
    await she.keys.isSeen('the request is declined');
  });
});
