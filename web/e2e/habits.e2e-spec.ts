import type { Room, User } from '@parley/shared';
import type { Locator } from 'playwright-core';
import { setUpStage } from './support/stage';
import { lookAlike } from './support/look-alike';
import { PHONE, roomPath, shown, until, type ChatWindow } from './support/chat-window';

/** A few of each: Vietnamese, Thai, Arabic, Devanagari, Tibetan. Their marks belong to the text and are all seen. */
const DIACRITICS = 'Ệ ẵ Ǻ ชื่อผู้ใช้ ปู่ مُحَمَّدٌ ﷺ क्षत्रिय हिन्दी བསྒྲུབས';

/** A letter that carries so many marks above, below, across and around it. */
function marks(count: number): string {
  return `a${'\u0300\u0316\u0489\u20dd'.repeat(count / 4)}`;
}

/** With rows that are on their way at its end. */
const shotOf = (locator: Locator) => locator.screenshot({ animations: 'disabled' });

function bubble(window: ChatWindow, text: string): Locator {
  return window.message(text).locator('div').first();
}

describe('what people are used to', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage();
  const { server } = stage;
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  describe('a chat without messages', () => {
    it('is in the list of the user who opened it, also after a reload, and at the other side with its first message', async () => {
      const dave = await server.person('dave');
      await server.send(room, bob, 'Another chat');
      hers = await stage.window(`/?as=${alice.username}`);
      const his = await stage.window(`/?as=${dave.username}`);
      await shown(his.page.getByText('No chats yet'));
      await hers.page.getByRole('button', { name: 'New chat' }).click();
      await hers.page.getByRole('searchbox', { name: 'Find people' }).fill(dave.username);
      await hers.page.getByRole('dialog').getByRole('button', { name: dave.username }).click();
      await shown(hers.entry(dave).getByText('No messages yet'));
      await hers.entry(bob).click();
      await shown(hers.log(bob));
      await shown(hers.entry(dave));
      await hers.page.reload();
      await shown(hers.entry(dave));
      expect(await his.entry(alice).count()).toBe(0);
      await his.page.reload();
      await shown(his.page.getByText('No chats yet'));
      await hers.entry(dave).click();
      await shown(hers.log(dave));
      await hers.send('Hello dave');
      await shown(his.entry(alice).getByText('Hello dave'));
    });

    it('is not in the list of a user who has not opened it, and gone from there when its URL is left', async () => {
      hers = await stage.window(`/?as=${alice.username}`);
      await shown(hers.page.getByText('No chats yet'));
      await hers.goto(roomPath(room, alice));
      await shown(hers.entry(bob));
      await hers.goto(`/?as=${alice.username}`);
      await shown(hers.page.getByText('No chats yet'));
    });
  });

  describe('a draft in two windows of one browser', () => {
    let second: ChatWindow;

    beforeEach(async () => {
      const context = await stage.context();
      hers = await stage.windowIn(context, roomPath(room, alice));
      second = await stage.windowIn(context, roomPath(room, alice));
      await Promise.all([hers.secondLoad(), second.secondLoad()]);
    });

    const both = (text: string) =>
      until(
        async () => (await hers.field.inputValue()) === text && (await second.field.inputValue()) === text,
        `both windows show “${text}”`,
        3_000,
      );

    it('is the same in both as it is typed, and the last key wins', async () => {
      await hers.field.pressSequentially('From the first');
      await both('From the first');
      await second.field.press('End');
      await second.field.pressSequentially(', and the second');
      await both('From the first, and the second');
      await Promise.all([hers.page.reload(), second.page.reload()]);
      await both('From the first, and the second');
    });

    it('is gone from both when the first has sent it, and newer text stays', async () => {
      await hers.field.fill('Sent from the first');
      await both('Sent from the first');
      await hers.field.press('Enter');
      await both('');
      await second.field.fill('Newer');
      await both('Newer');
      await until(async () => (await server.texts(room, alice)).length === 1, 'it is sent once');
    });

    it('does not disturb a composition that is under way', async () => {
      await second.field.dispatchEvent('compositionstart');
      await hers.field.fill('From the first');
      await hers.page.waitForTimeout(300);
      expect(await second.field.inputValue()).toBe('');
      await second.field.dispatchEvent('compositionend');
      await second.field.fill('かな');
      await both('かな');
    });
  });

  describe('Back', () => {
    beforeEach(async () => {
      await server.send(room, bob, 'Hello');
    });

    it('leaves the list after the arrow has led there', async () => {
      hers = await stage.window(`/?as=${alice.username}`, { viewport: PHONE });
      for (let n = 0; n < 2; n++) {
        await hers.entry(bob).click();
        await shown(hers.log(bob));
        await hers.page.getByRole('link', { name: 'Back to chats' }).click();
        await shown(hers.entry(bob));
      }
      await hers.page.goBack();
      expect(hers.page.url()).toBe('about:blank');
    });

    it('leaves the list also when the chat was opened by its URL', async () => {
      hers = await stage.roomWindow(room, alice, { viewport: PHONE });
      await shown(hers.log(bob));
      await hers.page.getByRole('link', { name: 'Back to chats' }).click();
      await shown(hers.entry(bob));
      await hers.page.goBack();
      expect(hers.page.url()).toBe('about:blank');
    });

    it('closes the dialog and stays in the chat', async () => {
      hers = await stage.roomWindow(room, alice);
      await shown(hers.log(bob));
      await hers.page.getByRole('button', { name: 'New chat' }).click();
      await shown(hers.page.getByRole('dialog'));
      await hers.page.goBack();
      await hers.page.getByRole('dialog').waitFor({ state: 'hidden' });
      await shown(hers.log(bob));
    });

    it('is one step from a chat that was chosen in the dialog, and none for a dialog that was closed', async () => {
      const carol = await server.person('carol');
      hers = await stage.window(`/?as=${alice.username}`, { viewport: PHONE });
      await hers.page.getByRole('button', { name: 'New chat' }).click();
      await shown(hers.page.getByRole('dialog'));
      await hers.page.keyboard.press('Escape');
      await hers.page.getByRole('dialog').waitFor({ state: 'hidden' });
      await hers.page.getByRole('button', { name: 'New chat' }).click();
      await hers.page.getByRole('searchbox', { name: 'Find people' }).fill(carol.username);
      await hers.page.getByRole('dialog').getByRole('button', { name: carol.username }).click();
      await shown(hers.page.getByText(`Say hello to ${carol.username}.`));
      await hers.page.goBack();
      await shown(hers.entry(bob));
      await hers.page.goBack();
      expect(hers.page.url()).toBe('about:blank');
    });
  });

  it('makes a new line with Enter on touch, and sends with a button that a thumb hits', async () => {
    hers = await stage.roomWindow(room, alice, { viewport: PHONE, isTouch: true });
    await shown(hers.field);
    expect(await hers.field.getAttribute('enterkeyhint')).toBe('enter');
    await hers.field.tap();
    await hers.page.keyboard.type('One');
    await hers.page.keyboard.press('Enter');
    await hers.page.keyboard.type('Two');
    expect(await hers.field.inputValue()).toBe('One\nTwo');
    expect(await server.texts(room, alice)).toEqual([]);
    const button = hers.page.getByRole('button', { name: 'Send' });
    const box = await button.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    await button.tap();
    await until(async () => (await server.texts(room, alice)).join() === 'One\nTwo', 'it is sent');
    await hers.page.keyboard.type('By a keyboard');
    await hers.page.keyboard.press('Control+Enter');
    await until(async () => (await server.texts(room, alice)).length === 2, 'Ctrl+Enter sends');
  });

  it('leaves the newest chat of the list free to be opened on a phone while it says something', async () => {
    await server.send(room, bob, 'Newest');
    const context = await stage.context({ viewport: PHONE, isTouch: true });
    hers = await stage.windowIn(context, `/?as=${alice.username}`);
    await shown(hers.entry(bob));
    await hers.secondLoad();
    await context.setOffline(true);
    await shown(hers.page.getByText('You are offline.'));
    // Not loaded yet, so that one more notice is said.
    await hers.page.getByRole('button', { name: 'New chat' }).tap();
    await shown(hers.page.getByText('New chat could not be loaded.'));
    // A tap waits until nothing lies over the middle of what is tapped.
    await hers.entry(bob).tap();
    await shown(hers.field);
  });

  it.each([700, 800, 1024, 1440])(
    'leaves the name of the other in sight in a window %i px wide while the connection is lost',
    async (width) => {
      const context = await stage.context({ viewport: { width, height: 800 } });
      hers = await stage.windowIn(context, roomPath(room, alice));
      await shown(hers.field);
      await hers.secondLoad();
      await context.setOffline(true);
      await hers.send('Waits');
      const banner = hers.page.getByText(/^You are offline\. 1 message waiting/);
      await shown(banner);
      const name = await hers.page.getByRole('heading', { level: 1, name: bob.username }).boundingBox();
      const over = await banner.boundingBox();
      if (!name || !over) throw new Error('The name or the banner is not in sight.');
      const isBeside = over.x >= name.x + name.width || over.y >= name.y + name.height;
      expect(isBeside).toBe(true);
    },
  );

  it('says with the Enter key that it sends where there is a keyboard', async () => {
    hers = await stage.roomWindow(room, alice);
    await shown(hers.field);
    expect(await hers.field.getAttribute('enterkeyhint')).toBe('send');
  });

  describe('combining marks', () => {
    it('stay inside their bubble and their preview, and leave the neighbours as they are', async () => {
      await server.send(room, bob, 'Above');
      hers = await stage.roomWindow(room, alice);
      await shown(hers.message('Above'));
      const other = await server.person('erin');
      await server.send(await server.room(other, alice), other, 'The list entry below');
      await shown(hers.entry(other));
      await hers.page.mouse.move(5, 890);
      const shots = () =>
        Promise.all([shotOf(bubble(hers, 'Above')), shotOf(hers.page.getByRole('heading', { level: 1 }))]);
      const before = await shots();
      await server.send(room, alice, marks(3_996));
      await shown(hers.message(marks(3_996)));
      await server.send(room, bob, 'Below');
      await shown(hers.message('Below'));
      const after = await shots();
      expect(await Promise.all(after.map((shot, i) => lookAlike(hers.page, shot, before[i]!)))).toEqual([
        true,
        true,
      ]);
      expect(await hers.log(bob).evaluate((log) => log.scrollHeight <= log.clientHeight)).toBe(true);
      // The entry of the chat with the marks as its preview paints nothing over the one below it.
      const entry = () => shotOf(hers.entry(other));
      const calm = await entry();
      await server.send(room, alice, marks(3_996));
      await shown(hers.message(marks(3_996)).last());
      expect(await lookAlike(hers.page, await entry(), calm)).toBe(true);
    });

    it('of ordinary writing are not cut', async () => {
      await server.send(room, bob, DIACRITICS);
      hers = await stage.roomWindow(room, alice);
      await shown(hers.message(DIACRITICS));
      await hers.page.mouse.move(5, 890);
      const clipped = await bubble(hers, DIACRITICS).screenshot();
      await bubble(hers, DIACRITICS).evaluate((element) => (element.style.overflow = 'visible'));
      expect((await bubble(hers, DIACRITICS).screenshot()).equals(clipped)).toBe(true);
    });
  });

  it('keeps what is selected in a message when another one arrives', async () => {
    await server.send(room, bob, 'see https://example.org/one');
    hers = await stage.roomWindow(room, alice);
    const text = hers.message('see https://example.org/one').locator('.user-text');
    await shown(text);
    await text.evaluate((element) => getSelection()?.selectAllChildren(element));
    await server.send(room, bob, 'Another one');
    await shown(hers.message('Another one'));
    expect(await hers.page.evaluate(() => getSelection()?.toString())).toBe('see https://example.org/one');
  });

  it('shows where a link goes when it is written to look like another', async () => {
    await server.send(room, bob, 'https://аpple.com/id');
    await server.send(room, bob, '\u202ehttps://example.org/safe\u202c');
    hers = await stage.roomWindow(room, alice);
    await shown(hers.page.getByRole('link', { name: 'https://аpple.com/id (xn--pple-43d.com)' }));
    const link = hers.page.getByRole('link', { name: 'https://example.org/safe', exact: true });
    expect(await link.evaluate((element) => getComputedStyle(element).unicodeBidi)).toBe('isolate');
  });
});
