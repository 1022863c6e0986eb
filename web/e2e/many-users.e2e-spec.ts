import { Client } from 'pg';
import type { Locator } from 'playwright-core';
import { violations } from './support/axe';
import { PHONE, shown, until, WIDE, type ChatWindow } from './support/chat-window';
import { setUpStage } from './support/stage';

/** More than the server lists. */
const USERS = 600;

const SOMEONE_ELSE = 'Someone else…';

const dialogOf = ({ page }: ChatWindow) => page.getByRole('dialog', { name: 'Act as someone else' });
const fieldOf = ({ page }: ChatWindow) => page.getByRole('searchbox', { name: 'Find people' });
const isFocused = (target: Locator) => target.evaluate((element) => element === document.activeElement);

describe('a database with more users than the server lists', () => {
  const stage = setUpStage();
  beforeAll(async () => {
    const client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
    await client.connect();
    await client.query(`
      INSERT INTO users (username, display_name) SELECT 'person' || n, 'person' || n FROM generate_series(1, ${USERS}) n;
      INSERT INTO users (username, display_name) VALUES ('far.away', 'Zoë')`);
    await client.end();
  });

  it.each([
    ['a desktop', WIDE],
    ['a phone', PHONE],
  ])('is acted in, on %s, as a user whom the list does not reach, found by name', async (_, viewport) => {
    const window = await stage.window('/?as=person1', { viewport });
    await until(() => window.isActingAs('person1'), 'acting as person1');
    let actingAs = await window.openActingAs();
    const options = await actingAs.getByRole('option').allTextContents();
    expect([options.length, options.at(-1)]).toEqual([501, SOMEONE_ELSE]);

    await actingAs.selectOption(SOMEONE_ELSE);
    await shown(dialogOf(window));
    await until(() => isFocused(fieldOf(window)), 'the field has the focus');
    expect(await violations(window.page)).toEqual([]);
    await window.page.keyboard.press('Escape');
    await dialogOf(window).waitFor({ state: 'hidden' });
    const account = window.page.locator('[popovertarget="account-menu"]');
    await until(() => isFocused(account), 'the button of the account has the focus');
    expect(await window.isActingAs('person1')).toBe(true);
    actingAs = await window.openActingAs();
    expect(await actingAs.inputValue()).toBe('person1');

    await actingAs.selectOption(SOMEONE_ELSE);
    await fieldOf(window).fill('zoe');
    await shown(dialogOf(window).getByRole('button', { name: 'Zoë @far.away' }));
    await fieldOf(window).press('Enter');
    await until(() => window.isActingAs('Zoë'), 'acting as Zoë');
    expect(new URL(window.page.url()).search).toBe('?as=far.away');
    expect(await dialogOf(window).count()).toBe(0);
    await until(() => isFocused(account), 'the button of the account has the focus again');
    actingAs = await window.openActingAs();
    expect(await actingAs.inputValue()).toBe('far.away');
    expect(await actingAs.getByRole('option').last().textContent()).toBe(SOMEONE_ELSE);

    await actingAs.selectOption('person2');
    await until(() => window.isActingAs('person2'), 'acting as person2');
    expect(window.complaints).toEqual([]);
  });

  it('is acted in as somebody else by a window that is nobody', async () => {
    const window = await stage.window('/?as=nobody.at.all');
    const actingAs = await window.openActingAs();
    await actingAs.selectOption(SOMEONE_ELSE);
    await shown(dialogOf(window));
    await window.page.keyboard.press('Escape');
    await until(() => isFocused(actingAs), 'the list has the focus');
    expect(await actingAs.inputValue()).toBe('');
    await actingAs.selectOption(SOMEONE_ELSE);
    await fieldOf(window).fill('person59');
    await dialogOf(window).getByRole('button', { name: 'person599', exact: true }).click();
    await until(() => window.isActingAs('person599'), 'acting as person599');
    expect(window.complaints).toEqual([]);
  });

  it('is searched by New chat without regard to accents, and nobody is called like an accent', async () => {
    const window = await stage.window('/?as=person1');
    await window.page.getByRole('button', { name: 'New chat' }).click();
    const dialog = window.page.getByRole('dialog', { name: 'New chat' });
    await fieldOf(window).fill('zoé');
    await shown(dialog.getByRole('button', { name: /^Zoë/ }));
    await fieldOf(window).fill('\u0308');
    await shown(dialog.getByText('Nobody is called'));
    expect(await dialog.getByRole('listitem').count()).toBe(1);
    expect(window.complaints).toEqual([]);
  });
});
