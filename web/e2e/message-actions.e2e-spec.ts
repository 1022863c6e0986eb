import type { Room, User } from '@parley/shared';
import type { Locator } from 'playwright-core';
import { violations } from './support/axe';
import { Fingers } from './support/fingers';
import { partInSight } from './support/part-in-sight';
import { setUpStage } from './support/stage';
import { PHONE, shown, until, type ChatWindow, type Look } from './support/chat-window';

/** Whether an element has the focus. */
function hasFocus(locator: Locator): Promise<boolean> {
  return locator.evaluate((element) => element === document.activeElement);
}

/** What of an element cannot be clicked: its corners and its middle are looked at. */
const covered = (button: Locator) =>
  button.evaluate((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const corners = [left + 4, right - 4].flatMap((at) => [
      [at, top + 4],
      [at, bottom - 4],
    ]);
    return [[x, y], ...corners].filter(
      ([atX = 0, atY = 0]) => !element.contains(document.elementFromPoint(atX, atY)),
    );
  });

describe('what a user does to a message', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage();
  const { server } = stage;
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    await server.send(room, bob, 'One');
    await server.send(room, bob, 'Two');
    await server.send(room, alice, 'Three');
  });

  const menu = () => hers.page.getByRole('menu', { name: 'Message actions' });
  const item = (name: string) => menu().getByRole('menuitem', { name, exact: true });
  const clipboard = () => hers.page.evaluate(() => navigator.clipboard.readText());

  async function openRoom(look: Look = {}): Promise<void> {
    const context = await stage.context(look);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    hers = await stage.windowIn(context, `/rooms/${room.id}?as=${alice.username}`);
    await shown(hers.message('Three'));
    await hers.secondLoad();
  }

  describe('by mouse', () => {
    beforeEach(() => openRoom());

    it('is offered beside the message that is pointed at, without moving anything', async () => {
      const before = await hers.message('Two').boundingBox();
      await hers.message('Two').hover();
      const bar = hers.message('Two').getByRole('toolbar', { name: 'Message actions' });
      await shown(bar);
      expect(await hers.message('Two').boundingBox()).toEqual(before);
      expect(await hers.page.getByRole('toolbar').count()).toBe(1);
      // No stop of the Tab key, as no message has the focus.
      const stops = await bar
        .getByRole('button')
        .evaluateAll((buttons) => buttons.map((each) => each.tabIndex));
      expect(new Set(stops)).toEqual(new Set([-1]));
      await bar.getByRole('button', { name: 'More actions' }).click();
      await shown(menu());
      await hers.page.keyboard.press('Escape');
      await menu().waitFor({ state: 'hidden' });
    });

    it('says in full when a message was sent, to a pointer that rests on its time', async () => {
      const time = hers.message('One').locator('time');
      await time.hover();
      const at = new Date((await time.getAttribute('datetime')) ?? '');
      const full = new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeStyle: 'medium' });
      expect(await time.getAttribute('title')).toBe(full.format(at));
    });

    it('stays where it is while messages pass under a pointer that rests', async () => {
      for (let n = 4; n <= 30; n++) await server.send(room, bob, `Message ${n}`);
      await shown(hers.message('Message 30'));
      await hers.message('Message 30').hover();
      const bars = hers.page.getByRole('toolbar', { name: 'Message actions' });
      await shown(hers.message('Message 30').getByRole('toolbar'));
      const moves = await hers.page.getByRole('log').evaluate(async (log) => {
        let count = 0;
        const observer = new MutationObserver((records) => {
          for (const { addedNodes } of records)
            for (const node of addedNodes)
              if (node instanceof Element && node.querySelector('[role=toolbar]')) count++;
        });
        observer.observe(log, { childList: true, subtree: true });
        for (let frame = 0; frame < 30; frame++) {
          log.scrollTop -= 15;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
        return count;
      });
      // Ten have passed. A frame that took long was a rest.
      expect(moves).toBeLessThan(4);
      await until(
        async () => (await hers.message('Message 30').getByRole('toolbar').count()) === 0,
        'it is beside the message that is under the pointer now',
      );
      expect(await bars.count()).toBe(1);
    });

    it('is in the context menu, which Escape, Back and a press beside it close', async () => {
      await hers.message('Two').click({ button: 'right' });
      await shown(menu());
      await item('Copy text').click();
      await until(async () => (await clipboard()) === 'Two', 'the text is copied');
      await shown(hers.page.getByText('Copied.'));

      await hers.message('One').click({ button: 'right' });
      await shown(menu());
      await hers.page.goBack();
      await menu().waitFor({ state: 'hidden' });

      await hers.message('One').click({ button: 'right' });
      await shown(menu());
      await hers.page.mouse.click(5, 5);
      await menu().waitFor({ state: 'hidden' });
      await shown(hers.log(bob));
    });

    it('leaves the menu of a link and of a selection to the browser', async () => {
      await server.send(room, bob, 'https://example.org/');
      await hers.page
        .getByRole('link', { name: 'https://example.org/', exact: true })
        .click({ button: 'right' });
      await hers
        .message('One')
        .locator('.user-text')
        .evaluate((text) => getSelection()?.selectAllChildren(text));
      await hers.message('One').dispatchEvent('contextmenu', { button: 2 });
      expect(await menu().count()).toBe(0);
    });

    it('copies a link that opens the chat at the message', async () => {
      await hers.message('One').click({ button: 'right' });
      await item('Copy link').click();
      await until(async () => (await clipboard()).includes('at=1'), 'the link is copied');
      await hers.page.goto(await clipboard());
      await shown(hers.message('One'));
      expect(await hers.message('One').getAttribute('aria-current')).toBe('true');
    });

    it('shows how far a message has come, step by step', async () => {
      await hers.message('Three').click({ button: 'right' });
      await item('Details').click();
      const dialog = hers.page.getByRole('dialog', { name: 'Message details' });
      const step = (text: RegExp) => dialog.getByRole('listitem').filter({ hasText: text });
      await shown(step(/^Stored as #3/));
      await shown(step(/^Delivered.*not yet/));
      await stage.roomWindow(room, bob);
      await shown(step(/^Delivered.*yes/));
      await shown(step(/^Read.*yes/));
      expect(await violations(hers.page)).toEqual([]);
      await hers.page.keyboard.press('Escape');
      await until(() => hasFocus(hers.message('Three')), 'the focus is on the message');
    });

    it('marks a chat as unread from a message on, until it is opened again', async () => {
      const his = await stage.roomWindow(room, bob);
      await shown(his.message('Two').getByText('Read'));
      await hers.message('Two').click({ button: 'right' });
      await item('Mark unread from here').click();
      await shown(hers.page.getByText('New messages'));
      await shown(hers.entry(bob).getByText('marked unread'));
      const carol = await server.person('carol');
      await server.chat(alice, carol);
      await hers.entry(carol).click();
      await shown(hers.log(carol));
      await hers.page.reload();
      await shown(hers.entry(bob).getByText('marked unread'));
      await hers.entry(bob).click();
      await shown(hers.page.getByText('New messages'));
      await hers.entry(bob).getByText('marked unread').waitFor({ state: 'detached' });
    });
  });

  describe('by mouse, where a message leaves no room beside it', () => {
    const TWO_LINES = 'A message that is as wide as it may be and goes on in a second line';
    /** At whose edge towards the middle the bar meets the name of the day. */
    const ONE_LINE = 'A message that leaves too little room';

    it.each([
      ['ltr', 820, TWO_LINES],
      ['rtl', 820, TWO_LINES],
      ['ltr', 500, TWO_LINES],
      ['ltr', 390, ONE_LINE],
      ['rtl', 390, ONE_LINE],
    ] as const)('is whole above it: %s in a window of %d px, %s', async (direction, width, text) => {
      const carol = await server.person('carol');
      room = await server.room(alice, carol);
      for (const sender of [alice, carol, alice, carol]) await server.send(room, sender, text);
      hers = await stage.roomWindow(room, alice, { viewport: { width, height: 800 } });
      await hers.page.evaluate((dir) => (document.documentElement.dir = dir), direction);
      await hers.secondLoad();
      const messages = hers.message(text);
      await shown(messages.nth(3));
      for (const message of await messages.all()) {
        const before = await message.boundingBox();
        const bubble = message.locator('.bubble');
        await bubble.hover();
        const bar = message.getByRole('toolbar');
        await shown(bar);
        expect((await bar.boundingBox())!.y).toBeLessThan((await bubble.boundingBox())!.y - 30);
        expect(await partInSight(bar)).toBe(1);
        for (const button of await bar.getByRole('button').all()) expect(await covered(button)).toEqual([]);
        expect(await message.boundingBox()).toEqual(before);
        // At its edge that is the farthest from the message.
        await bar.getByRole('button', { name: 'More actions' }).click({ position: { x: 16, y: 3 } });
        await shown(menu());
        await hers.page.keyboard.press('Escape');
        await menu().waitFor({ state: 'hidden' });
        // The message that has the focus keeps the bar.
        await hers.field.focus();
      }
    });
  });

  describe('by key', () => {
    beforeEach(() => openRoom());

    it('is reached from the message that has the focus: the bar with Tab, the menu with its keys', async () => {
      const { keyboard } = hers.page;
      await hers.message('Two').focus();
      await keyboard.press('ArrowUp');
      const bar = hers.message('One').getByRole('toolbar', { name: 'Message actions' });
      await shown(bar);
      await keyboard.press('Tab');
      expect(await hasFocus(bar.getByRole('button').first())).toBe(true);
      await keyboard.press('ArrowRight');
      expect(await hasFocus(bar.getByRole('button').nth(1))).toBe(true);
      await keyboard.press('Escape');
      expect(await hasFocus(hers.message('One'))).toBe(true);

      for (const key of ['Shift+F10', 'ContextMenu', 'Enter']) {
        await keyboard.press(key);
        await shown(menu());
        expect(await hasFocus(menu().getByRole('menuitem').first())).toBe(true);
        await keyboard.press('ArrowUp');
        expect(await hasFocus(menu().getByRole('menuitem').last())).toBe(true);
        await keyboard.press('Escape');
        await menu().waitFor({ state: 'hidden' });
        await until(() => hasFocus(hers.message('One')), 'the focus is back');
      }
    });
  });

  describe('by finger', () => {
    it('is asked for by a long press, and not by a scroll', async () => {
      await openRoom({ viewport: PHONE, isTouch: true });
      const fingers = await Fingers.on(hers.page);
      const scroll = await fingers.press(hers.message('Two').locator('.user-text'));
      await scroll.move(0, 40);
      await hers.page.waitForTimeout(600);
      await scroll.release();
      expect(await menu().count()).toBe(0);
      const press = await fingers.press(hers.message('Two').locator('.user-text'));
      await shown(menu());
      await press.release();
      // It stays when the finger goes, at the bottom of the screen.
      await shown(item('Copy text'));
      const box = await menu().boundingBox();
      expect(Math.round((box?.y ?? 0) + (box?.height ?? 0))).toBeGreaterThan(PHONE.height - 40);
      expect(await violations(hers.page)).toEqual([]);
      await item('Copy text').tap();
      await until(async () => (await clipboard()) === 'Two', 'the text is copied');
    });
  });

  it('says so when it cannot be loaded', async () => {
    const context = await stage.context();
    hers = await stage.windowIn(context, `/rooms/${room.id}?as=${alice.username}`);
    await shown(hers.message('Three'));
    await hers.secondLoad();
    await context.setOffline(true);
    await hers.message('Two').click({ button: 'right' });
    await shown(hers.page.getByText('Message actions could not be loaded. Check your network.'));
  });
});
