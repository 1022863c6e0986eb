import type { Room, User } from '@parley/shared';
import { shown, until, type ChatWindow } from './support/chat-window';
import { Keyboard, keysReady } from './support/keyboard';
import { setUpStage } from './support/stage';

describe('what takes long, while what was pressed is not painted yet', () => {
  let alice: User;
  let bob: User;
  let carol: User;
  let hers: ChatWindow;

  const stage = setUpStage();
  beforeEach(async () => {
    let room: Room;
    ({ alice, bob, room } = await stage.pair());
    carol = await stage.server.person('carol');
    await stage.server.send(room, bob, 'Hello');
    await stage.server.chat(alice, carol);
    hers = await stage.roomWindow(room, alice);
    await keysReady(hers);
    await shown(hers.entry(carol));
    // To where the focus goes back from a dialog.
    await until(() => new Keyboard(hers).isOn(hers.field), 'the field has the focus');
    // No frame comes any more.
    await hers.page.evaluate(() => (window.requestAnimationFrame = () => 0));
  });

  it('a chat is marked in the list, and the next key is for it', async () => {
    await hers.entry(carol).click();
    expect(await hers.entry(carol).getAttribute('aria-current')).toBe('page');
    expect(await hers.log(bob).isVisible()).toBe(true);
    await hers.page.keyboard.type('For Carol');
    await shown(hers.log(carol));
    expect(await hers.field.inputValue()).toBe('For Carol');
    await hers.entry(bob).click();
    await hers.page.keyboard.press('Shift');
    await shown(hers.log(bob));
    expect(await hers.field.inputValue()).toBe('');
    expect(hers.complaints).toEqual([]);
  });

  it('Alt and an arrow go on from the chat that is marked', async () => {
    const dave = await stage.server.person('dave');
    await stage.server.chat(alice, dave);
    await shown(hers.entry(dave));
    // The newest is the first: Dave, Carol, Bob.
    await hers.page.keyboard.press('Alt+ArrowUp');
    expect(await hers.entry(carol).getAttribute('aria-current')).toBe('page');
    await hers.page.keyboard.press('Alt+ArrowUp');
    expect(await hers.entry(dave).getAttribute('aria-current')).toBe('page');
    expect(await hers.entry(carol).getAttribute('aria-current')).toBeNull();
  });

  it('a dialog has its shade, and the next key is for it; after Escape for the page', async () => {
    const dialog = hers.page.getByRole('dialog', { name: 'Search or jump' });
    await hers.page.keyboard.press('Control+k');
    await shown(hers.page.locator('.modal-ground'));
    expect(await dialog.isVisible()).toBe(false);
    await hers.page.keyboard.type('ca');
    expect(await dialog.getByRole('combobox').inputValue()).toBe('ca');
    await hers.page.keyboard.press('Escape');
    expect(await dialog.getAttribute('data-closing')).toBe('');
    // The key that closes it has been pressed in it, and goes with it.
    await hers.page.keyboard.press('Shift');
    await hers.page.keyboard.type('Hi');
    await dialog.waitFor({ state: 'detached' });
    expect(await hers.field.inputValue()).toBe('Hi');
    expect(await hers.page.locator('.modal-ground').count()).toBe(0);
    expect(hers.complaints).toEqual([]);
  });
});
