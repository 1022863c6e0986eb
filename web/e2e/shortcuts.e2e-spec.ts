import type { Room, User } from '@parley/shared';
import { violations } from './support/axe';
import { PHONE, shown, until, type ChatWindow } from './support/chat-window';
import { fillRoom } from './support/fill-room';
import { keysReady } from './support/keyboard';
import { setUpStage } from './support/stage';

describe('shortcuts', () => {
  let alice: User;
  let bob: User;
  let carol: User;
  let dave: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;

  /** In the list: dave, carol, bob. */
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    [carol, dave] = await Promise.all([server.person('carol'), server.person('dave')]);
    await server.send(room, bob, 'Hello');
    await server.chat(alice, carol);
    await server.chat(alice, dave);
  });

  const open = async (peer: User) => {
    hers = await stage.window(`/?as=${alice.username}`);
    await hers.entry(peer).click();
    await shown(hers.log(peer));
    await ready();
  };
  /** The keys are there. */
  const ready = async () => {
    await keysReady(hers);
    await hers.field.waitFor();
  };
  const press = (key: string) => hers.page.keyboard.press(key);
  const focused = (selector: string) =>
    hers.page.evaluate((wanted) => !!document.activeElement?.matches(wanted), selector);
  const hasFocus = (selector: string) => until(() => focused(selector), `the focus is on ${selector}`);

  it('go through the chats with Alt and arrows, also from the field, and stay at the ends', async () => {
    await open(carol);
    await press('Alt+ArrowDown');
    await shown(hers.log(bob));
    await hasFocus('[data-composer]');
    await press('Alt+ArrowDown');
    await press('Alt+ArrowUp');
    await press('Alt+ArrowUp');
    await shown(hers.log(dave));
    expect(hers.complaints).toEqual([]);
  });

  it('go to the next unread chat, and from the end on from the beginning', async () => {
    await open(carol);
    await hers.entry(carol).getByText('1 unread').waitFor({ state: 'detached' });
    await press('Alt+Shift+ArrowDown');
    await shown(hers.log(bob));
    await hers.entry(bob).getByText('1 unread').waitFor({ state: 'detached' });
    await press('Alt+Shift+ArrowDown');
    await shown(hers.log(dave));
  });

  it('write into the open chat from anywhere, but not from another field or a dialog', async () => {
    await open(bob);
    await hers.message('Hello').focus();
    await hers.page.keyboard.type('hx y');
    expect(await hers.field.inputValue()).toBe('hx y');
    await hers.field.fill('');
    // An action of a message stays one.
    await hers.message('Hello').focus();
    await press('r');
    await shown(hers.page.getByRole('group', { name: /^Reply to/ }));
    await hasFocus('[data-composer]');
    await press('Escape');
    await hers.page.getByRole('button', { name: 'Search messages' }).first().focus();
    await press('Enter');
    await hasFocus('[data-search]');
    await hers.page.keyboard.type('hello?');
    expect(await hers.field.inputValue()).toBe('');
    await press('Escape');
    await hers.page.getByRole('button', { name: 'New chat' }).focus();
    await press('Enter');
    const dialog = hers.page.getByRole('dialog');
    await shown(dialog);
    await dialog.getByRole('button', { name: 'Close' }).focus();
    await hers.page.keyboard.type('x');
    expect(await hers.field.inputValue()).toBe('');
  });

  it('write what AltGr and a dead key make, and paste', async () => {
    await open(bob);
    await hers.message('Hello').focus();
    // As Windows reports AltGr+Q of a German keyboard: Ctrl, Alt and the character.
    const isFree = await hers.page.evaluate(() =>
      document.activeElement!.dispatchEvent(
        new KeyboardEvent('keydown', {
          key: '@',
          code: 'KeyQ',
          ctrlKey: true,
          altKey: true,
          modifierAltGraph: true,
          bubbles: true,
          cancelable: true,
        }),
      ),
    );
    expect(isFree).toBe(true);
    expect(await focused('[data-composer]')).toBe(true);
    await hers.message('Hello').focus();
    await hers.page.evaluate(() =>
      document.activeElement!.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Dead', code: 'Quote', bubbles: true, cancelable: true }),
      ),
    );
    expect(await focused('[data-composer]')).toBe(true);
    // A composition has its keys for itself.
    await hers.message('Hello').focus();
    await hers.page.evaluate(() =>
      document.activeElement!.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'r', isComposing: true, bubbles: true, cancelable: true }),
      ),
    );
    expect(await focused('[data-bubble]')).toBe(true);
  });

  it('of Escape go back one step at a time', async () => {
    await fillRoom(room, bob, 200, 'minute');
    await open(bob);
    await hers.page.getByRole('button', { name: /jump to latest/i }).click();
    await shown(hers.message('Message 201'));
    await hers.message('Message 201').focus();
    await press('r');
    await shown(hers.page.getByRole('group', { name: /^Reply to/ }));
    await hers.page.getByRole('log').evaluate((log) => (log.scrollTop = 0));
    await shown(hers.page.getByRole('button', { name: /jump to latest/i }));
    await hers.page.locator('[data-bubble]').first().focus();
    await press('Escape');
    await hasFocus('[data-composer]');
    await shown(hers.page.getByRole('group', { name: /^Reply to/ }));
    await press('Escape');
    await hers.page.getByRole('group', { name: /^Reply to/ }).waitFor({ state: 'detached' });
    // Back where the reply began, although that had left the page.
    await hasFocus('[data-seq="201"]');
    const box = await hers.message('Message 201').boundingBox();
    expect(box?.y).toBeGreaterThan(0);
    expect(box?.y).toBeLessThan(900);
    await press('Escape');
    await hasFocus('[data-composer]');
    await hers.page.getByRole('log').evaluate((log) => (log.scrollTop = 0));
    await shown(hers.page.getByRole('button', { name: /jump to latest/i }));
    await press('Escape');
    await hers.page.getByRole('button', { name: /jump to latest/i }).waitFor({ state: 'detached' });
    await hasFocus('[data-composer]');
    await press('Escape');
    await hasFocus('nav a[aria-current="page"]');
    // Not from a text.
    await hers.page.keyboard.type('so');
    await press('Escape');
    await hasFocus('[data-composer]');
    expect(hers.complaints).toEqual([]);
  });

  it('send a reply to a message far up: the log shows the reply, and the composer keeps the focus', async () => {
    await fillRoom(room, bob, 300, 'minute');
    hers = await stage.window(`/rooms/${room.id}?as=${alice.username}&at=100`);
    await shown(hers.message('Message 100'));
    await ready();
    await hers.message('Message 100').focus();
    await press('r');
    await shown(hers.page.getByRole('group', { name: /^Reply to/ }));
    await hers.page.keyboard.type('From afar');
    await press('Enter');
    await shown(hers.message('From afar'));
    await hers.page.waitForTimeout(300);
    await hasFocus('[data-composer]');
    const box = await hers.message('From afar').boundingBox();
    expect(box?.y).toBeLessThan(900);
  });

  it('of Escape lead back to the list on a phone', async () => {
    hers = await stage.window(`/?as=${alice.username}`, { viewport: PHONE });
    await hers.entry(bob).click();
    await shown(hers.log(bob));
    await ready();
    await press('Escape');
    await shown(hers.entry(bob));
    await hasFocus(`a[href^="/rooms/${room.id}"]`);
  });

  it('are listed by ?, which is text in the field, and the keys without Ctrl can be turned off', async () => {
    await open(bob);
    await hers.field.press('?');
    expect(await hers.field.inputValue()).toBe('?');
    await hers.field.fill('');
    await hers.message('Hello').focus();
    await press('?');
    const sheet = hers.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await shown(sheet);
    await shown(sheet.getByRole('term').filter({ hasText: 'Next unread chat' }));
    expect(await violations(hers.page)).toEqual([]);
    await sheet.getByRole('switch').focus();
    await press('Space');
    await press('Escape');
    await sheet.waitFor({ state: 'detached' });
    await hasFocus('[data-bubble]');
    await press('?');
    await hers.page.keyboard.type('x');
    expect(await sheet.count()).toBe(0);
    expect(await hers.field.inputValue()).toBe('');
    await press('Alt+ArrowUp');
    await shown(hers.log(carol));
  });

  it('are said where the action is offered', async () => {
    await open(bob);
    await press('ArrowUp');
    await hasFocus('[data-bubble]');
    const reply = hers.page.getByRole('button', { name: 'Reply', exact: true });
    await shown(reply);
    expect(await reply.getAttribute('title')).toBe('Reply (R)');
    expect(await reply.getAttribute('aria-keyshortcuts')).toBe('R');
    await press('Enter');
    const item = hers.page.getByRole('menuitem', { name: 'Reply' });
    expect(await item.getAttribute('aria-keyshortcuts')).toBe('R');
  });
});
