import type { Room, User } from '@parley/shared';
import { violations } from './support/axe';
import { shown, until, type ChatWindow } from './support/chat-window';
import { setUpStage } from './support/stage';

describe('emoji', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage();
  beforeAll(async () => {
    ({ alice, bob, room } = await stage.pair());
  });

  const picker = () => hers.page.getByRole('dialog', { name: 'Emoji' });
  const search = () => hers.page.getByRole('searchbox', { name: 'Search emoji' });
  const option = (name: string) => picker().getByRole('option', { name, exact: true }).first();

  async function open(): Promise<void> {
    hers = await stage.roomWindow(room, alice);
    await hers.page.getByRole('button', { name: 'Emoji' }).click();
    await shown(search());
  }

  function hasFocus(role: string, name: string): Promise<boolean> {
    const element = hers.page.getByRole(role as 'option', { name, exact: true }).first();
    return element.evaluate((it) => it === document.activeElement);
  }

  it('are picked by mouse: the picker stays, the text is where the caret was, undo takes it back', async () => {
    await open();
    await hers.page.keyboard.press('Escape');
    await picker().waitFor({ state: 'detached' });
    await hers.field.fill('ab');
    await hers.field.press('ArrowLeft');
    await hers.page.getByRole('button', { name: 'Emoji' }).click();
    await option('party popper').click();
    await option('red heart').click();
    expect(await hers.field.inputValue()).toBe('a🎉❤️b');
    await hers.page.keyboard.press('Control+z');
    expect(await hers.field.inputValue()).toBe('a🎉b');
    await hers.page.keyboard.press('Escape');
    await picker().waitFor({ state: 'detached' });
    await hers.field.press('Enter');
    const his = await stage.roomWindow(room, bob);
    await shown(his.message('a🎉b'));
    expect(hers.complaints).toEqual([]);
  });

  it('are found and picked by keyboard, in the skin tone that is remembered, and are the recent ones next time', async () => {
    await open();
    const { keyboard } = hers.page;
    await keyboard.type('waving hand');
    await shown(picker().getByText('Results'));
    // Of all 1,870 it takes half a minute.
    expect(await violations(hers.page)).toEqual([]);
    await keyboard.press('ArrowDown');
    await until(() => hasFocus('option', 'waving hand'), 'the first result has the focus');
    await keyboard.press('ArrowUp');
    await until(() => search().evaluate((it) => it === document.activeElement), 'the field has it');
    await picker().getByRole('button', { name: 'Skin tone' }).click();
    await picker().getByRole('radio', { name: 'Medium', exact: true }).click();
    await search().press('Enter');
    await picker().waitFor({ state: 'detached' });
    expect(await hers.field.inputValue()).toBe('👋🏽');
    expect(await hers.field.evaluate((it) => it === document.activeElement)).toBe(true);

    const { page } = await stage.windowIn(hers.page.context(), `/rooms/${room.id}?as=${alice.username}`);
    await page.getByRole('button', { name: 'Emoji' }).click();
    const recent = page.getByRole('group', { name: 'Recently used' }).getByRole('option');
    await recent.first().waitFor();
    expect(await recent.allTextContents()).toEqual(['👋🏽']);
  });

  it('can all be reached with the arrow keys, from group to group', async () => {
    await open();
    const { keyboard } = hers.page;
    await keyboard.press('ArrowDown');
    await until(() => hasFocus('option', 'grinning face'), 'the first emoji has the focus');
    // 166 in rows of eight: the last row has six.
    for (let row = 1; row <= 21; row++) await keyboard.press('ArrowDown');
    const group = hers.page.getByRole('group', { name: 'People and body' });
    await until(
      () => group.evaluate((it) => it.contains(document.activeElement)),
      'the focus is in the next group',
    );
    await keyboard.press('x');
    expect(await search().inputValue()).toBe('x');
  });
});
