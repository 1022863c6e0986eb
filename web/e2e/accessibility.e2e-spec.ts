import type { Room, User } from '@parley/shared';
import type { Locator } from 'playwright-core';
import { violations, violationsInEveryTheme } from './support/axe';
import { keysReady } from './support/keyboard';
import { Line } from './support/line';
import { setUpStage } from './support/stage';
import { PHONE, roomPath, shown, until, WIDE, type Look, type ChatWindow } from './support/chat-window';

/** What each theme does to the views is in themes.e2e-spec.ts. */
const LOOKS: [string, Look][] = [
  ['wide', { viewport: WIDE }],
  ['phone', { viewport: PHONE }],
];

function edgeOf(locator: Locator): Promise<string> {
  return locator.evaluate((element) => getComputedStyle(element).borderTopWidth);
}

function groundOf(locator: Locator): Promise<string> {
  return locator.evaluate((element) => getComputedStyle(element).backgroundColor);
}

describe('axe finds nothing wrong', () => {
  let alice: User;
  let bob: User;
  let nobody: User;
  let room: Room;
  let empty: Room;
  let window: ChatWindow;

  const stage = setUpStage();
  const { server } = stage;
  beforeAll(async () => {
    ({ alice, bob, room } = await stage.pair());
    nobody = await server.person('nobody');
    empty = await server.room(alice, await server.person('carol'));
    for (const sender of [alice, alice, bob, alice])
      await server.send(room, sender, `I am ${sender.username}`);
  });

  describe.each(LOOKS)('%s', (_name, look) => {
    it('in the list', async () => {
      window = await stage.window(`/?as=${bob.username}`, look);
      await shown(window.entry(alice));
      expect(await violations(window.page)).toEqual([]);
    });

    it('in a room with messages, each status of them, and somebody typing', async () => {
      const context = await stage.context(look);
      const line = await Line.of(context);
      window = await stage.windowIn(context, roomPath(room, alice));
      await shown(window.log(bob).getByText('Today'));
      const his = await stage.roomWindow(room, bob, { viewport: WIDE });
      await shown(window.log(bob).getByText('Read').first());
      const typing = window.page.getByRole('status').filter({ hasText: 'is typing…' });
      // A key that comes before the connection sends no typing frame.
      await until(async () => {
        await his.field.press('x');
        return typing.isVisible();
      }, 'typing is shown');
      await window.secondLoad();
      await line.cut();
      await window.send('On its way');
      await shown(window.page.getByText(/Reconnecting…/));
      await shown(window.message('On its way').getByText('Sending'));
      expect(await violationsInEveryTheme(window.page)).toEqual([]);
    });

    it('in an empty room', async () => {
      window = await stage.window(roomPath(empty, alice), look);
      await shown(window.page.getByText('No messages yet', { exact: true }).last());
      expect(await violations(window.page)).toEqual([]);
    });

    it('without rooms', async () => {
      window = await stage.window(`/?as=${nobody.username}`, look);
      await shown(window.page.getByText('No chats yet'));
      expect(await violations(window.page)).toEqual([]);
    });

    it('in a room that is not mine', async () => {
      window = await stage.window(roomPath(room, nobody), look);
      await shown(window.page.getByText('There is no such chat'));
      expect(await violations(window.page)).toEqual([]);
    });

    it('for a name that nobody has', async () => {
      window = await stage.window('/?as=ghost-of-nobody', look);
      await shown(window.page.getByText('Nobody is called ghost-of-nobody'));
      expect(await violations(window.page)).toEqual([]);
    });

    it('in the dialog', async () => {
      window = await stage.window(`/?as=${alice.username}`, look);
      await window.page.getByRole('button', { name: 'New chat' }).click();
      await shown(window.page.getByRole('dialog').getByRole('button', { name: bob.username }));
      expect(await violations(window.page)).toEqual([]);
    });

    it('in the palette, the shortcuts and the settings', async () => {
      window = await stage.window(roomPath(room, alice), look);
      await keysReady(window);
      const { keyboard } = window.page;
      await keyboard.press('Control+k');
      const palette = window.page.getByRole('dialog', { name: 'Search or jump' });
      await shown(palette);
      await keyboard.type('e');
      await shown(palette.getByRole('option').first());
      expect(await violations(window.page)).toEqual([]);
      await keyboard.type('xxx');
      await palette.getByRole('option').first().waitFor({ state: 'detached' });
      expect(await violations(window.page)).toEqual([]);
      await palette.getByRole('combobox').fill('shortcuts');
      await keyboard.press('Enter');
      const sheet = window.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
      await shown(sheet);
      expect(await violations(window.page)).toEqual([]);
      await keyboard.press('Escape');
      await sheet.waitFor({ state: 'detached' });
      await keyboard.press('Control+,');
      await shown(window.page.getByRole('dialog', { name: 'Settings' }));
      expect(await violations(window.page)).toEqual([]);
    });

    it('when the server does not answer', async () => {
      window = await stage.window('/health/live', look);
      await window.page.route('**/api/start/**', (route) => route.abort());
      await window.goto('/');
      await shown(window.page.getByText('Parley cannot be reached'));
      expect(await violations(window.page)).toEqual([]);
    });
  });

  it('shows bubbles, buttons, the open chat and presence without grounds when colours are forced', async () => {
    await stage.roomWindow(room, bob);
    window = await stage.window('/health/live');
    await window.page.emulateMedia({ forcedColors: 'active' });
    await window.goto(roomPath(room, alice));
    const { page } = window;
    await shown(window.log(bob).getByText('Today'));
    await shown(page.locator('[data-presence]').first());
    await window.field.fill('Not sent');
    const isEdged = [
      page.locator('[data-bubble] > div').first(),
      page.getByRole('button', { name: 'Send' }),
      window.entry(bob),
    ];
    expect(await Promise.all(isEdged.map(edgeOf))).toEqual(['1px', '1px', '1px']);
    expect(await groundOf(page.locator('[data-presence]').first())).not.toBe(
      await groundOf(page.locator('body')),
    );
    // The name is written beside the list of names: twice, it would lie over the initial.
    const select = await (await window.openActingAs()).evaluate((element) => getComputedStyle(element).color);
    expect(select).toBe('rgba(0, 0, 0, 0)');
  });
});
