import type { Room, User } from '@parley/shared';
import { Account, ACCOUNTS } from './support/account';
import { violations } from './support/axe';
import { PHONE, shown, until, type ChatWindow } from './support/chat-window';
import { fillRoom } from './support/fill-room';
import { keysReady } from './support/keyboard';
import { setUpStage } from './support/stage';

function paletteOf(window: ChatWindow) {
  const dialog = window.page.getByRole('dialog', { name: 'Search or jump' });
  return {
    dialog,
    field: dialog.getByRole('combobox'),
    option: (name: string | RegExp) => dialog.getByRole('option', { name, exact: true }),
    /** The option that Enter takes, as a screen reader has it. */
    current: () =>
      dialog
        .getByRole('combobox')
        .evaluate(
          (field) =>
            document.getElementById(field.getAttribute('aria-activedescendant') ?? '')?.textContent ?? '',
        ),
  };
}

describe('the palette', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;

  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    await server.send(room, bob, 'Hello');
  });

  const open = async (path = `/?as=${alice.username}`) => {
    hers = await stage.window(path);
    await keysReady(hers);
    await hers.page.keyboard.press('Control+k');
    const palette = paletteOf(hers);
    await shown(palette.dialog);
    return palette;
  };

  it('opens by key and click, offers the latest other chat first, and goes there', async () => {
    const carol = await server.person('carol');
    await server.chat(alice, carol);
    const palette = await open(`/rooms/${room.id}?as=${alice.username}`);
    expect(await palette.current()).toContain(carol.username);
    expect(await violations(hers.page)).toEqual([]);
    await hers.page.keyboard.press('Enter');
    await shown(hers.log(carol));
    await until(
      () => hers.field.evaluate((field) => field === document.activeElement),
      'the composer has the focus',
    );
    await hers.page.getByRole('button', { name: 'Search or jump' }).click();
    await shown(palette.dialog);
    await hers.page.keyboard.press('Escape');
    await palette.dialog.waitFor({ state: 'detached' });
    // Back closes it too.
    await hers.page.keyboard.press('Control+k');
    await shown(palette.dialog);
    await hers.page.goBack();
    await palette.dialog.waitFor({ state: 'detached' });
    await shown(hers.log(carol));
    expect(hers.complaints).toEqual([]);
  });

  it('finds people without regard to case, and starts a chat with them', async () => {
    // No other test has people of this name: it shows few. The server, which finds those beyond the list, knows accents as they are.
    const zenobia = await server.person('zenobia');
    const palette = await open();
    await palette.field.fill('ZENOBIA');
    await shown(palette.option(zenobia.username));
    await hers.page.keyboard.press('Enter');
    await shown(hers.log(zenobia));
    await palette.dialog.waitFor({ state: 'detached' });
  });

  it('finds messages and actions, moves with the arrows, and says how many it has found', async () => {
    await server.send(room, bob, 'The needle is here');
    const palette = await open();
    await palette.field.fill('needle');
    await shown(palette.option(/The needle is here/));
    await shown(palette.dialog.getByRole('status').getByText('1 result'));
    await hers.page.keyboard.press('Enter');
    await shown(hers.message('The needle is here'));
    expect(new URL(hers.page.url()).searchParams.get('at')).toBe('2');
    await hers.page.keyboard.press('Control+k');
    await palette.field.fill('chat next');
    await hers.page.keyboard.press('ArrowDown');
    await palette.field.fill('shortcuts');
    await until(
      async () => (await palette.current()).startsWith('Keyboard shortcuts'),
      'it is the first again',
    );
    await hers.page.keyboard.press('Enter');
    await shown(hers.page.getByRole('dialog', { name: 'Keyboard shortcuts' }));
    await palette.dialog.waitFor({ state: 'detached' });
    expect(hers.complaints).toEqual([]);
  });

  it('jumps to a day of the open chat', async () => {
    await fillRoom(room, bob, 40, 'day');
    const day = new Date();
    day.setDate(day.getDate() - 30);
    const palette = await open(`/rooms/${room.id}?as=${alice.username}`);
    await palette.field.fill(new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long' }).format(day));
    await shown(palette.option(/^Jump to /));
    await hers.page.keyboard.press('Enter');
    await shown(hers.message('Message 11'));
    await palette.dialog.waitFor({ state: 'detached' });
  });

  it('never shows an answer to an older query, says when the server does not answer, and finds chats all the same', async () => {
    await server.send(room, bob, 'slow words');
    await server.send(room, bob, 'quick words');
    const palette = await open();
    const held: (() => void)[] = [];
    await hers.page.context().route(/\/api\/search\/\?.*q=slow/, async (route) => {
      await new Promise<void>((resolve) => held.push(resolve));
      await route.continue();
    });
    await palette.field.fill('slow');
    await until(() => held.length > 0, 'the search for it is on its way');
    await palette.field.fill('quick');
    await shown(palette.option(/quick words/));
    for (const release of held) release();
    await hers.page.waitForTimeout(300);
    expect(await palette.option(/slow words/).count()).toBe(0);
    await hers.page.context().setOffline(true);
    await palette.field.fill(bob.username.slice(0, -1));
    await shown(palette.option(bob.username));
    await shown(palette.dialog.getByRole('alert').filter({ hasText: 'did not get an answer' }));
    await hers.page.keyboard.press('Enter');
    await shown(hers.log(bob));
    await hers.page.context().setOffline(false);
  });

  it('is usable on a phone', async () => {
    hers = await stage.window(`/?as=${alice.username}`, { viewport: PHONE, colorScheme: 'dark' });
    await keysReady(hers);
    await hers.page.getByRole('button', { name: 'Search or jump' }).click();
    const palette = paletteOf(hers);
    await palette.field.fill(bob.username);
    expect(await violations(hers.page)).toEqual([]);
    await palette.option(bob.username).click();
    await shown(hers.log(bob));
  });
});

describe('the palette with accounts', () => {
  const stage = setUpStage(ACCOUNTS);

  it('finds people by the server, and starts a chat that the other gets with its first message', async () => {
    const [alice, bob] = await Promise.all([
      Account.create(stage, 'alice'),
      Account.create(stage, 'bob', 'Bob Brown'),
    ]);
    const hers = await alice.window();
    await keysReady(hers);
    await hers.page.keyboard.press('Control+k');
    const palette = paletteOf(hers);
    await palette.field.fill(bob.user.username);
    await shown(palette.option(/Bob Brown/));
    await hers.page.keyboard.press('Enter');
    await palette.dialog.waitFor({ state: 'detached' });
    await shown(hers.page.getByRole('log', { name: 'Messages with Bob Brown' }));
  });
});
