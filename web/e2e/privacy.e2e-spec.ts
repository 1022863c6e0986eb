import { MAX_DISPLAY_NAME_LENGTH } from '@parley/shared';
import type { Locator } from 'playwright-core';
import { Account, ACCOUNTS, choose, hasFocus } from './support/account';
import { violations } from './support/axe';
import { PHONE, shown, until, WIDE, type ChatWindow, type Look } from './support/chat-window';
import { setUpStage } from './support/stage';

const LOOKS: [string, Look][] = [
  ['wide, light', { viewport: WIDE, colorScheme: 'light' }],
  ['wide, dark', { viewport: WIDE, colorScheme: 'dark' }],
  ['phone, light', { viewport: PHONE, colorScheme: 'light' }],
  ['phone, dark', { viewport: PHONE, colorScheme: 'dark' }],
];

/** Longer than it takes for a message in sight to be read, and for that to be sent. */
const READ_MS = 2_000;

function requestsOf(window: ChatWindow): Locator {
  return window.page.getByRole('link', { name: /^Requests/ });
}

function button(window: ChatWindow, name: string): Locator {
  return window.page.getByRole('button', { name, exact: true });
}

function log(window: ChatWindow): Locator {
  return window.page.getByRole('log');
}

async function chooseInChat(window: ChatWindow, item: string): Promise<void> {
  await button(window, 'Chat options').click();
  await window.page.getByRole('menuitem', { name: item }).click();
}

/** The newest own message, which says its status in words. */
function statusOf(window: ChatWindow, text: string, status: string): Promise<void> {
  return shown(window.message(text).getByText(status));
}

/** What the preview of privacy shows. */
async function previewOf(window: ChatWindow): Promise<string> {
  const text = await window.page.getByRole('figure').locator('[aria-hidden=true]').first().innerText();
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** How a bubble is drawn. */
function lookOf(bubble: Locator): Promise<object> {
  return bubble.evaluate((element) => {
    const { backgroundColor, borderRadius, padding, color } = getComputedStyle(element);
    return { backgroundColor, borderRadius, padding, color };
  });
}

describe('privacy', () => {
  let alice: Account;
  let bob: Account;
  let hers: ChatWindow;
  let his: ChatWindow;

  const stage = setUpStage({ ...ACCOUNTS, RETENTION_DAYS: '30' });
  beforeEach(async () => {
    [alice, bob] = await Promise.all([Account.create(stage, 'alice'), Account.create(stage, 'bob')]);
  });

  describe('a request', () => {
    let path: string;
    let phone: ChatWindow;

    beforeEach(async () => {
      path = await bob.writeTo(alice, 'Hello Alice');
      [hers, phone, his] = await Promise.all([
        alice.window(),
        alice.window('/', { viewport: PHONE }),
        bob.window(path),
      ]);
    });

    it('is apart from the chats, and reading it shows the sender nothing until it is accepted', async () => {
      await shown(requestsOf(hers));
      expect(await hers.entry(bob.user).count()).toBe(0);
      expect(await hers.page.title()).toBe('Parley');
      await requestsOf(hers).click();
      await hers.entry(bob.user).click();
      await shown(hers.message('Hello Alice'));
      await shown(button(hers, 'Accept'));
      expect(await hers.field.count()).toBe(0);
      await hers.page.waitForTimeout(READ_MS);
      await statusOf(his, 'Hello Alice', 'Sent');
      expect(await his.page.getByText('online', { exact: true }).count()).toBe(0);

      await button(hers, 'Accept').click();
      await until(() => hasFocus(hers, 'textarea'), 'the composer has the focus');
      await statusOf(his, 'Hello Alice', 'Read');
      await shown(his.page.getByText('online', { exact: true }));
      await shown(phone.entry(bob.user));
      await requestsOf(phone).waitFor({ state: 'hidden' });
      await hers.send('Hello Bob');
      await shown(his.message('Hello Bob'));
    });

    it('is gone on every device when it is declined, and the sender sees no difference', async () => {
      await requestsOf(phone).click();
      await phone.entry(bob.user).click();
      await button(phone, 'Decline').click();
      await shown(phone.page.getByText('No chats yet'));
      await shown(hers.page.getByText('No chats yet'));
      expect(await phone.page.getByText('There is no such chat').count()).toBe(0);
      await his.send('Are you there?');
      await statusOf(his, 'Are you there?', 'Sent');
      await hers.page.waitForTimeout(READ_MS);
      await statusOf(his, 'Are you there?', 'Sent');
      await hers.page.reload();
      await shown(hers.page.getByText('No chats yet'));
    });

    it('goes back from the request to the requests, and from there to the chats', async () => {
      await requestsOf(phone).click();
      await phone.entry(bob.user).click();
      await shown(button(phone, 'Accept'));
      await phone.page.getByRole('link', { name: 'Back to chats' }).click();
      await shown(phone.page.getByRole('heading', { name: 'Requests' }));
      await until(() => hasFocus(phone, `a[href="${path}"]`), 'the request has the focus');
      await phone.page.getByRole('link', { name: 'Back to chats' }).click();
      await shown(requestsOf(phone));
      expect(new URL(phone.page.url()).pathname).toBe('/');
    });
  });

  it('keeps what can be done about a stranger in sight, however long the name is', async () => {
    const stranger = await Account.create(stage, 'stranger', 'W'.repeat(MAX_DISPLAY_NAME_LENGTH));
    hers = await alice.window(await stranger.writeTo(alice), { viewport: PHONE });
    await shown(button(hers, 'Accept'));
    for (const name of ['Accept', 'Decline', 'Block', 'Report', 'Chat options']) {
      const { x = 0, width = PHONE.width + 1 } = (await button(hers, name).boundingBox()) ?? {};
      expect([name, x + width <= PHONE.width]).toEqual([name, true]);
    }
  });

  it('shows a name of markup as text: in the list, a request, its dialogs and notices (C8)', async () => {
    const name = '<img src=x onerror=window.ran=1>';
    const stranger = await Account.create(stage, 'stranger', name);
    hers = await alice.window(await stranger.writeTo(alice, '<svg onload=window.ran=1>'));
    await shown(hers.page.getByText(`Do you want to chat with ${name}?`));
    await shown(hers.page.getByRole('heading', { name }));
    for (const action of ['Block', 'Report']) {
      await button(hers, action).click();
      await shown(hers.page.getByRole('dialog', { name: `${action} ${name}` }));
      await hers.page.keyboard.press('Escape');
    }
    await button(hers, 'Decline').click();
    await shown(hers.page.getByText(`The request of ${name} is removed.`));
    expect(await hers.page.locator('img:not([src="/brand.png"]), svg[onload]').count()).toBe(0);
    expect(await hers.page.evaluate(() => 'ran' in window)).toBe(false);
    expect(hers.complaints).toEqual([]);
  });

  describe('blocking', () => {
    it('keeps everything from the other, says so on every device, and ends with one click', async () => {
      const path = await bob.chatWith(alice);
      let second: ChatWindow;
      [hers, second, his] = await Promise.all([alice.window(path), alice.window(path), bob.window(path)]);
      await shown(his.page.getByText('online', { exact: true }));
      await chooseInChat(hers, `Block ${bob.user.username}`);
      await button(hers, 'Block').click();
      const blocked = `You have blocked ${bob.user.username}.`;
      await shown(hers.page.getByText(blocked));
      await shown(second.page.getByText(blocked));
      expect(await hers.field.count()).toBe(0);

      await his.page.getByText('online', { exact: true }).waitFor({ state: 'hidden' });
      await his.send('Can you see me?');
      await his.page.waitForTimeout(READ_MS);
      await statusOf(his, 'Can you see me?', 'Sent');
      expect(await his.page.getByText(/block/i).count()).toBe(0);
      expect(await hers.message('Can you see me?').count()).toBe(0);

      await button(hers, `Unblock ${bob.user.username}`).click();
      await until(() => hasFocus(hers, 'textarea'), 'the composer has the focus');
      await shown(hers.message('Can you see me?'));
      await shown(second.field);
      await statusOf(his, 'Can you see me?', 'Read');
    });

    it('can be part of a report, and ends in the list of blocked people too', async () => {
      hers = await alice.window(await bob.chatWith(alice));
      await chooseInChat(hers, `Report ${bob.user.username}`);
      await button(hers, 'Send report').click();
      await shown(hers.page.getByText('Choose what it is about.'));
      expect(await hasFocus(hers, '[name=category]')).toBe(true);
      await hers.page.getByLabel('Insults or threats').check();
      await hers.page.getByLabel('Details (optional)').fill('Since yesterday.');
      await hers.page.getByLabel(`Also block ${bob.user.username}`).check();
      await button(hers, 'Send report').click();
      await shown(hers.page.getByText(`Your report is sent, and ${bob.user.username} is blocked.`));

      // The notice does not lie over the menu.
      await button(hers, 'Chat options').click();
      await shown(hers.page.getByRole('menuitem', { name: `Unblock ${bob.user.username}` }));
      await hers.page.keyboard.press('Escape');

      await choose(hers, alice, 'Privacy');
      const dialog = hers.page.getByRole('dialog', { name: 'Privacy' });
      await dialog.getByRole('button', { name: `Unblock ${bob.user.username}` }).click();
      await shown(dialog.getByText('You have blocked nobody.'));
      await hers.page.keyboard.press('Escape');
      await shown(hers.field);
    });
  });

  describe('what others see', () => {
    it('has in the preview a message that looks as own ones do in a chat', async () => {
      hers = await alice.window(await bob.chatWith(alice));
      await hers.send('As it is');
      await choose(hers, alice, 'Privacy');
      await shown(hers.page.getByRole('switch', { name: 'Read' }));
      expect(await lookOf(hers.page.getByRole('figure').locator('.bubble'))).toEqual(
        await lookOf(hers.message('As it is').locator('.bubble')),
      );
    });

    it('is in the preview what the other sees: in general, and in one chat', async () => {
      const path = await bob.chatWith(alice);
      [hers, his] = await Promise.all([alice.window(path), bob.window(path)]);
      await shown(his.page.getByText('online', { exact: true }));
      await choose(hers, alice, 'Privacy');
      await shown(hers.page.getByRole('switch', { name: 'Read' }));
      expect(await previewOf(hers)).toMatch(/online .*Read .*typing/);
      const device = await alice.window(path);
      await choose(device, alice, 'Privacy');
      await shown(device.page.getByRole('switch', { name: 'Read', checked: true }));
      for (const name of ['Read', 'Typing', 'Online']) await hers.page.getByRole('switch', { name }).click();
      // The dialog of another device follows.
      for (const name of ['Read', 'Typing', 'Online'])
        await shown(device.page.getByRole('switch', { name, checked: false }));
      await device.page.close();
      expect(await previewOf(hers)).toMatch(/Delivered$/);
      expect(await previewOf(hers)).not.toMatch(/online|Read|typing/);
      await his.page.getByText('online', { exact: true }).waitFor({ state: 'hidden' });
      await hers.page.keyboard.press('Escape');

      // Read in this chat, with another device in step, and nothing of it at the other.
      const second = await alice.window();
      await his.send('Are you there?');
      await shown(hers.message('Are you there?'));
      await second.page.waitForTimeout(READ_MS);
      await shown(second.entry(bob.user).filter({ hasNotText: 'unread' }));
      await statusOf(his, 'Are you there?', 'Delivered');
      await hers.field.pressSequentially('typing');
      expect(await his.page.getByText('typing…').count()).toBe(0);

      await chooseInChat(hers, 'Privacy');
      const read = hers.page.getByRole('group', { name: 'Read' });
      await shown(read.getByText('Default (off)'));
      await read.getByText('On', { exact: true }).click();
      await until(async () => (await previewOf(hers)).endsWith('Read'), 'the preview shows Read');
      await statusOf(his, 'Are you there?', 'Read');
      await second.goto(path);
      await chooseInChat(second, 'Privacy');
      const there = second.page.getByRole('group', { name: 'Read' });
      await shown(there);
      expect(await there.getByLabel('On', { exact: true }).isChecked()).toBe(true);
      await there.getByText('Off', { exact: true }).click();
      await until(() => read.getByLabel('Off', { exact: true }).isChecked(), 'the other device shows it too');
      await statusOf(his, 'Are you there?', 'Delivered');
    });

    it('is taken back when the server does not take it', async () => {
      hers = await alice.window();
      await choose(hers, alice, 'Privacy');
      const read = hers.page.getByRole('switch', { name: 'Read' });
      await shown(read);
      await hers.page.route('**/api/me/', (route) => route.abort());
      await read.click();
      await shown(hers.page.getByText('This could not be saved. Check your network and try again.'));
      expect(await read.isChecked()).toBe(true);
    });
  });

  describe('disappearing messages', () => {
    it('are set by one for both, shown to both, and gone from the page when their time is over', async () => {
      const path = await bob.chatWith(alice);
      [hers, his] = await Promise.all([alice.window(path), bob.window(path)]);
      await chooseInChat(hers, 'Disappearing messages');
      await hers.page.getByRole('radio', { name: '1 week' }).check();
      await button(hers, 'Save').click();
      for (const window of [hers, his]) {
        await shown(window.page.getByText('New messages disappear after 1 week'));
      }
      await shown(log(hers).getByText('You set messages to disappear after 1 week'));
      await shown(
        log(his)
          .locator('li', { hasText: 'Hello' })
          .locator('~ li')
          .getByText(`${alice.user.username} set messages to disappear after 1 week`),
      );
      await shown(log(his).getByText('This server removes messages after 30 days.'));
      await chooseInChat(his, 'Disappearing messages');
      expect(await his.page.getByRole('radio', { name: '1 week' }).isChecked()).toBe(true);
      await shown(his.page.getByText(`${alice.user.username} set this on`));
      await shown(his.page.getByRole('dialog').getByText('This server removes messages after 30 days.'));
      expect(await violations(his.page)).toEqual([]);
      await his.page.keyboard.press('Escape');

      // Shorter than what the page offers, so that the test need not wait.
      await bob.setTimer(path, 5);
      await shown(hers.page.getByText('New messages disappear after 5 seconds'));
      await hers.send('Not for long');
      await shown(his.message('Not for long'));
      await until(async () => {
        const left = await Promise.all([hers, his].map((window) => window.message('Not for long').count()));
        return left.every((count) => count === 0);
      }, 'the message is gone from both pages');
      await shown(his.message('Hello'));

      await chooseInChat(hers, 'Disappearing messages');
      await hers.page.getByRole('radio', { name: 'Off' }).check();
      await button(hers, 'Save').click();
      for (const window of [hers, his]) {
        await window.page.getByText('New messages disappear after 5 seconds').waitFor({ state: 'detached' });
      }
      await shown(log(his).getByText(`${alice.user.username} turned off disappearing messages`));
    });

    it('are not offered to who has blocked the other', async () => {
      hers = await alice.window(await bob.chatWith(alice));
      await chooseInChat(hers, `Block ${bob.user.username}`);
      await button(hers, 'Block').click();
      await shown(button(hers, `Unblock ${bob.user.username}`));
      await button(hers, 'Chat options').click();
      await shown(hers.page.getByRole('menuitem', { name: `Report ${bob.user.username}` }));
      expect(await hers.page.getByRole('menuitem', { name: 'Disappearing messages' }).count()).toBe(0);
    });
  });

  it('says how the search for people works', async () => {
    hers = await alice.window();
    await button(hers, 'New chat').click();
    const field = hers.page.getByRole('searchbox', { name: 'Find people' });
    await shown(field);
    const hint = await field.getAttribute('aria-describedby');
    expect(await hers.page.locator(`#${hint}`).textContent()).toMatch(/first 3 or more letters/);
  });

  it('can be used with the keyboard alone', async () => {
    hers = await alice.window(await bob.chatWith(alice));
    await shown(hers.field);
    const { keyboard } = hers.page;
    await button(hers, 'Chat options').focus();
    await bob.writeTo(alice, 'Hello again');
    await shown(hers.message('Hello again'));
    expect(await hasFocus(hers, '[aria-label="Chat options"]')).toBe(true);
    await keyboard.press('Enter');
    await until(() => hasFocus(hers, '[role=menuitem]'), 'the menu has the focus');
    const focused = () => hers.page.evaluate(() => document.activeElement?.textContent ?? '');
    /** Goes down to the item of this name and takes it. */
    const take = async (name: RegExp) => {
      for (let n = 0; n < 12 && !name.test(await focused()); n++) await keyboard.press('ArrowDown');
      await until(async () => name.test(await focused()), `${name} has the focus`);
      await keyboard.press('Enter');
    };
    await take(/^Privacy/);
    const read = hers.page.getByRole('group', { name: 'Read' });
    await shown(read);
    await read.getByLabel('Default (on)').focus();
    await keyboard.press('ArrowRight');
    await keyboard.press('ArrowRight');
    expect(await read.getByLabel('Off').isChecked()).toBe(true);
    await keyboard.press('Escape');
    await until(() => hasFocus(hers, '[aria-haspopup=menu]'), 'the focus is back from the dialog');
    await keyboard.press('Enter');
    await until(() => hasFocus(hers, '[role=menuitem]'), 'the menu has the focus again');
    await take(/^Block/);
    await shown(hers.page.getByRole('dialog', { name: `Block ${bob.user.username}?` }));
    await keyboard.press('Escape');
    await until(() => hasFocus(hers, '[aria-haspopup=menu]'), 'the focus is back again');
  });

  describe.each(LOOKS)('axe finds nothing wrong (%s)', (_name, look) => {
    it('in the requests, a request, its dialogs, and privacy', async () => {
      await bob.writeTo(alice);
      hers = await alice.window('/requests', look);
      await shown(hers.entry(bob.user));
      expect(await violations(hers.page)).toEqual([]);
      await hers.entry(bob.user).click();
      await shown(button(hers, 'Accept'));
      expect(await violations(hers.page)).toEqual([]);
      await button(hers, 'Report').click();
      await button(hers, 'Send report').click();
      await shown(hers.page.getByText('Choose what it is about.'));
      expect(await violations(hers.page)).toEqual([]);
      await hers.page.keyboard.press('Escape');
      await button(hers, 'Block').click();
      await shown(hers.page.getByRole('dialog'));
      expect(await violations(hers.page)).toEqual([]);
      await button(hers, 'Block').last().click();
      await shown(button(hers, `Unblock ${bob.user.username}`));
      expect(await violations(hers.page)).toEqual([]);
      await chooseInChat(hers, 'Privacy');
      await shown(hers.page.getByRole('group', { name: 'Read' }));
      expect(await violations(hers.page)).toEqual([]);
      await hers.page.keyboard.press('Escape');
      await until(() => hasFocus(hers, '[aria-haspopup=menu]'), 'the focus is back from the dialog');
      const back = hers.page.getByRole('link', { name: 'Back to chats' });
      for (let n = 0; n < 2 && !(await button(hers, alice.user.username).isVisible()); n++)
        await back.click();
      await choose(hers, alice, 'Privacy');
      await shown(button(hers, `Unblock ${bob.user.username}`).last());
      expect(await violations(hers.page)).toEqual([]);
    });
  });
});
