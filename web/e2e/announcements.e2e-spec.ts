import type { Room, User, UserSettings } from '@parley/shared';
import { violations } from './support/axe';
import { shown, until, type ChatWindow } from './support/chat-window';
import { fillRoom } from './support/fill-room';
import { setUpStage } from './support/stage';

describe('a screen reader', () => {
  let alice: User;
  let bob: User;
  let carol: User;
  let room: Room;
  let other: Room;
  let hers: ChatWindow;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;

  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    carol = await server.person('carol');
    await server.send(room, bob, 'From before');
    other = await server.chat(alice, carol);
  });

  const region = () => hers.page.locator('[data-announcer]');
  const set = async (change: Partial<UserSettings>) => {
    const response = await fetch(`${server.origin}/api/me/settings/?active_user=${alice.id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
    expect(response.status).toBe(200);
  };
  /** Opens the chat, and keeps every text that was announced from then on. */
  const open = async () => {
    hers = await stage.roomWindow(room, alice);
    await shown(hers.message('From before'));
    await region().waitFor({ state: 'attached' });
    await hers.page.evaluate(() => {
      window.announced = [];
      const element = document.querySelector('[data-announcer]')!;
      new MutationObserver(() => {
        const text = [...element.children].map((line) => line.textContent).join(' | ');
        if (text !== '') window.announced.push(text);
      }).observe(element, { childList: true, subtree: true, characterData: true });
    });
  };
  const announced = () => hers.page.evaluate(() => window.announced);
  const said = (text: string) =>
    until(async () => (await announced()).includes(text), `it is announced: ${text}`);

  it('announces what comes: the text in the open chat, who has written in another, and nothing from before', async () => {
    await open();
    expect(await region().getAttribute('role')).toBe('status');
    await server.send(room, bob, 'Just *now*');
    await said(`${bob.username}: Just now`);
    await server.send(other, carol, 'Psst');
    await said(`1 new message from ${carol.username}`);
    // One's own are known.
    await hers.send('Mine');
    await shown(hers.message('Mine').getByText('Sent').or(hers.message('Mine').getByText('Delivered')));
    await until(async () => (await region().textContent()) === '', 'nothing of it stays', 15_000);
    expect(await announced()).toEqual([`${bob.username}: Just now`, `1 new message from ${carol.username}`]);
    expect(await violations(hers.page)).toEqual([]);
    expect(hers.complaints).toEqual([]);
  });

  it('announces a burst in one line', async () => {
    await open();
    for (const text of ['1', '2', '3', '4', '5']) await server.send(room, bob, text);
    await until(async () => (await announced()).length > 0, 'it is announced');
    await said(`5 new messages from ${bob.username}`);
  });

  it('announces as much as the user wants', async () => {
    await set({ announcements: 'brief' });
    await open();
    await server.send(room, bob, 'Secret');
    await said(`1 new message from ${bob.username}`);
    await set({ announcements: 'none' });
    await hers.page.waitForTimeout(500);
    await server.send(room, bob, 'Nothing');
    await shown(hers.message('Nothing'));
    await hers.page.waitForTimeout(1_500);
    expect(await announced()).toEqual([`1 new message from ${bob.username}`]);
    // In the page, where it holds at once.
    await hers.page.keyboard.press('Control+,');
    const choices = hers.page
      .getByRole('dialog', { name: 'Settings' })
      .locator('[name=setting-announcements]');
    await choices.first().waitFor({ state: 'attached' });
    expect(await choices.count()).toBe(3);
    await choices.first().press('Space');
    await hers.page.keyboard.press('Escape');
    await server.send(room, bob, 'In full');
    await said(`${bob.username}: In full`);
  });

  it('has no text of a message that was deleted', async () => {
    await open();
    const { id } = await server.send(room, bob, `A slip ${'of the pen '.repeat(15)}`);
    await until(async () => (await announced()).some((text) => text.includes('A slip')), 'it is announced');
    const response = await fetch(`${server.origin}/api/messages/${id}/?active_user=${bob.id}`, {
      method: 'DELETE',
    });
    expect(response.ok).toBe(true);
    await hers.page
      .getByText(/A slip/)
      .first()
      .waitFor({ state: 'detached' });
    expect(await region().textContent()).toBe('');
  });

  it('announces no rows that come with scrolling, and has each row by a name', async () => {
    await fillRoom(room, bob, 400, 'minute');
    await open();
    const log = hers.page.getByRole('log');
    expect(await log.getAttribute('aria-live')).toBe('off');
    for (let n = 0; n < 5; n++) {
      await log.evaluate((element) => element.scrollBy(0, -2_000));
      await hers.page.waitForTimeout(100);
    }
    expect(await announced()).toEqual([]);
    const nameless = await log
      .locator('[data-bubble]')
      .evaluateAll((rows) =>
        rows.filter(
          (row) => !document.getElementById(row.getAttribute('aria-labelledby') ?? '')?.textContent?.trim(),
        ),
      );
    expect(nameless).toEqual([]);
    await shown(log.getByRole('listitem', { name: new RegExp(`^${bob.username}: Message \\d+`) }).first());
  });

  it('announces when a message was not sent and when the connection is back', async () => {
    await open();
    await hers.page.context().setOffline(true);
    await shown(hers.page.getByText('You are offline.'));
    await hers.page.context().setOffline(false);
    await said('Connected again.');
  });
});

declare global {
  interface Window {
    announced: string[];
  }
}
