import type { Room, User } from '@parley/shared';
import { violations } from './support/axe';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';
import { setUpStage } from './support/stage';

describe('writing', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage();
  const { server } = stage;

  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  const list = () => hers.page.getByRole('listbox', { name: 'Emoji suggestions' });
  const value = () => hers.field.inputValue();

  it('completes short codes: Tab and Enter take, Escape ends, and Enter sends when nothing is suggested', async () => {
    hers = await stage.roomWindow(room, alice);
    await hers.field.pressSequentially('Yes :tad');
    await shown(list().getByText(':tada:'));
    expect(await violations(hers.page)).toEqual([]);
    await hers.field.press('Tab');
    expect(await value()).toBe('Yes 🎉');
    await hers.field.press('Control+z');
    expect(await value()).toBe('Yes :tad');
    await hers.field.press('Escape');
    await list().waitFor({ state: 'detached' });
    await hers.field.press('Enter');
    await shown(hers.message('Yes :tad'));

    await hers.field.pressSequentially(':star');
    await shown(list());
    const second = await list().getByRole('option').nth(1).textContent();
    await hers.field.press('ArrowDown');
    await hers.field.press('Enter');
    expect(second).toContain(await value());

    await hers.field.fill('');
    await hers.field.pressSequentially('see `:ta http://x:80 12:30');
    expect(await list().count()).toBe(0);
    await hers.field.press('Enter');
    await shown(hers.message('see `:ta http://x:80 12:30'));
    expect(hers.complaints).toEqual([]);
  });

  it('puts marks around the selection by key, and undo takes them back', async () => {
    hers = await stage.roomWindow(room, alice);
    await hers.secondLoad();
    await hers.field.fill('very good');
    await hers.field.evaluate((field) => (field as HTMLTextAreaElement).setSelectionRange(5, 9));
    await hers.field.press('Control+b');
    await until(async () => (await value()) === 'very *good*', 'it is bold');
    await hers.field.press('Control+i');
    await until(async () => (await value()) === 'very *_good_*', 'it is italic too');
    await hers.field.press('Control+z');
    await until(async () => (await value()) === 'very *good*', 'it is bold only');
    await hers.field.press('Enter');
    const his = await stage.roomWindow(room, bob);
    await shown(his.page.getByRole('log').locator('strong').getByText('good', { exact: true }));
  });

  it('copies several messages with time and name, and of one message what is selected', async () => {
    await server.send(room, bob, 'First of bob');
    await server.send(room, alice, 'Then *alice*');
    await server.send(room, bob, 'Bob again');
    const context = await stage.context();
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    hers = await stage.windowIn(context, roomPath(room, alice));
    await shown(hers.page.getByRole('log').locator('strong'));
    await shown(hers.message('Bob again'));
    // What can be done to messages is loaded when the pointer comes to them.
    await hers.message('Bob again').hover();
    await shown(hers.page.getByRole('toolbar'));
    const copied = async (from: string, to: string, end: number) => {
      await hers.page.evaluate(
        ([first = '', last = '', length]) => {
          const texts = [...document.querySelectorAll('[role=log] .user-text')];
          const find = (text: unknown) =>
            texts.find((element) => element.textContent?.includes(String(text)))!;
          const range = document.createRange();
          range.setStart(find(first), 0);
          const node = document.createTreeWalker(find(last), NodeFilter.SHOW_TEXT).nextNode()!;
          range.setEnd(node, Number(length));
          const selection = window.getSelection()!;
          selection.removeAllRanges();
          selection.addRange(range);
        },
        [from, to, end] as const,
      );
      await hers.page.keyboard.press('Control+c');
      return hers.page.evaluate(() => navigator.clipboard.readText());
    };
    const lines = (await copied('First', 'Bob again', 3)).split('\n');
    expect(lines.map((line) => line.replace(/^\[[^\]]*\d[^\]]*\] /, ''))).toEqual([
      `${bob.username}: First of bob`,
      `${alice.username}: Then *alice*`,
      `${bob.username}: Bob again`,
    ]);
    expect(await copied('First', 'First', 5)).toBe('First');
    // A click three times ends where the next message begins.
    expect((await copied('First', 'Then', 0)).trim()).toBe('First of bob');
  });
});
