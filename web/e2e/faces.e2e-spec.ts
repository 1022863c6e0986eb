import type { Room, User } from '@parley/shared';
import type { Page } from 'playwright-core';
import { Account, ACCOUNTS, choose } from './support/account';
import { violations } from './support/axe';
import { PHONE, shown, until, type ChatWindow } from './support/chat-window';
import { setUpStage } from './support/stage';

/** A picture as the browser makes one: wide, red at both sides, blue in the middle. */
async function pictureFile(page: Page): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const base64 = await page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [600, 300];
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#f00';
    context.fillRect(0, 0, 600, 300);
    context.fillStyle = '#00f';
    context.fillRect(150, 0, 300, 300);
    return canvas.toDataURL('image/png').split(',')[1]!;
  });
  return { name: 'me.png', mimeType: 'image/png', buffer: Buffer.from(base64, 'base64') };
}

const pictures = (page: Page) => page.locator('.avatar-ground img');
/** The picture is there, in its own size. */
const isLoaded = (page: Page, selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth === 128);

describe('in simulation', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;
  let his: ChatWindow;
  const stage = setUpStage();
  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    await stage.server.send(room, alice, 'Hello');
    [hers, his] = await Promise.all([stage.roomWindow(room, alice), stage.roomWindow(room, bob)]);
    await shown(hers.message('Hello'));
    await shown(his.message('Hello'));
  });

  const openProfile = async () => {
    await hers.openAccountMenu();
    await hers.page.getByRole('menuitem', { name: 'Profile' }).click();
    await shown(hers.page.getByRole('dialog', { name: 'Profile' }));
  };

  it('a picture is chosen with a preview, seen by the other and another window at once, and removed', async () => {
    const second = await stage.window(`/?as=${alice.username}`);
    await openProfile();
    await hers.page
      .locator('input[type=file][accept]')
      .last()
      .setInputFiles(await pictureFile(hers.page));
    await shown(hers.page.locator('[data-preview=new] img'));
    expect(await violations(hers.page)).toEqual([]);
    await hers.page.getByRole('button', { name: 'Save' }).click();
    await shown(hers.page.getByText('Your profile is changed.'));
    for (const page of [hers.page, second.page])
      await until(() => isLoaded(page, '.account-button img'), 'own');
    await until(() => isLoaded(his.page, '#room header img'), 'in the header');
    await shown(his.entry(alice).locator('img'));

    await openProfile();
    await hers.page.getByRole('button', { name: 'Remove the picture' }).click();
    expect(await hers.page.locator('[data-preview] img').count()).toBe(0);
    await hers.page.getByRole('button', { name: 'Save' }).click();
    await until(async () => (await pictures(his.page).count()) === 0, 'removed');
    await until(async () => (await pictures(second.page).count()) === 0, 'removed');
    for (const { complaints } of [hers, his, second]) expect(complaints).toEqual([]);
  });

  it('people of one name are distinguished by their handles, in the list and in the header, and others have none', async () => {
    const [sam, other, carol] = (await Promise.all(
      ['sam', 'sammy', 'carol'].map((name) => stage.server.person(name)),
    )) as [User, User, User];
    await stage.server.setName(sam, 'Sam');
    await stage.server.setName(carol, 'Carol');
    for (const peer of [sam, other, carol]) await stage.server.chat(alice, peer);
    const row = (name: string) => hers.rooms.getByRole('link', { name: new RegExp(`^${name}`) });
    await shown(row('Sam'));
    expect(await hers.rooms.getByText('@').count()).toBe(0);
    // While the list is open.
    await stage.server.setName(other, 'Sam');
    for (const { username } of [sam, other]) await shown(row(`Sam @${username}`));
    expect(await hers.rooms.getByText('@').count()).toBe(2);
    expect(await violations(hers.page)).toEqual([]);
    await row(`Sam @${other.username}`).click();
    await shown(hers.page.locator('#room header').getByText(`@${other.username}`));
    await stage.server.setName(other, 'Samuel');
    await shown(row('Samuel'));
    expect(await hers.rooms.getByText('@').count()).toBe(0);
  });

  it('a name that is being typed stays when a message comes', async () => {
    await openProfile();
    const field = hers.page.getByLabel('Name');
    await field.fill('Half a na');
    await stage.server.send(room, bob, 'Meanwhile');
    await hers.message('Meanwhile').waitFor({ state: 'attached' });
    expect(await field.inputValue()).toBe('Half a na');
  });

  it('what is no picture is refused in words, and nothing changes', async () => {
    await openProfile();
    const file = { name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('no picture') };
    await hers.page.locator('input[type=file][accept]').last().setInputFiles(file);
    await hers.page.getByRole('button', { name: 'Save' }).click();
    await shown(hers.page.getByText('This file is not a picture that can be used.'));
    await hers.page.getByLabel('Name').fill('\u202egnp');
    await hers.page.getByRole('button', { name: 'Save' }).click();
    await shown(hers.page.getByText('This name cannot be used.'));
    expect(await pictures(his.page).count()).toBe(0);
  });

  it('a name in any script is seen at once, isolated, with the username beside it', async () => {
    await openProfile();
    await hers.page.getByLabel('Name').fill('שרה 🙂 Дмитрий');
    await hers.page.keyboard.press('Enter');
    const heading = his.page.getByRole('heading', { name: 'שרה 🙂 Дмитрий' });
    await shown(heading);
    expect(await heading.getAttribute('dir')).toBe('auto');
    await shown(his.page.locator('#room header').getByText(`@${alice.username}`));
    await shown(his.rooms.getByRole('link', { name: /^שרה/ }));
  });

  it('the initials of people differ in colour and pattern, with enough contrast, in light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const window = await stage.roomWindow(room, alice, { colorScheme, viewport: PHONE });
      const ground = window.page.locator('header .avatar-ground').first();
      await shown(ground);
      const worst = await ground.evaluate((element) => {
        const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext(
          '2d',
        )!;
        const luminance = (color: string) => {
          context.fillStyle = color;
          context.fillRect(0, 0, 1, 1);
          const [r = 0, g = 0, b = 0] = [...context.getImageData(0, 0, 1, 1).data].map((value) => {
            const part = value / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const own = (element as HTMLElement).style;
        const style = getComputedStyle(element);
        const contrasts = Array.from({ length: 360 }, (_, hue) => {
          own.setProperty('--hue', String(hue));
          const ink = luminance(style.color);
          return ['--first', '--second'].map((tone) => {
            own.background = `var(${tone})`;
            const back = luminance(style.backgroundColor);
            return (Math.max(ink, back) + 0.05) / (Math.min(ink, back) + 0.05);
          });
        });
        return Math.min(...contrasts.flat());
      });
      expect(worst).toBeGreaterThan(4.5);
    }
    const [a, b] = [alice.id, bob.id].map((id) => [Math.round((id * 137.508) % 360), id % 5]);
    expect(a).not.toEqual(b);
  });
});

describe('with accounts', () => {
  const stage = setUpStage(ACCOUNTS);

  it('a user without any chat has a picture, which another device learns at once', async () => {
    const alice = await Account.create(stage, 'alice');
    const [one, two] = [await alice.window('/'), await alice.window('/')];
    await choose(one, alice, 'Profile');
    await one.page
      .locator('input[type=file][accept]')
      .last()
      .setInputFiles(await pictureFile(one.page));
    await shown(one.page.locator('[data-preview=new] img'));
    await one.page.getByRole('button', { name: 'Save' }).click();
    await until(() => isLoaded(two.page, '.account-button img'), 'the other device');
    for (const { complaints } of [one, two]) expect(complaints).toEqual([]);
  });
});
