import type { Room, User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { PHONE, shown, until, WIDE, type ChatWindow } from './support/chat-window';
import { partInSight } from './support/part-in-sight';
import { setUpStage } from './support/stage';

const filesDir = join(tmpdir(), `parley-e2e-motion-${randomUUID()}`);
afterAll(() => rm(filesDir, { recursive: true, force: true }));

/** Long enough that nothing ends by itself while a test looks. */
const STRETCHED = '100s';

/** What changes takes so long that a test can look at it: durations are tokens. */
const stretch = (page: Page) =>
  page.evaluate((time) => {
    for (const pace of ['state', 'place', 'layer'])
      document.documentElement.style.setProperty(`--motion-${pace}`, time);
  }, STRETCHED);

/** Stops what moves at this part of its time. */
const holdAt = (page: Page, part: number) =>
  page.evaluate((at) => {
    for (const animation of document.getAnimations()) {
      if (animation instanceof CSSAnimation) continue;
      animation.pause();
      animation.currentTime = at * Number(animation.effect?.getComputedTiming().duration);
    }
  }, part);

const finish = (page: Page) =>
  page.evaluate(() => {
    for (const animation of document.getAnimations())
      if (animation.effect?.getComputedTiming().iterations === 1) animation.finish();
  });

const boxOf = (locator: Locator) =>
  locator.evaluate((element) => {
    const { left, top, bottom, width, height } = element.getBoundingClientRect();
    return { left, top, bottom, width, height };
  });
const topOf = async (locator: Locator) => (await boxOf(locator)).top;
/** Elements that a script moves. */
const movedIn = (locator: Locator) =>
  locator.evaluate(
    (element) =>
      element
        .getAnimations({ subtree: true })
        .filter((animation) => !(animation instanceof CSSAnimation || animation instanceof CSSTransition))
        .length,
  );

const opacityOf = (locator: Locator) =>
  locator.evaluate((element) => Number(getComputedStyle(element).opacity));

const isLoaded = (img: Locator) => img.evaluate((element) => (element as HTMLImageElement).naturalWidth > 0);

const hasFocus = (locator: Locator) => locator.evaluate((element) => element === document.activeElement);

describe('motion', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage({ STORAGE_DIR: filesDir });
  const { server } = stage;
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  const log = () => hers.log(bob);
  const opener = () => hers.page.getByRole('button', { name: bob.username, exact: true });
  const dialog = () => hers.page.getByRole('dialog', { name: 'Details' });
  /** Pictures of messages that are on their way. */
  const lifted = () => hers.page.locator('[data-lifted]');
  const leaving = () => hers.page.locator('[data-leaving]');
  const seen = (text: string) => hers.message(text);
  const metrics = () =>
    log().evaluate(({ scrollHeight, scrollTop, clientHeight }) => ({
      scrollHeight,
      below: scrollHeight - clientHeight - scrollTop,
    }));

  /** A chat that fills more than a screen and has nothing unread, with all its code. */
  const openChat = async (look = {}) => {
    for (let n = 0; n < 30; n++) await server.send(room, alice, `Line ${n}`);
    hers = await stage.roomWindow(room, alice, look);
    await shown(seen('Line 29'));
    await hers.secondLoad();
    await until(async () => (await metrics()).below <= 1, 'the log is at its end');
  };

  it('has one table of durations: 120 ms for a state, 200 for a place, 280 for a layer', async () => {
    hers = await stage.roomWindow(room, alice);
    const tokens = await hers.page.evaluate(() =>
      ['state', 'place', 'layer'].map((pace) => {
        const probe = document.body.appendChild(document.createElement('i'));
        probe.style.transitionDuration = `var(--motion-${pace})`;
        return getComputedStyle(probe).transitionDuration;
      }),
    );
    expect(tokens).toEqual(['0.12s', '0.2s', '0.28s']);
  });

  describe('in the messages', () => {
    it('a message that is sent comes from the composer, and the others make room', async () => {
      await openChat();
      const neighbour = seen('Line 29');
      const before = await topOf(neighbour);
      await stretch(hers.page);
      await hers.send('On its way');
      await shown(seen('On its way'));
      await holdAt(hers.page, 0);
      expect(Math.abs((await topOf(seen('On its way'))) - (await topOf(hers.field)))).toBeLessThan(2);
      expect(Math.abs((await topOf(neighbour)) - before)).toBeLessThan(1);
      const during = await metrics();
      expect(during.below).toBeLessThanOrEqual(1);
      await finish(hers.page);
      expect(await metrics()).toEqual(during);
      const [place, sent] = [await boxOf(log()), await boxOf(seen('On its way'))];
      expect(sent.bottom).toBeLessThanOrEqual(place.bottom);
      expect((await topOf(neighbour)) - before).toBeLessThan(-20);
    });

    it('is seen on its whole way, over the composer, which works meanwhile', async () => {
      await openChat({ viewport: PHONE });
      await stretch(hers.page);
      await hers.send('On its way');
      await until(async () => (await lifted().count()) === 1, 'it is on its way');
      await holdAt(hers.page, 0.05);
      const [picture, sent] = [lifted().locator('.bubble'), seen('On its way').locator('.bubble')];
      const box = await boxOf(picture);
      for (const side of ['left', 'top', 'width', 'height'] as const)
        expect(Math.abs(box[side] - (await boxOf(sent))[side])).toBeLessThan(1);
      expect(box.bottom).toBeGreaterThan((await boxOf(log())).bottom);
      expect(await partInSight(picture)).toBe(1);
      expect(await partInSight(sent)).toBeLessThan(1);
      expect([await opacityOf(lifted()), await opacityOf(seen('On its way'))]).toEqual([1, 0]);
      expect(await hers.page.locator(`[id="${await sent.getAttribute('id')}"]`).count()).toBe(1);
      await holdAt(hers.page, 0);
      expect((await boxOf(picture)).bottom).toBeGreaterThan(await topOf(hers.field));
      await hers.send('After it');
      await shown(seen('After it'));
      await finish(hers.page);
      await until(async () => (await lifted().count()) === 0, 'the messages are there');
      for (const text of ['On its way', 'After it']) expect(await opacityOf(seen(text))).toBe(1);
      await hers.send('Left on its way');
      await until(async () => (await lifted().count()) === 1, 'it is on its way');
      await log().evaluate((element) => (element.scrollTop -= 300));
      await until(async () => (await lifted().count()) === 0, 'nothing moves');
      expect(await opacityOf(seen('Left on its way'))).toBe(1);
      expect(hers.complaints).toEqual([]);
    });

    it.each([WIDE, PHONE])(
      'so is one with files, whose picture is there from the start: %j',
      async (viewport) => {
        await openChat({ viewport });
        const buffer = await hers.page.screenshot({ clip: { x: 0, y: 0, width: 240, height: 160 } });
        await hers.page.locator('input[type=file]').setInputFiles([
          { name: 'sunset.png', mimeType: 'image/png', buffer },
          { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Hello') },
        ]);
        const image = { name: 'Image sunset.png' };
        const tray = hers.page.getByRole('list', { name: 'Files to send' });
        await until(() => isLoaded(tray.getByRole('img', image)), 'the picture is in the tray');
        await stretch(hers.page);
        await hers.send('With files');
        await until(async () => (await lifted().count()) === 1, 'it is on its way');
        await holdAt(hers.page, 0.05);
        const [picture, sent] = [lifted().locator('.bubble'), seen('With files').locator('.bubble')];
        const [box, place] = [await boxOf(picture), await boxOf(sent)];
        for (const side of ['left', 'top', 'width', 'height'] as const)
          expect(Math.abs(box[side] - place[side])).toBeLessThan(1);
        expect(box.bottom).toBeGreaterThan((await boxOf(log())).bottom);
        // It is high: the window ends before it, and nothing else clips it.
        const inWindow = Math.min(1, (viewport.height - box.top) / box.height);
        expect(await partInSight(picture)).toBeCloseTo(inWindow, 1);
        expect(await partInSight(sent)).toBeLessThan(inWindow - 0.1);
        await until(() => isLoaded(picture.locator('img')), 'it is seen with the message');
        await picture.getByText('notes.txt').waitFor();
        await finish(hers.page);
        await until(async () => (await lifted().count()) === 0, 'the message is there');
        expect(await opacityOf(seen('With files'))).toBe(1);
        expect(await partInSight(sent)).toBe(1);
        await shown(seen('With files').getByRole('link', { name: 'notes.txt' }));
        await until(() => isLoaded(seen('With files').getByRole('img', image)), 'the stored one is loaded');
        expect(hers.complaints).toEqual([]);
      },
    );

    it('a second message takes over from where the first one is', async () => {
      await openChat();
      await stretch(hers.page);
      await hers.send('First of two');
      await shown(seen('First of two'));
      await holdAt(hers.page, 0.1);
      const halfway = await topOf(seen('First of two'));
      await hers.send('Second of two');
      await shown(seen('Second of two'));
      await holdAt(hers.page, 0);
      expect(Math.abs((await topOf(seen('First of two'))) - halfway)).toBeLessThan(2);
      await finish(hers.page);
      expect((await metrics()).below).toBeLessThanOrEqual(1);
      expect(await topOf(seen('First of two'))).toBeLessThan(await topOf(seen('Second of two')));
      expect(await movedIn(log())).toBe(0);
    });

    it('the dots of the other become the message, and nothing else moves', async () => {
      await openChat();
      const his = await stage.roomWindow(room, bob);
      await shown(his.field);
      await his.field.pressSequentially('Here it is');
      const dots = hers.page.locator('[data-dots]');
      await shown(dots);
      // The dots rise as slowly.
      await stretch(hers.page);
      const from = await boxOf(dots);
      const composer = await boxOf(hers.field);
      await his.page.keyboard.press('Enter');
      await shown(seen('Here it is'));
      expect(await dots.count()).toBe(0);
      await holdAt(hers.page, 0);
      const bubble = await boxOf(seen('Here it is').locator('> div').first());
      for (const side of ['left', 'top', 'width', 'height'] as const)
        expect(Math.abs(bubble[side] - from[side])).toBeLessThan(2);
      expect(await boxOf(hers.field)).toEqual(composer);
      await finish(hers.page);
      expect((await metrics()).below).toBeLessThanOrEqual(1);
    });

    it('nothing moves for a reader who is elsewhere, and a reader who leaves the end is not held', async () => {
      await openChat();
      await stretch(hers.page);
      await server.send(room, bob, 'While at the end');
      await shown(seen('While at the end'));
      expect(await movedIn(log())).toBeGreaterThan(0);
      await log().evaluate((element) => (element.scrollTop -= 300));
      await until(async () => (await movedIn(log())) === 0, 'nothing moves');
      const top = await topOf(seen('Line 20'));
      await server.send(room, bob, 'While above');
      await shown(hers.entry(bob).getByText('While above'));
      expect(await movedIn(log())).toBe(0);
      expect(await topOf(seen('Line 20'))).toBe(top);
    });
  });

  describe('in the list', () => {
    let peers: User[];
    let rooms: Room[];

    const openList = async (look = {}) => {
      peers = await Promise.all(Array.from({ length: 5 }, (_, n) => server.person(`peer${n}`)));
      rooms = [];
      for (const peer of peers) rooms.push(await server.room(alice, peer));
      for (const [n, of] of rooms.entries()) await server.send(of, peers[n]!, 'Hello');
      hers = await stage.window(`/?as=${alice.username}`, look);
      await shown(hers.entry(peers[0]!));
      await hers.secondLoad();
      await shown(hers.rooms.locator('a[tabindex="0"]').first());
    };
    const row = (n: number) => hers.rooms.locator(`[data-room="${rooms[n]!.id}"]`);
    const isFirst = async (n: number) => {
      const first = await hers.rooms.locator('[data-room]').first().getAttribute('data-room');
      return Number(first) === rooms[n]!.id;
    };
    const write = async (n: number, text: string) => {
      await server.send(rooms[n]!, peers[n]!, text);
      await shown(hers.entry(peers[n]!).getByText(text));
    };

    it('a chat goes to its place, the others make room, and a click meets what is seen', async () => {
      await openList();
      const [before, neighbour] = [await topOf(row(0)), await topOf(row(4))];
      await stretch(hers.page);
      await write(0, 'News');
      await until(() => isFirst(0), 'it is the first');
      await holdAt(hers.page, 0);
      expect(Math.abs((await topOf(row(0))) - before)).toBeLessThan(1);
      expect(Math.abs((await topOf(row(4))) - neighbour)).toBeLessThan(1);
      await holdAt(hers.page, 0.15);
      const { left, top, width, height } = await boxOf(row(0));
      expect(top).toBeLessThan(before);
      expect(top).toBeGreaterThan(neighbour + height);
      await hers.page.mouse.click(left + width / 2, top + height / 2);
      await shown(hers.log(peers[0]!));
      await finish(hers.page);
      expect(await topOf(row(0))).toBeLessThan(await topOf(row(4)));
    });

    it('a chat that is moved again goes on from where it is', async () => {
      await openList();
      await stretch(hers.page);
      await write(0, 'One');
      await until(() => isFirst(0), 'it is the first');
      await holdAt(hers.page, 0.15);
      const halfway = await topOf(row(0));
      await write(1, 'Two');
      await until(() => isFirst(1), 'the other is the first');
      await holdAt(hers.page, 0);
      expect(Math.abs((await topOf(row(0))) - halfway)).toBeLessThan(1);
    });

    it('keeps its order under a mouse, until it has left', async () => {
      await openList();
      await row(3).hover();
      const before = await topOf(row(3));
      await write(0, 'News');
      await write(1, 'More news');
      expect(await isFirst(4)).toBe(true);
      expect(await topOf(row(3))).toBe(before);
      expect(await movedIn(hers.rooms)).toBe(0);
      await hers.page.mouse.move(900, 500);
      await until(() => isFirst(1), 'the order is as it should be');
    });

    it('waits for no finger, and for no mouse that has not moved since', async () => {
      await openList();
      const { left, top } = await boxOf(row(3));
      await row(3).hover();
      await hers.page.keyboard.press('Control+k');
      await shown(hers.page.getByRole('dialog'));
      await hers.page.mouse.move(left + 2, top + 2);
      await hers.page.keyboard.press('Escape');
      await write(0, 'News');
      await until(() => isFirst(0), 'the mouse has been over the dialog');

      await stage.clear();
      await openList({ viewport: PHONE, isTouch: true });
      await row(3).tap();
      await shown(hers.log(peers[3]!));
      await hers.page.getByRole('link', { name: 'Back' }).tap();
      await write(0, 'News');
      await until(() => isFirst(0), 'a finger has gone');
    });
  });

  describe('of layers', () => {
    it('a dialog comes within 280 ms and goes within 200, holding nobody up', async () => {
      await openChat();
      // A machine that is busy looks when they are over.
      await hers.page.evaluate(() => {
        const times: number[] = [];
        Object.assign(window, { times });
        document.addEventListener('transitionend', ({ target, elapsedTime }) => {
          if (target instanceof HTMLDialogElement) times.push(Math.round(elapsedTime * 1_000));
        });
      });
      await opener().click();
      await shown(dialog());
      const longest = () =>
        hers.page.evaluate(() => Math.max(0, ...(window as unknown as { times: number[] }).times));
      await until(async () => (await longest()) > 200, 'it has come');
      expect(await longest()).toBe(280);
      await stretch(hers.page);
      await hers.page.keyboard.press('Escape');
      await until(() => hasFocus(opener()), 'the focus is back');
      await until(async () => (await leaving().count()) === 1, 'it is seen as it goes');
      expect(await dialog().count()).toBe(0);
      // Under it everything works, and it comes again at once.
      await opener().click();
      await shown(dialog());
      await finish(hers.page);
      await until(async () => (await leaving().count()) === 0, 'what was left has gone');
      await hers.page.keyboard.press('Escape');
      await until(async () => (await leaving().count()) === 1, 'it goes');
      await finish(hers.page);
      await until(async () => (await leaving().count()) === 0, 'it has gone');
    });

    it('a menu turns back when it is closed while it comes', async () => {
      await openChat();
      await stretch(hers.page);
      const menu = hers.page.locator('#account-menu');
      await hers.page.locator('[popovertarget="account-menu"]').click();
      await shown(menu);
      await holdAt(hers.page, 0.1);
      const opacity = () => menu.evaluate((element) => Number(getComputedStyle(element).opacity));
      const part = await opacity();
      expect(part).toBeGreaterThan(0);
      expect(part).toBeLessThan(1);
      await hers.page.keyboard.press('Escape');
      await until(() => menu.evaluate((element) => !element.matches(':popover-open')), 'it is closed');
      await holdAt(hers.page, 0);
      expect(Math.abs((await opacity()) - part)).toBeLessThan(0.02);
      expect(await menu.evaluate((element) => getComputedStyle(element).pointerEvents)).toBe('none');
      await finish(hers.page);
      await menu.waitFor({ state: 'hidden' });
    });
  });

  const STILL: [string, () => Promise<unknown>][] = [
    ['the system', () => hers.page.emulateMedia({ reducedMotion: 'reduce' })],
    [
      'the settings',
      async () => {
        await fetch(`${server.origin}/api/me/settings/?active_user=${alice.id}`, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ motion: 'reduced' }),
        });
        await hers.page.locator('html[data-motion="reduced"]').waitFor({ state: 'attached' });
      },
    ],
  ];

  it.each(STILL)('nothing moves where %s says so', async (_name, reduce) => {
    await openChat();
    await reduce();
    await stretch(hers.page);
    const carol = await server.person('carol');
    const other = await server.room(alice, carol);
    await hers.send('Quietly');
    await shown(seen('Quietly'));
    await server.send(other, carol, 'To the top');
    await shown(hers.entry(carol).getByText('To the top'));
    expect(await movedIn(hers.page.locator('body'))).toBe(0);
    expect(await lifted().count()).toBe(0);
    await opener().click();
    await shown(dialog());
    await hers.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    expect(await leaving().count()).toBe(0);
    const longest = await hers.page.evaluate(() =>
      Math.max(
        0,
        ...document.getAnimations().map(({ effect }) => Number(effect?.getComputedTiming().duration)),
      ),
    );
    expect(longest).toBeLessThan(1);
  });

  it('moves nothing that the browser counts as a shift of the layout', async () => {
    await openChat();
    await hers.page.evaluate(() => {
      const shifts: number[] = [];
      Object.assign(window, { shifts });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          shifts.push((entry as PerformanceEntry & { value: number }).value);
      }).observe({ type: 'layout-shift', buffered: false });
    });
    const carol = await server.person('carol');
    await server.send(await server.room(alice, carol), carol, 'To the top');
    await shown(hers.entry(carol));
    await server.send(room, bob, 'From the other');
    await shown(seen('From the other'));
    await hers.page.waitForFunction(() =>
      document.getAnimations().every((animation) => animation.effect?.getComputedTiming().iterations !== 1),
    );
    const sum = await hers.page.evaluate(() =>
      (window as unknown as { shifts: number[] }).shifts.reduce((total, value) => total + value, 0),
    );
    expect(sum).toBeLessThanOrEqual(0.01);
  });
});
