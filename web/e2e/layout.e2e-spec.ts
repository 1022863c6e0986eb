import type { Room, User } from '@parley/shared';
import type { Locator } from 'playwright-core';
import { Account, ACCOUNTS } from './support/account';
import { PHONE, shown, until, type ChatWindow, type Look } from './support/chat-window';
import { setUpStage } from './support/stage';

async function edgesOf(locator: Locator): Promise<{ left: number; right: number }> {
  const { left, right } = await locator.evaluate((element) => element.getBoundingClientRect());
  return { left: Math.round(left), right: Math.round(right) };
}

const hasFocus = (locator: Locator) => locator.evaluate((element) => element === document.activeElement);

describe('the layout', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage();
  const { server } = stage;
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  it.each([390, 600, 768, 1024, 1280, 1440, 1920, 2560])(
    'puts header, messages and composer on one axis at a width of %i',
    async (width) => {
      await server.send(room, bob, 'I am on the left');
      await server.send(room, alice, 'I am on the right');
      hers = await stage.roomWindow(room, alice, { viewport: { width, height: 900 } });
      const bubble = (text: string) => hers.message(text).locator('> div').first();
      await shown(bubble('I am on the right'));
      const composer = await edgesOf(hers.page.locator('form > div', { has: hers.field }).last());
      const header = hers.page.locator('#room header');
      expect(await edgesOf(bubble('I am on the left'))).toMatchObject({ left: composer.left });
      expect(await edgesOf(bubble('I am on the right'))).toMatchObject({ right: composer.right });
      // On a phone the way back comes first.
      if (width >= 768)
        expect(await edgesOf(header.locator('span[aria-hidden=true]').first())).toMatchObject({
          left: composer.left,
        });
      // The icon of the last button stands inside of the button.
      const icon = await edgesOf(header.getByRole('button').last().locator('svg'));
      expect(composer.right - icon.right).toBe(4);
    },
  );

  it('has the name of the product over the list, and New chat as a button with an icon', async () => {
    hers = await stage.window(`/?as=${alice.username}`);
    const header = hers.page.locator('header').first();
    await shown(header.getByText('Parley', { exact: true }).last());
    await shown(header.locator('img[src="/brand.png"]'));
    const loaded = () =>
      header.locator('img').evaluate((image) => (image as HTMLImageElement).naturalWidth > 0);
    await until(loaded, 'the mark is there');
    await shown(header.getByRole('button', { name: 'New chat' }));
  });

  it('shows who the other is, from the name over the chat, and gives the focus back', async () => {
    await server.send(room, bob, 'Hello');
    hers = await stage.roomWindow(room, alice);
    await shown(hers.message('Hello'));
    const name = hers.page.getByRole('button', { name: bob.username, exact: true });
    await name.click();
    const dialog = hers.page.getByRole('dialog', { name: 'Details' });
    await shown(dialog.getByText(`@${bob.username}`));
    expect(await dialog.getByRole('definition').allTextContents()).toContain('1');
    await hers.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await until(() => hasFocus(name), 'the focus is back');
  });

  const LOOKS: [string, Look][] = [
    ['wide', {}],
    ['a phone', { viewport: PHONE, isTouch: true }],
  ];

  describe.each(LOOKS)('in simulation, %s', (_name, look) => {
    it('has the choice of the user at the lower left', async () => {
      hers = await stage.window(`/?as=${alice.username}`, look);
      const opener = hers.page.getByRole('button', { name: new RegExp(`^${alice.username}`) });
      const box = await opener.evaluate((element) => element.getBoundingClientRect().toJSON());
      const height = hers.page.viewportSize()?.height ?? 0;
      expect(box.left).toBeLessThan(20);
      expect(height - box.bottom).toBeLessThan(20);
      if (look.isTouch) await opener.tap();
      else await opener.click();
      const actingAs = hers.page.getByRole('combobox', { name: 'Acting as' });
      await shown(actingAs);
      expect(await actingAs.inputValue()).toBe(alice.username);
      if (look.isTouch) await opener.tap();
      else await opener.click();
      await actingAs.waitFor({ state: 'hidden' });
    });
  });

  it('opens the choice of the user by key, which changes nobody, and gives the focus back', async () => {
    hers = await stage.window(`/?as=${alice.username}`);
    const opener = hers.page.getByRole('button', { name: new RegExp(`^${alice.username}`) });
    await opener.focus();
    await hers.page.keyboard.press('Enter');
    const actingAs = hers.page.getByRole('combobox', { name: 'Acting as' });
    await shown(actingAs);
    await until(() => hasFocus(actingAs), 'the choice has the focus');
    // The browser's own list opens, in which the keys move on.
    await actingAs.press('ArrowDown');
    expect(await actingAs.inputValue()).toBe(alice.username);
    await hers.page.keyboard.press('Escape');
    await hers.page.keyboard.press('Escape');
    await actingAs.waitFor({ state: 'hidden' });
    await until(() => hasFocus(opener), 'the focus is back');
  });

  it('keeps the focus at the account when the window becomes another user', async () => {
    hers = await stage.window(`/?as=${alice.username}`);
    const choice = await hers.openActingAs();
    await choice.selectOption(bob.username);
    const opener = hers.page.getByRole('button', { name: new RegExp(`^${bob.username}`) });
    await shown(opener);
    await until(() => hasFocus(opener), 'the focus is on the account');
  });
});

describe('the layout with accounts', () => {
  const stage = setUpStage(ACCOUNTS);

  it.each<[string, Look]>([
    ['click', {}],
    ['key', {}],
    ['touch', { viewport: PHONE, isTouch: true }],
  ])(
    'opens the menu of the account at the lower left by %s, at the first and each later time',
    async (by, look) => {
      const alice = await Account.create(stage, 'alice');
      const hers = await alice.window('/', look);
      const opener = hers.page.getByRole('button', { name: alice.user.username, exact: true });
      const box = await opener.evaluate((element) => element.getBoundingClientRect().toJSON());
      expect((hers.page.viewportSize()?.height ?? 0) - box.bottom).toBeLessThan(20);
      const use = async () => {
        if (by === 'touch') await opener.tap();
        else if (by === 'click') await opener.click();
        else await opener.press('Enter');
      };
      const menu = hers.page.getByRole('menu', { name: 'Account' });
      for (let i = 0; i < 3; i++) {
        await use();
        await shown(menu);
        await until(() => hasFocus(menu.getByRole('menuitem').first()), 'the first item has the focus');
        await hers.page.keyboard.press('Escape');
        await menu.waitFor({ state: 'hidden' });
      }
      expect(hers.complaints).toEqual([]);
    },
  );

  it('opens the menu once when a program clicks, before its code is there', async () => {
    const alice = await Account.create(stage, 'alice');
    const hers = await alice.window('/');
    const opener = hers.page.getByRole('button', { name: alice.user.username, exact: true });
    await opener.evaluate((element) => (element as HTMLElement).click());
    await shown(hers.page.getByRole('menu', { name: 'Account' }));
    await hers.page.waitForTimeout(200);
    await shown(hers.page.getByRole('menu', { name: 'Account' }));
  });
});
