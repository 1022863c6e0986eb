import type { Room, User } from '@parley/shared';
import { violations } from './support/axe';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';
import { setUpStage } from './support/stage';

const other = ({ page }: ChatWindow) => page.getByRole('status').filter({ hasText: 'Also written:' });
const ends = async (window: ChatWindow, end: string) => (await window.field.inputValue()).endsWith(end);

describe('a draft that two windows of one browser write at the same time (B11)', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;
  let second: ChatWindow;

  const stage = setUpStage();
  const { server } = stage;
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    await server.send(room, bob, 'Hello');
    const context = await stage.context();
    hers = await stage.windowIn(context, roomPath(room, alice));
    second = await stage.windowIn(context, roomPath(room, alice));
    await Promise.all([shown(hers.message('Hello')), shown(second.message('Hello'))]);
    await Promise.all([hers.secondLoad(), second.secondLoad()]);
  });

  const write = () =>
    Promise.all([
      hers.field.pressSequentially('One text, of the first window', { delay: 30 }),
      second.field.pressSequentially('Another text, of the second window', { delay: 30 }),
    ]);

  it('keeps both texts over a reload: one in the field, the other beside it', async () => {
    await write();
    await until(
      async () => (await hers.field.inputValue()) === (await second.field.inputValue()),
      'one wins',
    );
    await Promise.all([hers.page.reload(), second.page.reload()]);
    for (const window of [hers, second]) {
      await shown(other(window));
      const both = `${await window.field.inputValue()}\n${await other(window).textContent()}`;
      expect(both).toContain('of the first window');
      expect(both).toContain('of the second window');
    }
    expect(await violations(hers.page)).toEqual([]);
  });

  it('gives the other text back, and keeps the one that was in the field', async () => {
    await write();
    await shown(other(hers));
    const isFirst = await ends(hers, 'first window');
    const [before, after] = isFirst ? ['first window', 'second window'] : ['second window', 'first window'];
    await other(hers).getByRole('button', { name: 'Use it' }).click();
    await until(() => ends(hers, after), 'the other is in the field');
    await until(() => ends(second, after), 'and in the other window');
    await shown(other(hers).getByText(before));
    await other(hers).getByRole('button', { name: 'Discard the other draft' }).click();
    await other(hers).waitFor({ state: 'hidden' });
    await hers.page.reload();
    await until(() => ends(hers, after), 'the draft is there');
    expect(await other(hers).count()).toBe(0);
  });

  it('is gone from the second window when the first has sent it, also right after a key there', async () => {
    await hers.field.fill('Sent once');
    await until(async () => (await second.field.inputValue()) === 'Sent once', 'it is in both');
    await second.field.press('End');
    await second.field.pressSequentially('!');
    await until(async () => (await hers.field.inputValue()) === 'Sent once!', 'it is in both again');
    await hers.field.press('Enter');
    await until(async () => (await second.field.inputValue()) === '', 'the second window is empty');
    await shown(second.message('Sent once!'));
    expect([await other(hers).count(), await other(second).count()]).toEqual([0, 0]);
  });

  it('is not taken away by a window that sends another text', async () => {
    await write();
    const text = await second.field.inputValue();
    await hers.field.press('Enter');
    await until(async () => (await server.texts(room, alice)).length === 2, 'it is sent');
    await until(
      async () => (await second.field.inputValue()) === text || (await other(second).count()) === 1,
      'the other text is there',
    );
  });

  it('and a message that one window has queued is sent by the other when that window is closed', async () => {
    const context = hers.page.context();
    await context.setOffline(true);
    await hers.send('Queued in a window that is closed');
    await shown(hers.message('Queued in a window that is closed'));
    // The other window learns of it half a second later.
    await second.page.waitForTimeout(1_000);
    await hers.page.close();
    await shown(second.message('Queued in a window that is closed'));
    await context.setOffline(false);
    await shown(second.message('Queued in a window that is closed').getByText('Sent'), 20_000);
    expect(await server.texts(room, alice)).toEqual(['Hello', 'Queued in a window that is closed']);
  });
});
