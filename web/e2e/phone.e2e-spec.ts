import type { Room, User } from '@parley/shared';
import type { Locator } from 'playwright-core';
import { PHONE, shown, until, type ChatWindow } from './support/chat-window';
import { Fingers } from './support/fingers';
import { setUpStage } from './support/stage';

const LOOK = { viewport: PHONE, isTouch: true };
/** As much as a keyboard on the screen takes, in pixels. */
const KEYBOARD = 336;

const leftOf = (locator: Locator) => locator.evaluate((element) => element.getBoundingClientRect().left);
const bottomOf = (locator: Locator) => locator.evaluate((element) => element.getBoundingClientRect().bottom);

describe('on a phone', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage();
  const { server } = stage;
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    await server.send(room, alice, 'Hello');
  });

  const pane = () => hers.page.locator('#room');
  const openList = async () => {
    hers = await stage.window(`/?as=${alice.username}`, LOOK);
    await shown(hers.entry(bob));
    await hers.secondLoad();
  };
  const openChat = async () => {
    await openList();
    await hers.entry(bob).tap();
    await shown(hers.message('Hello'));
  };
  const fingers = () => Fingers.on(hers.page);
  const button = (name: string) => hers.page.getByRole('button', { name, exact: true }).first();
  const dialog = (name: string) => hers.page.getByRole('dialog', { name });
  const isList = () => new URL(hers.page.url()).pathname === '/';

  /** The browser says what is seen of the page, as Safari does when a keyboard comes. */
  const fakeViewport = async () => {
    const context = await stage.context(LOOK);
    await context.addInitScript(() => {
      const seen = Object.assign(new EventTarget(), { height: 0, offsetTop: 0, scale: 1 });
      Object.defineProperty(seen, 'height', { get: () => innerHeight - covered });
      let covered = 0;
      Object.assign(window, {
        cover(pixels: number, offsetTop = 0, scale = 1) {
          covered = pixels;
          Object.assign(seen, { offsetTop, scale });
          seen.dispatchEvent(new Event('resize'));
        },
      });
      Object.defineProperty(window, 'visualViewport', { value: seen });
    });
    for (let n = 0; n < 30; n++) await server.send(room, alice, `Line ${n}`);
    hers = await stage.windowIn(context, `/rooms/${room.id}?as=${alice.username}`);
    await shown(hers.message('Line 29'));
    await hers.secondLoad();
    await shown(hers.page.locator('[data-composer]'));
    await hers.page.waitForFunction(() => document.querySelector('[role=status]') !== null);
  };
  const cover = (pixels: number, offsetTop = 0, scale = 1) =>
    hers.page.evaluate(
      (args) => (window as unknown as { cover(...of: number[]): void }).cover(...args),
      [pixels, offsetTop, scale],
    );
  describe('a swipe from the edge', () => {
    it('takes the chat along over the list, and goes back one step', async () => {
      await openChat();
      const finger = await (await fingers()).pressAt(4, 400);
      await finger.move(200, 0);
      await until(async () => Math.abs((await leftOf(pane())) - 200) < 12, 'the chat is under the finger');
      // The list is seen already.
      await shown(hers.entry(bob));
      await finger.release();
      await until(isList, 'the list is the page');
      await shown(hers.entry(bob));
      expect(await leftOf(hers.entry(bob))).toBeLessThan(20);
      await hers.page.goBack();
      expect(hers.page.url()).toBe('about:blank');
    });

    it('does nothing when the finger comes back, goes up, or begins elsewhere', async () => {
      await openChat();
      const touch = await fingers();
      const back = await touch.pressAt(4, 400);
      await back.move(200, 0);
      await back.move(-180, 0);
      await back.release();
      await until(async () => (await leftOf(pane())) === 0, 'the chat is in its place');
      const up = await touch.pressAt(4, 400);
      await up.move(30, -150);
      await up.release();
      const inside = await touch.pressAt(180, 600);
      await inside.move(180, 0);
      expect(await leftOf(pane())).toBe(0);
      await inside.release();
      expect(isList()).toBe(false);
      expect(await hers.page.locator('[data-swiping]').count()).toBe(0);
    });

    it('pulls no message from there, and leaves what scrolls sideways to scroll', async () => {
      await server.send(room, alice, `\`\`\`\n${'wide '.repeat(60)}\n\`\`\``);
      await server.send(room, bob, 'A message of the other, at the edge');
      await openChat();
      const row = hers.message('A message of the other, at the edge');
      await shown(row);
      await row.tap();
      await hers.page.locator('[role=log].touch-pan-y').waitFor();
      const { top, height } = await row.evaluate((element) => element.getBoundingClientRect());
      const touch = await fingers();
      const onMessage = await touch.pressAt(20, top + height / 2);
      await onMessage.move(200, 0);
      expect(
        await row
          .locator('> div')
          .first()
          .evaluate((element) => element.style.translate),
      ).toBe('');
      await onMessage.move(-200, 0);
      await onMessage.release();
      await until(async () => (await leftOf(pane())) === 0, 'the chat is in its place');
      const scroller = await hers.page.evaluate(() => {
        const wide = [...document.querySelectorAll('[role=log] *')].find(
          (element) =>
            element.scrollWidth > element.clientWidth + 100 &&
            /auto|scroll/.test(getComputedStyle(element).overflowX),
        );
        if (!wide) return null;
        const box = wide.getBoundingClientRect();
        return { left: box.left, top: box.top + box.height / 2 };
      });
      expect(scroller).not.toBeNull();
      const onCode = await touch.pressAt(Math.max(4, scroller!.left + 2), scroller!.top);
      await onCode.move(200, 0);
      expect(await leftOf(pane())).toBe(0);
      await onCode.release();
    });

    it('begins at the right where lines go to the left', async () => {
      await openChat();
      await hers.page.evaluate(() => (document.documentElement.dir = 'rtl'));
      const touch = await fingers();
      const left = await touch.pressAt(4, 400);
      await left.move(200, 0);
      expect(await leftOf(pane())).toBe(0);
      await left.release();
      const right = await touch.pressAt(PHONE.width - 4, 400);
      await right.move(-200, 0);
      await until(async () => Math.abs((await leftOf(pane())) + 200) < 12, 'the chat is under the finger');
      await right.release();
      await until(isList, 'the list is the page');
    });

    it('ends where the browser takes the finger for itself', async () => {
      await openChat();
      const finger = await (await fingers()).pressAt(4, 400);
      await finger.move(250, 0);
      await finger.cancel();
      await until(async () => (await leftOf(pane())) === 0, 'the chat is in its place');
      expect(isList()).toBe(false);
    });

    it('is no matter of a mouse', async () => {
      hers = await stage.roomWindow(room, alice, { viewport: PHONE });
      await shown(hers.message('Hello'));
      await hers.secondLoad();
      await hers.page.mouse.move(4, 400);
      await hers.page.mouse.down();
      await hers.page.mouse.move(250, 400, { steps: 5 });
      expect(await leftOf(pane())).toBe(0);
      await hers.page.mouse.up();
      expect(isList()).toBe(false);
    });
  });

  describe('Back is one step', () => {
    it('from each layer over the list, and from the search', async () => {
      await openList();
      const layers: [() => Promise<unknown>, () => Locator][] = [
        [() => button('New chat').tap(), () => dialog('New chat')],
        [() => hers.openAccountMenu(), () => hers.page.locator('#account-menu')],
        [
          () => button('Search messages').tap(),
          () => hers.page.getByRole('searchbox', { name: 'Search messages' }),
        ],
      ];
      for (const [open, layer] of layers) {
        await open();
        await shown(layer());
        await hers.page.goBack();
        await layer().waitFor({ state: 'hidden' });
        await shown(hers.entry(bob));
      }
      await hers.page.goBack();
      expect(hers.page.url()).toBe('about:blank');
    });

    it('from each layer over a chat', async () => {
      await openChat();
      const touch = await fingers();
      // It brings what can be done to a message.
      await hers.message('Hello').tap();
      await hers.page.locator('[role=log].touch-pan-y').waitFor();
      const layers: [() => Promise<unknown>, () => Locator][] = [
        [() => button(bob.username).tap(), () => dialog('Details')],
        [() => button('Chat options').tap(), () => hers.page.locator('#chat-menu')],
        [
          async () => {
            const finger = await touch.press(hers.message('Hello').locator('.user-text'));
            await shown(hers.page.getByRole('menuitem', { name: 'Reply' }));
            await finger.release();
          },
          () => hers.page.getByRole('menuitem', { name: 'Reply' }),
        ],
      ];
      for (const [open, layer] of layers) {
        await open();
        await shown(layer());
        await hers.page.goBack();
        await layer().waitFor({ state: 'hidden' });
        await shown(hers.message('Hello'));
        expect(isList()).toBe(false);
      }
      await hers.page.goBack();
      await until(isList, 'the list is the page');
    });
  });

  describe('a keyboard that lies over the page', () => {
    it('covers neither the composer nor the newest message', async () => {
      await fakeViewport();
      const bottom = await bottomOf(hers.field);
      await cover(KEYBOARD, 40);
      await until(async () => (await bottomOf(hers.field)) <= PHONE.height - KEYBOARD + 40, 'it is above');
      await until(
        async () => (await bottomOf(hers.message('Line 29'))) < (await bottomOf(hers.field)),
        'the log is at its end',
      );
      expect(
        await hers.page.locator('#room header').evaluate((header) => header.getBoundingClientRect().top),
      ).toBeGreaterThanOrEqual(40);
      await cover(0);
      await until(async () => (await bottomOf(hers.field)) === bottom, 'it is as before');
    });

    it('is not what a page is that a user has magnified', async () => {
      await fakeViewport();
      const bottom = await bottomOf(hers.field);
      await cover(400, 100, 2);
      expect(await bottomOf(hers.field)).toBe(bottom);
    });

    it('is asked to leave room, where the browser knows how', async () => {
      await openList();
      expect(await hers.page.locator('meta[name=viewport]').getAttribute('content')).toContain(
        'interactive-widget=resizes-content',
      );
    });
  });
});
