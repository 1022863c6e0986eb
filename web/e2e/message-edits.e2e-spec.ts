import type { Room, User } from '@parley/shared';
import type { Locator } from 'playwright-core';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';
import { holdSecondLoad } from './support/first-load';
import type { Line } from './support/line';
import { setUpStage } from './support/stage';
import { barOf, hasFocus, messageItem, openTalk } from './support/talk';

describe('an edit', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;
  let his: ChatWindow;
  let line: Line;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  const openBoth = async () => ({ hers, his, line } = await openTalk(stage, { alice, bob, room }));
  const item = (name: string) => messageItem(hers, name);

  /** Until its text is in the field. */
  async function begin(text: string): Promise<void> {
    await hers.message(text).focus();
    await hers.page.keyboard.press('e');
    await until(async () => (await hers.field.inputValue()) === text, 'the text is in the field');
  }

  it('reaches both, says that it is one, and both can see what was there before', async () => {
    await server.send(room, alice, 'Teh text');
    await openBoth();
    await shown(hers.message('Teh text'));
    await hers.field.press('ArrowUp');
    await shown(hers.page.getByRole('group', { name: 'Edit message' }));
    expect(await hers.field.inputValue()).toBe('Teh text');
    await hers.field.fill('The text');
    await hers.page.getByRole('button', { name: 'Save' }).click();
    for (const window of [hers, his]) {
      await window.message('The text').getByRole('button', { name: 'edited' }).click();
      const versions = window.page.getByRole('dialog', { name: 'Message details' }).getByRole('listitem');
      await shown(versions.filter({ hasText: 'Teh text' }));
      await shown(versions.filter({ hasText: 'The text' }));
      await window.page.keyboard.press('Escape');
    }
    expect(await hers.field.inputValue()).toBe('');
    await shown(hers.entry(bob).getByText('The text'));
    await shown(his.entry(alice).getByText('The text'));
  });

  it('shows what was there before also when that is asked for before its code is there', async () => {
    const message = await server.send(room, alice, 'Teh text');
    await server.edit(message, 'The text');
    const context = await stage.context();
    const release = await holdSecondLoad(context);
    his = await stage.windowIn(context, roomPath(room, bob));
    await his.message('The text').getByRole('button', { name: 'edited' }).click();
    release();
    const details = his.page.getByRole('dialog', { name: 'Message details' });
    await shown(details.getByRole('listitem').filter({ hasText: 'Teh text' }));
    expect(his.complaints).toEqual([]);
  });

  it('leaves the draft as it was, and is left by Escape', async () => {
    await server.send(room, alice, 'Sent');
    await openBoth();
    await hers.field.fill('A draft');
    await begin('Sent');
    await hers.page.keyboard.type(' more');
    await hers.page.keyboard.press('Escape');
    expect(await hers.field.inputValue()).toBe('A draft');
    await until(() => hasFocus(hers.message('Sent')), 'the message has the focus again');
  });

  it('goes on when its chat is opened again, as does the draft after it', async () => {
    await server.send(room, alice, 'Sent');
    const carol = await server.person('carol');
    await server.chat(alice, carol);
    await openBoth();
    await hers.field.fill('A draft');
    await begin('Sent');
    await hers.page.keyboard.type(' more');
    await hers.entry(carol).click();
    await shown(hers.log(carol));
    expect(await hers.field.inputValue()).toBe('');
    await hers.entry(bob).click();
    await until(async () => (await hers.field.inputValue()) === 'Sent more', 'the edit goes on');
    await hers.page.keyboard.press('Enter');
    await shown(his.message('Sent more'));
    await until(async () => (await hers.field.inputValue()) === 'A draft', 'the draft is there');
    await hers.entry(carol).click();
    await shown(hers.log(carol));
    await hers.entry(bob).click();
    await shown(hers.message('Sent more'));
    await hers.page.waitForTimeout(300);
    expect(await hers.field.inputValue()).toBe('A draft');
  });

  it('is not offered for a message of the other, nor anything that a deleted or unsent message does not take', async () => {
    await server.send(room, bob, 'His');
    await server.remove(await server.send(room, alice, 'Gone'));
    await openBoth();
    const offered = async (row: Locator) => {
      await row.click({ button: 'right' });
      await shown(item('Details'));
      const names = await hers.page.getByRole('menuitem').allInnerTexts();
      await hers.page.keyboard.press('Escape');
      await item('Details').waitFor({ state: 'hidden' });
      return names.map((name) => name.split('\n')[0]);
    };
    expect(await offered(hers.message('His'))).toEqual([
      'Reply',
      'Copy text',
      'Copy link',
      'Mark unread from here',
      'Details',
    ]);
    expect(await offered(hers.page.locator('[data-seq="2"]'))).toEqual(['Details']);
    await line.cut();
    await hers.send('Not sent');
    expect(await offered(hers.message('Not sent'))).toEqual([
      'Edit',
      'Copy text',
      'Details',
      'Cancel sending',
    ]);
  });

  it('that comes too late is taken back, its text can be copied, and another is not offered', async () => {
    await server.send(room, alice, 'Sent in time');
    await openBoth();
    await hers.message('Sent in time').focus();
    await shown(barOf(hers, 'Sent in time'));
    await server.kill();
    await hers.page.keyboard.press('e');
    await until(() => hasFocus(hers.field), 'the field has the focus');
    await hers.field.fill('Too late');
    await hers.field.press('Enter');
    await shown(hers.message('Too late'));
    await server.up({ EDIT_WINDOW_MINUTES: '0' });
    await shown(hers.page.getByText('The message was not changed: the time to edit it is over.'), 30_000);
    await shown(hers.message('Sent in time'));
    await hers.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await hers.page.getByRole('button', { name: 'Copy text' }).click();
    await shown(hers.page.getByText('Copied.'));
    expect(await hers.page.evaluate(() => navigator.clipboard.readText())).toBe('Too late');
    await hers.message('Sent in time').click({ button: 'right' });
    await shown(item('Delete for both'));
    expect(await item('Edit').count()).toBe(0);
    await server.kill();
    await server.up();
  });
});
