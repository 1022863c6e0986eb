import type { User } from '@parley/shared';
import { ACCOUNTS, newUsername, PASSWORD } from './support/account';
import { shown, until } from './support/chat-window';
import { fillRoom } from './support/fill-room';
import { keysReady } from './support/keyboard';
import { setUpStage } from './support/stage';
import { Typist } from './support/typist';

/** Longer than a deletion can be undone. */
const DELETED_MS = 15_000;

describe('two people who use nothing but the keyboard', () => {
  let alice: User;
  let bob: User;
  let carol: User;
  let dave: User;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;
  beforeEach(async () => {
    [alice, bob, carol, dave] = (await Promise.all(
      ['alice', 'bob', 'carol', 'dave'].map((name) => server.person(name)),
    )) as [User, User, User, User];
  });

  async function arrive(user: User): Promise<Typist> {
    const window = await stage.window(`/?as=${user.username}`);
    await keysReady(window);
    return new Typist(window);
  }

  it('find each other, write, answer, reply, edit, react, format and delete', async () => {
    const she = await arrive(alice);
    await she.keys.press('Tab', 'Tab', 'Shift+Tab');
    await she.open(bob);
    await she.write('Hello Bob');
    const he = await arrive(bob);
    await he.keys.press('Alt+ArrowDown');
    await shown(he.window.message('Hello Bob'));
    await he.write('Hello Alice');
    await shown(she.window.message('Hello Alice'));

    await she.goToMessage(she.window.message('Hello Alice'));
    await she.keys.press('r');
    await she.write('How are you');
    await shown(he.window.message('How are you').getByRole('button', { name: /In reply to.*Hello Alice/ }));

    await she.keys.press('ArrowUp');
    await until(async () => (await she.window.field.inputValue()) === 'How are you', 'the edit has begun');
    await she.write(' today?');
    await shown(he.window.message('How are you today?').getByText('edited'));

    await he.goToMessage(he.window.message('How are you today?'));
    await he.keys.press(':');
    await he.keys.comesTo(he.page.getByRole('button', { name: '👍' }));
    await he.keys.press('ArrowRight', 'Enter');
    await shown(she.window.message('How are you today?').getByRole('button', { name: '❤️' }));
    await he.keys.comesTo(he.window.message('How are you today?'));
    await he.keys.press('Escape');

    await he.keys.comesTo(he.window.field);
    await he.keys.type('very well');
    await he.keys.press('Shift+Home', 'Control+b', 'Enter');
    await shown(she.page.getByRole('log').locator('strong').getByText('very well'));

    await he.goToMessage(he.window.message('very well'));
    await he.keys.press('Delete');
    await he.window.message('very well').waitFor({ state: 'detached' });
    await he.keys.press('Control+z');
    await shown(he.window.message('very well'));
    await he.keys.press('Escape');
    await he.goToMessage(he.window.message('very well'));
    await he.keys.press('Delete');
    await shown(she.page.getByRole('log').getByText('Message deleted'), DELETED_MS);
    await he.keys.isSeen('the deletion is done');
    expect([...she.window.complaints, ...he.window.complaints]).toEqual([]);
  });

  it('send a file and open it', async () => {
    await server.chat(alice, bob);
    const [she, he] = await Promise.all([arrive(alice), arrive(bob)]);
    await she.open(bob);
    // Early: the browser learns of it a moment later.
    const choosing = she.page.waitForEvent('filechooser');
    await she.keys.goTo(she.page.getByRole('button', { name: 'Attach files' }), 'Shift+Tab');
    await she.keys.press('Enter');
    const image = await she.page.screenshot();
    await (await choosing).setFiles({ name: 'screen.png', mimeType: 'image/png', buffer: image });
    await shown(she.page.getByRole('list', { name: 'Files to send' }));
    await she.write('Look');

    await he.open(alice);
    await shown(he.window.message('Look').getByRole('img'));
    await he.keys.goTo(he.page.getByRole('button', { name: 'Open screen.png' }), 'Shift+Tab');
    await he.keys.press('Enter');
    const viewer = he.page.getByRole('dialog', { name: 'Image' });
    await shown(viewer);
    await he.keys.press('+', 'Tab', 'Escape');
    await viewer.waitFor({ state: 'hidden' });
    await he.keys.comesTo(he.page.getByRole('button', { name: 'Open screen.png' }));
    expect([...she.window.complaints, ...he.window.complaints]).toEqual([]);
  });

  it('search in a chat, jump to a hit, and go through its history', async () => {
    const room = await server.chat(alice, bob);
    await server.send(room, bob, 'The needle');
    await fillRoom(room, bob, 300, 'minute');
    const she = await arrive(alice);
    await she.open(bob);
    const field = she.page.getByRole('searchbox', { name: `Search in the chat with ${bob.username}` });
    await she.keys.press('Control+f');
    await she.keys.comesTo(field);
    await she.keys.type('needle');
    await shown(she.page.getByText('1 of 1'));
    await shown(she.window.message('The needle'));
    await she.keys.goTo(she.page.getByRole('button', { name: 'Close search' }), 'Tab');
    await she.keys.press('Enter');
    await she.keys.comesTo(she.window.field);
    await shown(she.window.message('The needle'));

    await she.keys.goTo(she.page.locator('[data-bubble]'), 'Shift+Tab');
    const first = () => she.page.locator('[data-bubble]').first().getAttribute('data-seq');
    await she.keys.press('Home');
    await until(async () => (await first()) === '1', 'the beginning is loaded');
    await she.keys.press('Home', 'ArrowDown', 'End');
    await she.keys.press('Escape');
    await she.keys.comesTo(she.window.field);
    await she.keys.press('Escape');
    await shown(she.window.message('Message 302'));
    await she.keys.press('Escape');
    await she.keys.comesTo(she.window.entry(bob));
    expect(she.window.complaints).toEqual([]);
  });

  it('go from chat to chat, and pin, mute, mark and archive them', async () => {
    // Nothing is unread: the last message of each is hers.
    const rooms = await Promise.all([bob, carol, dave].map((peer) => server.room(alice, peer)));
    for (const room of rooms) await server.send(room, alice, 'Earlier');
    const she = await arrive(alice);
    await she.open(dave);
    await she.keys.press('Alt+ArrowDown');
    await shown(she.window.log(carol));
    await she.keys.press('Alt+ArrowDown');
    await shown(she.window.log(bob));
    await she.keys.press('Alt+ArrowUp');
    await shown(she.window.log(carol));
    await she.keys.comesTo(she.window.field);
    await server.send(rooms[2]!, dave, 'Something new');
    await shown(she.window.entry(dave).getByText('1 unread'));
    await she.keys.press('Alt+Shift+ArrowDown');
    await shown(she.window.log(dave));
    await she.keys.press('Alt+Shift+ArrowUp');

    const row = she.window.entry(bob);
    await she.keys.press('Escape');
    await she.keys.goTo(row, 'ArrowDown');
    await she.keys.press('Shift+F10');
    await she.keys.choose('Pin');
    await shown(row.getByText('pinned'));
    await she.keys.comesTo(row);
    await she.keys.press('Shift+F10');
    await she.keys.choose('Mute');
    await she.keys.choose('For 8 hours');
    await shown(row.getByText('muted'));
    await she.keys.comesTo(row);
    await she.keys.press('Shift+F10');
    await she.keys.choose('Mark as unread');
    await shown(row.getByText('marked unread'));
    await she.keys.press('Shift+F10');
    await she.keys.choose('Archive');
    await row.waitFor({ state: 'detached' });
    await she.keys.isSeen('the chat is archived');
    await she.keys.goTo(she.page.getByRole('button', { name: 'Undo' }), 'Tab');
    await she.keys.press('Enter');
    await shown(row);
    await she.keys.isSeen('the chat is back');
    expect(she.window.complaints).toEqual([]);
  });

  it('change how the page looks, become somebody else, and look keys up', async () => {
    await server.chat(alice, bob);
    const she = await arrive(alice);
    await she.open(bob);
    await she.keys.press('Control+,');
    const settings = she.page.getByRole('dialog', { name: 'Settings' });
    await shown(settings);
    await she.keys.goTo(settings.getByRole('group', { name: 'Theme' }).getByRole('radio'), 'Tab');
    await she.keys.goTo(settings.getByRole('radio', { name: 'Dark' }), 'ArrowRight');
    const scheme = () => she.page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    await until(async () => (await scheme()) === 'dark', 'it is dark');
    await she.keys.press('Escape');
    await she.keys.comesTo(she.window.field);

    const account = she.page.locator('[popovertarget="account-menu"]');
    await she.keys.goTo(account, 'Shift+Tab');
    await she.keys.press('?');
    const sheet = she.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await shown(sheet);
    await she.keys.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await she.keys.comesTo(account);

    await she.keys.press('Enter');
    const actingAs = she.page.getByRole('combobox', { name: 'Acting as' });
    await she.keys.comesTo(actingAs);
    await she.keys.press('ArrowDown');
    await she.keys.type(bob.username);
    await she.keys.press('Enter');
    await until(() => she.window.isActingAs(bob.username), 'the window is bob');
    await shown(she.window.log(alice));
    await she.keys.isSeen('the window is bob');
    expect(she.window.complaints).toEqual([]);
  });
});

/** Of a form. */
const field = ({ page }: Typist, name: string) => page.locator(`[name=${name}]`);

describe('two people with accounts who use nothing but the keyboard', () => {
  const stage = setUpStage(ACCOUNTS);

  /** From the page that asks to sign in. */
  async function createAccount(username: string): Promise<Typist> {
    const typist = new Typist(await stage.window('/'));
    const { keys, page } = typist;
    await keys.comesTo(field(typist, 'username'));
    await keys.goTo(page.getByRole('link', { name: 'Create an account' }), 'Tab');
    await keys.press('Enter');
    await shown(page.getByRole('heading', { name: 'Create your account' }));
    await keys.goTo(field(typist, 'username'), 'Tab');
    await keys.type(username);
    await keys.goTo(field(typist, 'password'), 'Tab');
    await keys.type(PASSWORD);
    await keys.press('Enter');
    await shown(page.getByRole('button', { name: username, exact: true }));
    await keysReady(typist.window);
    return typist;
  }

  it('register, find each other, accept and answer, sign out, and sign in again', async () => {
    const [alice, bob] = [newUsername('alice'), newUsername('bob')];
    const he = await createAccount(bob);
    await he.keys.isSeen('the account is created');
    const she = await createAccount(alice);
    await she.open({ username: bob });
    await she.write('Hello Bob');

    const requests = he.page.getByRole('link', { name: 'Requests' });
    await shown(requests);
    await he.keys.goTo(requests, 'Tab');
    await he.keys.press('Enter');
    const request = he.window.entry({ username: alice });
    await shown(request);
    await he.keys.goTo(request, 'Tab');
    await he.keys.press('Enter');
    await shown(he.window.message('Hello Bob'));
    await he.keys.goTo(he.page.getByRole('button', { name: 'Accept' }), 'Tab');
    await he.keys.press('Enter');
    await he.write('Hello Alice');
    await shown(she.window.message('Hello Alice'));

    const account = she.page.locator('[popovertarget="account-menu"]');
    await she.keys.goTo(account, 'Shift+Tab');
    await she.keys.press('Enter');
    await she.keys.choose('Log out');
    await shown(she.page.getByRole('heading', { name: 'Sign in' }));
    await she.keys.comesTo(field(she, 'username'));
    await she.keys.type(alice);
    await she.keys.press('Tab');
    await she.keys.type(PASSWORD);
    await she.keys.press('Enter');
    await shown(she.window.entry({ username: bob }));
    await she.keys.isSeen('the user has signed in');
    expect([...she.window.complaints, ...he.window.complaints]).toEqual([]);
  });
});
