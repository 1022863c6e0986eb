import type { Room, User } from '@parley/shared';
import type { Locator } from 'playwright-core';
import { violations } from './support/axe';
import { Fingers } from './support/fingers';
import type { Line } from './support/line';
import { setUpStage } from './support/stage';
import { barOf, hasFocus, messageItem, openTalk } from './support/talk';
import { PHONE, roomPath, shown, until, WIDE, type ChatWindow, type Look } from './support/chat-window';

function chip(window: ChatWindow, text: string, emoji: string): Locator {
  return window.message(text).getByRole('button', { name: emoji });
}

function tombstone(window: ChatWindow): Locator {
  return window.page.getByRole('log').getByText('Message deleted');
}

/** In the message «The answer». */
function quote(window: ChatWindow): Locator {
  return window.message('The answer').getByRole('button', { name: /In reply to.*The question/ });
}

describe('two people reply, delete and react', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;
  let his: ChatWindow;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  async function openBoth(look?: Look): Promise<Line> {
    const talk = await openTalk(stage, { alice, bob, room }, look);
    ({ hers, his } = talk);
    return talk.line;
  }

  async function reply(text: string, key = 'r'): Promise<void> {
    await hers.message(text).focus();
    await hers.page.keyboard.press(key);
    await until(() => hasFocus(hers.field), 'the field has the focus');
  }

  const item = (name: string) => messageItem(hers, name);

  describe('a reply', () => {
    it('quotes the message for both, and its quote leads there and Back returns', async () => {
      await server.send(room, bob, 'The question');
      for (let n = 1; n <= 90; n++) await server.send(room, bob, `Line ${n}`);
      await openBoth();
      await hers.goto(`${roomPath(room, alice)}&at=1`);
      await hers.message('The question').hover();
      await barOf(hers, 'The question').getByRole('button', { name: 'Reply' }).click();
      await shown(hers.page.getByRole('group', { name: `Reply to ${bob.username}` }));
      expect(await hasFocus(hers.field)).toBe(true);
      await hers.field.fill('The answer');
      await hers.field.press('Enter');
      await shown(quote(his));
      await his.message('Line 90').waitFor();
      expect(await his.message('The question').count()).toBe(1);
      await quote(his).click();
      const original = his.page.locator('[data-bubble][aria-current=true]');
      await shown(original.getByText('The question'));
      await until(() => hasFocus(original), 'the original has the focus');
      await his.page.getByRole('button', { name: 'Back', exact: true }).click();
      await shown(quote(his));
      await until(() => hasFocus(his.message('The answer')), 'the answer has the focus again');
      expect(await original.count()).toBe(0);
      await quote(his).click();
      await shown(original.getByText('The question'));
      await his.page.goBack();
      await shown(quote(his));
    });

    it('is begun by R, cancelled by Escape, and kept with its draft over a reload', async () => {
      await server.send(room, bob, 'The question');
      await openBoth();
      const group = hers.page.getByRole('group', { name: `Reply to ${bob.username}` });
      await reply('The question');
      await shown(group);
      await hers.page.keyboard.press('Escape');
      await group.waitFor({ state: 'hidden' });
      await until(() => hasFocus(hers.message('The question')), 'the message has the focus again');
      await reply('The question', 'R');
      await hers.page.keyboard.type('Half an ans');
      await hers.page.reload();
      await shown(group);
      expect(await hers.field.inputValue()).toBe('Half an ans');
      await hers.field.press('End');
      await hers.page.keyboard.type('wer');
      await hers.page.keyboard.press('Enter');
      await shown(his.message('Half an answer').getByRole('button', { name: /The question/ }));
      await group.waitFor({ state: 'hidden' });
    });

    it('is begun by a swipe, which a shorter one or a scroll is not', async () => {
      await server.send(room, bob, 'The question');
      await openBoth({ viewport: PHONE, isTouch: true });
      const fingers = await Fingers.on(hers.page);
      const group = hers.page.getByRole('group', { name: `Reply to ${bob.username}` });
      const bubble = hers.message('The question').locator('.user-text');
      const swipe = async (x: number, y: number) => {
        const finger = await fingers.press(bubble);
        await finger.move(x, y);
        await finger.release();
      };
      await swipe(30, 0);
      await swipe(10, -60);
      expect(await group.count()).toBe(0);
      await swipe(90, 4);
      await shown(group);
      expect(
        await hers
          .message('The question')
          .locator('> div')
          .first()
          .evaluate((element) => element.style.translate),
      ).toBe('');
    });
  });

  describe('a deletion', () => {
    it('does not leave the device before 8 s, is undone by a button or a key, and then is there for both', async () => {
      const original = await server.send(room, alice, 'A slip');
      await openBoth();
      await reply('A slip');
      await hers.page.keyboard.type('About that');
      await hers.page.keyboard.press('Enter');
      await shown(his.message('About that'));

      // Its text is in the quote too.
      const slip = hers.page.locator('[data-seq="1"]');
      const undo = hers.page.getByRole('button', { name: 'Undo' });
      await slip.focus();
      await hers.page.keyboard.press('Delete');
      await shown(tombstone(hers).first());
      await undo.focus();
      await hers.page.keyboard.press('Enter');
      await shown(slip.locator('.user-text'));
      await undo.waitFor({ state: 'hidden' });
      await slip.focus();
      await hers.page.keyboard.press('Delete');
      await shown(undo);
      await hers.page.keyboard.press('Control+z');
      await shown(slip.locator('.user-text'));
      expect(await tombstone(his).count()).toBe(0);

      await slip.click({ button: 'right' });
      const start = Date.now();
      await item('Delete for both').click();
      await shown(undo);
      // Of the message, and of its quote.
      await until(async () => (await tombstone(his).count()) === 2, 'it is deleted for both', 20_000);
      expect(Date.now() - start).toBeGreaterThanOrEqual(8_000);
      await undo.waitFor({ state: 'hidden' });
      expect(await server.texts(room, bob)).toEqual(['', 'About that']);
      expect(original.deleted_at).toBeNull();
    });

    it('shows in the preview of the list, also while it can be undone', async () => {
      const slip = await server.send(room, alice, 'A slip');
      await openBoth();
      await shown(his.entry(alice).getByText('A slip'));
      await hers.message('A slip').focus();
      await hers.page.keyboard.press('Delete');
      await shown(hers.entry(bob).getByText('Message deleted'));
      await hers.page.getByRole('button', { name: 'Undo' }).click();
      await shown(hers.entry(bob).getByText('A slip'));
      await server.remove(slip);
      await shown(his.entry(alice).getByText('Message deleted'));
      await shown(hers.entry(bob).getByText('Message deleted'));
    });
  });

  describe('a reaction', () => {
    it('is given by key or pointer, counted for both, and taken back by its chip', async () => {
      await server.send(room, bob, 'News');
      await openBoth();
      await hers.message('News').focus();
      await hers.page.keyboard.press(':');
      const row = hers.page.getByRole('group', { name: 'React' });
      await shown(row);
      expect(await hasFocus(row.getByRole('button', { name: '👍' }))).toBe(true);
      await hers.page.keyboard.press('ArrowRight');
      await hers.page.keyboard.press('Enter');
      await shown(chip(his, 'News', '❤️'));
      expect(await chip(hers, 'News', '❤️').getAttribute('aria-pressed')).toBe('true');
      expect(await chip(his, 'News', '❤️').getAttribute('aria-pressed')).toBe('false');
      await his
        .message('News')
        .getByRole('button', { name: `❤️ 1, ${alice.username}` })
        .click();
      await shown(chip(hers, 'News', '❤️').getByText('2'));
      await hers.message('News').hover();
      await barOf(hers, 'News').getByRole('button', { name: 'React' }).click();
      await row.getByRole('button', { name: '😂' }).click();
      await shown(chip(his, 'News', '😂'));
      await chip(hers, 'News', '😂').click();
      await chip(his, 'News', '😂').waitFor({ state: 'hidden' });
      await until(() => hasFocus(hers.message('News')), 'the message has the focus');
      await hers.page.keyboard.press(':');
      await row.getByRole('button', { name: 'More reactions' }).click();
      await shown(hers.page.getByRole('searchbox', { name: 'Search emoji' }));
      await hers.page.keyboard.type('rocket');
      await shown(hers.page.getByRole('dialog', { name: 'Emoji' }).getByText('Results'));
      await hers.page.keyboard.press('Enter');
      await shown(chip(his, 'News', '🚀'));
      await until(() => hasFocus(hers.message('News')), 'the message has the focus again');
    });

    it('is taken back with a reason when the message has as many different ones as it can have', async () => {
      const { id } = await server.send(room, bob, 'News');
      const emojis = [...'😀😁😃😄😅😆😉😊😋😌😍😎😏😐😒😓😔😖😘😚'];
      for (const emoji of emojis) {
        const path = `/api/messages/${id}/reactions/${encodeURIComponent(emoji)}/?active_user=${bob.id}`;
        await fetch(`${server.origin}${path}`, { method: 'PUT' });
      }
      await openBoth();
      await shown(chip(hers, 'News', '😚'));
      await hers.message('News').focus();
      await hers.page.keyboard.press(':');
      await hers.page.getByRole('group', { name: 'React' }).getByRole('button', { name: '👍' }).click();
      await shown(hers.page.getByText('This message has as many different reactions as it can have.'));
      expect(await chip(hers, 'News', '👍').count()).toBe(0);
    });

    it('is on top of the sheet that a long press opens', async () => {
      await server.send(room, bob, 'News');
      await openBoth({ viewport: PHONE, isTouch: true });
      const fingers = await Fingers.on(hers.page);
      const finger = await fingers.press(hers.message('News').locator('.user-text'));
      const row = hers.page.getByRole('group', { name: 'React' });
      await shown(row);
      await finger.release();
      await row.getByRole('button', { name: '🙏' }).tap();
      await shown(chip(his, 'News', '🙏'));
    });
  });

  describe('without a connection', () => {
    it('all of it is shown at once, waits, and reaches the other later', async () => {
      await server.send(room, alice, 'To edit');
      await server.send(room, alice, 'To delete');
      await server.send(room, bob, 'To react to');
      const line = await openBoth();
      await shown(hers.message('To react to'));
      await line.cut();
      await hers.message('To edit').focus();
      await hers.page.keyboard.press('e');
      await until(async () => (await hers.field.inputValue()) === 'To edit', 'the text is in the field');
      await hers.field.fill('Edited offline');
      await hers.field.press('Enter');
      await hers.message('To react to').focus();
      await hers.page.keyboard.press(':');
      await hers.page.getByRole('group', { name: 'React' }).getByRole('button', { name: '👍' }).click();
      await reply('To react to');
      await hers.page.keyboard.type('Replied offline');
      await hers.page.keyboard.press('Enter');
      await hers.message('To delete').focus();
      await hers.page.keyboard.press('Delete');
      await shown(tombstone(hers));
      await shown(chip(hers, 'To react to', '👍'));
      await shown(hers.message('Edited offline').getByText('Sending'));
      await shown(hers.message('Replied offline').getByRole('button', { name: /To react to/ }));
      expect(await his.message('Edited offline').count()).toBe(0);
      line.mend();
      await shown(his.message('Edited offline'), 25_000);
      await shown(chip(his, 'To react to', '👍'));
      await shown(tombstone(his), 25_000);
      await shown(his.message('Replied offline').getByRole('button', { name: /To react to/ }));
      expect([...hers.complaints, ...his.complaints].filter((each) => !/WebSocket/.test(each))).toEqual([]);
    });

    it('what the server refuses later is taken back, with one notice that says why', async () => {
      const message = await server.send(room, alice, 'Gone soon');
      const line = await openBoth();
      await shown(hers.message('Gone soon'));
      await line.cut();
      await hers.field.press('ArrowUp');
      await until(async () => (await hers.field.inputValue()) === 'Gone soon', 'the text is in the field');
      await hers.field.fill('Too late');
      await hers.field.press('Enter');
      await shown(hers.message('Too late'));
      await server.remove(message);
      line.mend();
      await shown(tombstone(hers), 25_000);
      await shown(hers.page.getByText('The message was not changed: it is deleted.'), 25_000);
    });
  });

  it.each([
    ['wide, light', { viewport: WIDE, colorScheme: 'light' }],
    ['phone, dark', { viewport: PHONE, colorScheme: 'dark' }],
  ] satisfies [string, Look][])('axe finds nothing wrong in all of it (%s)', async (_name, look) => {
    await server.send(room, bob, 'The question');
    await server.send(room, alice, 'A slip');
    await openBoth(look);
    await reply('A slip');
    await hers.page.keyboard.type('An answer to a slip');
    await hers.page.keyboard.press('Enter');
    // Nothing can be done to what the server does not know yet.
    await shown(his.message('An answer to a slip'));
    await shown(hers.message('An answer to a slip').getByText(/Delivered|Read/));
    await hers.message('An answer to a slip').focus();
    await hers.page.keyboard.press('e');
    await until(() => hasFocus(hers.field), 'the field has the focus');
    await hers.page.keyboard.type('!');
    await hers.page.keyboard.press('Enter');
    await shown(hers.message('An answer to a slip!').getByRole('button', { name: 'edited' }));
    for (const window of [hers, his]) {
      await window.message('The question').focus();
      await window.page.getByRole('log').dispatchEvent('pointerenter');
      await shown(barOf(window, 'The question'));
      await window.page.keyboard.press(':');
      await window.page.getByRole('group', { name: 'React' }).getByRole('button', { name: '👍' }).click();
    }
    await shown(chip(hers, 'The question', '👍').getByText('2'));
    expect(await violations(hers.page)).toEqual([]);
    await hers.page.locator('[data-seq="2"]').focus();
    await hers.page.keyboard.press('Delete');
    await reply('The question');
    await shown(hers.page.getByRole('group', { name: `Reply to ${bob.username}` }));
    await hers.message('The question').focus();
    await shown(barOf(hers, 'The question'));
    expect(await violations(hers.page)).toEqual([]);
    await hers.page.keyboard.press('Enter');
    await shown(item('Reply'));
    expect(await violations(hers.page)).toEqual([]);
  });
});
