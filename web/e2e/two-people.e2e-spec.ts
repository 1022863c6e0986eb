import type { Room, User } from '@parley/shared';
import { setUpStage } from './support/stage';
import { shown, until, type ChatWindow } from './support/chat-window';

async function talk(window: ChatWindow, name: string): Promise<void> {
  for (let n = 1; n <= 12; n++) await window.send(`${name} ${n}`);
}

describe('two people chat in two windows', () => {
  let alice: User;
  let bob: User;
  let room: Room;
  let hers: ChatWindow;
  let his: ChatWindow;

  const stage = setUpStage();
  const { server } = stage;

  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    await server.chat(alice, bob);
    hers = await stage.roomWindow(room, alice);
    his = await stage.window(`/?as=${bob.username}`);
    await Promise.all([shown(hers.log(bob)), shown(his.entry(alice))]);
  });
  afterEach(() => {
    expect([...hers.complaints, ...his.complaints]).toEqual([]);
  });

  it('brings a text to the other, and its way back in ticks: Delivered, then Read when it is seen', async () => {
    await hers.send('Hello bob');
    // His window is on the list: the message has arrived, nobody has read it.
    await shown(hers.message('Hello bob').getByText('Delivered'));
    await his.entry(alice).click();
    await shown(his.log(alice).getByText('Hello bob'));
    await shown(hers.message('Hello bob').getByText('Read'));
  });

  it('keeps the row of a message when it is confirmed, and whatever has the focus in it', async () => {
    await hers.page.getByRole('log').evaluate((log) => {
      const observer = new MutationObserver((records) => {
        const removed = records.flatMap(({ removedNodes }) => [...removedNodes]);
        const rows = removed.filter((node) => node instanceof Element && node.matches('[data-bubble]'));
        log.dataset.removed = String(Number(log.dataset.removed) + rows.length);
      });
      log.dataset.removed = '0';
      observer.observe(log, { childList: true, subtree: true });
    });
    await talk(hers, 'Row');
    await shown(hers.message('Row 12').getByText(/Sent|Delivered/));
    expect(await hers.page.getByRole('log').getAttribute('data-removed')).toBe('0');
  });

  it('says Sent as long as the other has no window', async () => {
    await his.page.goto('about:blank');
    await hers.send('Are you there?');
    await shown(hers.message('Are you there?').getByText('Sent', { exact: true }));
  });

  it('counts what is unread in the list, shows the last message and brings the chat to the top', async () => {
    const carol = await server.person('carol');
    const other = await server.room(bob, carol);
    await server.send(other, carol, 'Later than alice');
    await shown(his.entry(carol).getByText('Later than alice'));
    await hers.send('One');
    await hers.send('Two');
    await shown(his.rooms.getByRole('link', { name: new RegExp(`^${alice.username}.*2 unread`) }));
    await shown(his.entry(alice).getByText('Two'));
    const first = his.rooms.getByRole('link').first();
    expect(await first.textContent()).toContain(alice.username);
    await until(async () => (await his.page.title()) === '(2) Parley', 'the title counts chats');
    await his.entry(alice).click();
    await until(async () => !(await his.entry(alice).textContent())?.includes('unread'), 'the badge is gone');
    await until(
      async () => (await his.page.title()) === `(1) ${alice.username} · Parley`,
      'the title follows',
    );
  });

  it('shows that the other is typing, in the chat and in the list, until the message comes', async () => {
    await hers.field.pressSequentially('Wait');
    await shown(his.entry(alice).getByText('typing…'));
    await his.entry(alice).click();
    await hers.field.press('!');
    await hers.page.waitForTimeout(3_100);
    await hers.field.press('!');
    const status = his.page.getByRole('status').filter({ hasText: `${alice.username} is typing…` });
    await shown(status);
    await hers.field.press('Enter');
    await shown(his.log(alice).getByText('Wait!!'));
    expect(await status.count()).toBe(0);
  });

  it('lets typing fade when nothing comes of it', async () => {
    await his.entry(alice).click();
    await shown(his.log(alice));
    await hers.field.press('x');
    const status = his.page.getByRole('status').filter({ hasText: 'is typing…' });
    await shown(status);
    await status.waitFor({ state: 'hidden', timeout: 7_000 });
  });

  it('shows who is online, and for how long not', async () => {
    await shown(hers.page.getByText('online', { exact: true }));
    await his.page.goto('about:blank');
    await shown(hers.page.getByText('last seen just now'), 15_000);
    await his.goto(`/?as=${bob.username}`);
    await shown(hers.page.getByText('online', { exact: true }));
  });

  it('keeps the order and each message once in a quick exchange', async () => {
    await his.entry(alice).click();
    await shown(his.log(alice));
    await Promise.all([talk(hers, 'alice'), talk(his, 'bob')]);
    await until(async () => (await server.texts(room, alice)).length === 25, 'everything is stored');
    const stored = await server.texts(room, alice);
    for (const window of [hers, his]) {
      await until(
        async () => (await window.texts()).join() === stored.join(),
        'the window shows what is stored',
      );
    }
    expect(stored.filter((text) => text.startsWith('alice'))).toEqual(
      stored.filter((text) => text.startsWith('alice')).toSorted(byNumber),
    );
  });

  it('reaches all windows of a person: own messages, and what was read in another', async () => {
    const second = await stage.windowIn(his.page.context(), `/?as=${bob.username}`);
    await hers.send('For both');
    await shown(second.entry(alice).getByText('1 unread'));
    await his.entry(alice).click();
    await shown(his.log(alice).getByText('For both'));
    await until(async () => !(await second.entry(alice).textContent())?.includes('unread'), 'read in both');
    await his.send('From the first');
    await shown(second.entry(alice).getByText('You: From the first'));
  });
});

function byNumber(a: string, b: string): number {
  return Number(a.split(' ')[1]) - Number(b.split(' ')[1]);
}
