import { DEFAULT_SETTINGS, type Room, type User, type UserSettings } from '@parley/shared';
import { violations } from './support/axe';
import { PHONE, roomPath, shown, until, type ChatWindow } from './support/chat-window';
import { setUpStage } from './support/stage';

let alice: User;
let room: Room;
const stage = setUpStage();
beforeAll(async () => {
  ({ alice, room } = await stage.pair());
});
beforeEach(() => patch(DEFAULT_SETTINGS));

const path = () => `/api/me/settings/?active_user=${alice.id}`;
const saved = async () => (await (await fetch(`${stage.server.origin}${path()}`)).json()) as UserSettings;

async function patch(change: Partial<UserSettings>): Promise<void> {
  const { status } = await fetch(`${stage.server.origin}${path()}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(change),
  });
  expect(status).toBe(200);
}

const attribute = ({ page }: ChatWindow, name: string) => page.locator('html').getAttribute(`data-${name}`);
const dialogOf = ({ page }: ChatWindow) => page.getByRole('dialog', { name: 'Settings' });

async function openSettings(window: ChatWindow) {
  await window.openAccountMenu();
  await window.page.getByRole('menuitem', { name: 'Settings' }).click();
  const dialog = dialogOf(window);
  await shown(dialog);
  return dialog;
}

async function choose(window: ChatWindow, group: string, value: string): Promise<void> {
  await dialogOf(window).getByRole('group', { name: group }).getByText(value, { exact: true }).click();
}

it('the settings are in the account menu, and are those of the user on all devices at once', async () => {
  const [window, other] = [await stage.roomWindow(room, alice), await stage.roomWindow(room, alice)];
  await other.secondLoad();
  const dialog = await openSettings(window);
  const sizes = dialog.getByRole('group', { name: 'Text size' }).locator('label');
  expect(await sizes.allTextContents()).toEqual(['Small', 'Medium', 'Large', 'Larger']);
  await choose(window, 'Theme', 'Dark');
  await choose(window, 'Text size', 'Large');
  await choose(window, 'Density', 'Compact');
  expect(await attribute(window, 'theme')).toBe('dark');
  await until(async () => (await attribute(other, 'density')) === 'compact', 'the other device follows');
  expect([await attribute(other, 'theme'), await attribute(other, 'text_size')]).toEqual(['dark', 'large']);
  expect(await saved()).toEqual({
    ...DEFAULT_SETTINGS,
    theme: 'dark',
    text_size: 'large',
    density: 'compact',
  });
  await choose(window, 'Theme', 'As the device');
  await until(async () => (await attribute(other, 'theme')) === 'system', 'the other device follows');
  await window.page.keyboard.press('Escape');
  await until(
    () =>
      window.page.evaluate(() => document.activeElement?.getAttribute('popovertarget') === 'account-menu'),
    'the focus is back',
  );
  expect(window.complaints).toEqual([]);
});

it('the page has the last settings before it is rendered', async () => {
  await patch({ theme: 'dark', contrast: 'more' });
  const window = await stage.roomWindow(room, alice);
  await until(async () => (await attribute(window, 'theme')) === 'dark', 'the settings are there');
  // Neither the server nor the second load has a part in it.
  await window.page.route('**/api/**', (route) => route.abort());
  await window.page.route('**/second-load-*', (route) => route.abort());
  await window.page.addInitScript(() => {
    new MutationObserver(() => {
      if (!document.querySelector('#app')?.hasChildNodes()) return;
      const { theme, contrast } = document.documentElement.dataset;
      sessionStorage.setItem('at-first', `${sessionStorage.getItem('at-first') ?? ''}${theme} ${contrast};`);
    }).observe(document, { childList: true, subtree: true });
  });
  await window.page.reload();
  const atFirst = () => window.page.evaluate(() => sessionStorage.getItem('at-first'));
  await until(async () => (await atFirst()) !== null, 'the page is rendered');
  expect(new Set((await atFirst())?.split(';').filter(Boolean))).toEqual(new Set(['dark more']));
});

it('Enter does what the settings say', async () => {
  const window = await stage.roomWindow(room, alice);
  await window.secondLoad();
  await window.field.fill('sent');
  await window.field.press('Enter');
  await shown(window.message('sent'));
  await patch({ enter: 'line' });
  await until(async () => {
    await window.field.fill('a');
    await window.field.press('Enter');
    return (await window.field.inputValue()) === 'a\n';
  }, 'Enter makes a line');
  await window.field.press('Control+Enter');
  await until(async () => (await window.field.inputValue()) === '', 'Ctrl+Enter sends');
});

it('a change without a network waits, over a reload, and is saved when there is one', async () => {
  const window = await stage.roomWindow(room, alice);
  const dialog = await openSettings(window);
  await window.page.route('**/api/me/settings/**', (route) => route.abort());
  await choose(window, 'Theme', 'Light');
  await shown(dialog.getByText('Not saved yet'));
  expect(await attribute(window, 'theme')).toBe('light');
  await window.page.reload();
  await window.secondLoad();
  expect(await attribute(window, 'theme')).toBe('light');
  expect((await saved()).theme).toBe('system');
  await window.page.unroute('**/api/me/settings/**');
  await until(async () => (await saved()).theme === 'light', 'the change is saved');
  expect(await attribute(window, 'theme')).toBe('light');
});

it('a change that the server refuses is undone, in words', async () => {
  const window = await stage.roomWindow(room, alice);
  await openSettings(window);
  await window.page.route('**/api/me/settings/**', (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({ status: 400, contentType: 'application/problem+json', body: '{}' })
      : route.fallback(),
  );
  await choose(window, 'Theme', 'Dark');
  await shown(window.page.getByText('The server did not take a setting.'));
  expect(await attribute(window, 'theme')).toBe('system');
});

it.each([
  ['light', undefined],
  ['dark', PHONE],
] as const)('the dialog is accessible (%s)', async (colorScheme, viewport) => {
  const look = { colorScheme, ...(viewport ? { viewport, isTouch: true } : {}) };
  const window = await stage.window(viewport ? `/?as=${alice.username}` : roomPath(room, alice), look);
  const dialog = await openSettings(window);
  await dialog.getByRole('switch', { name: 'Quiet hours' }).check();
  await shown(dialog.getByLabel('From'));
  await until(async () => (await saved()).quiet_hours?.from === '22:00', 'the hours are saved');
  expect(await violations(window.page)).toEqual([]);
});

it('the settings are found by Ctrl+K, and the focus goes back to where it was', async () => {
  const window = await stage.roomWindow(room, alice);
  await window.secondLoad();
  await window.field.focus();
  await window.page.keyboard.press('Control+k');
  await window.page.getByRole('dialog', { name: 'Search or jump' }).getByRole('combobox').fill('Settings');
  await window.page.keyboard.press('Enter');
  await shown(dialogOf(window));
  await window.page.keyboard.press('Escape');
  await dialogOf(window).waitFor({ state: 'hidden' });
  await until(
    () => window.field.evaluate((field) => field === document.activeElement),
    'the focus is in the field',
  );
});

it('no frame has another theme than the chosen one, and the bars of the browser take its colour', async () => {
  await patch({ theme: 'dark' });
  const window = await stage.roomWindow(room, alice, { colorScheme: 'light' });
  const bars = () =>
    window.page
      .locator('meta[name="theme-color"]')
      .evaluateAll((metas) => metas.map((meta) => meta.getAttribute('content')));
  await until(
    async () => (await bars()).every((colour) => colour === 'rgb(32, 40, 38)'),
    'both are those of the dark panel',
  );
  // The code comes late: a frame before it would be that of the device.
  await window.page.route('**/assets/index-*.js', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  await window.page.addInitScript(() => {
    const schemes = new Set<string>();
    Object.assign(globalThis, { schemes });
    const look = () => {
      schemes.add(getComputedStyle(document.documentElement).colorScheme);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await window.page.reload();
  await shown(window.field);
  const schemes = await window.page.evaluate(() => [
    ...(globalThis as unknown as { schemes: Set<string> }).schemes,
  ]);
  expect(schemes).toEqual(['dark']);
  await patch({ theme: 'system' });
  await until(async () => (await bars()).join() === '#fcfbf9,#202826', 'they are those of the device');
});
