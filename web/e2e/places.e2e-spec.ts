import type { Room, User } from '@parley/shared';
import { setUpStage } from './support/stage';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';

describe('where a chat opens', () => {
  let alice: User;
  let bob: User;
  let carol: User;
  let room: Room;
  let hers: ChatWindow;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;

  beforeEach(async () => {
    ({ alice, bob, room } = await stage.pair());
    carol = await server.person('carol');
    await server.chat(alice, carol);
    for (let n = 1; n <= 200; n++) await server.send(room, alice, `Message ${n}`);
  });

  const topOf = async (text: string) => (await hers.message(text).boundingBox())?.y ?? Number.NaN;
  const isMarked = (text: string) => hers.message(text).getAttribute('aria-current');

  it('is where the user left it', async () => {
    hers = await stage.roomWindow(room, alice);
    await shown(hers.message('Message 200'));
    await hers.page.mouse.move(800, 400);
    await until(
      async () => {
        await hers.page.mouse.wheel(0, -900);
        await hers.page.waitForTimeout(30);
        return (await hers.texts()).includes('Message 100');
      },
      'scrolled up',
      30_000,
    );
    await hers.message('Message 110').scrollIntoViewIfNeeded();
    await hers.page.waitForTimeout(300);
    const before = await topOf('Message 110');
    await hers.entry(carol).click();
    await shown(hers.log(carol));
    await hers.entry(bob).click();
    await shown(hers.message('Message 110'));
    expect(Math.abs((await topOf('Message 110')) - before)).toBeLessThanOrEqual(1);
  });

  it('is at the message that the URL names, which is marked', async () => {
    hers = await stage.window(`${roomPath(room, alice)}&at=50`);
    await shown(hers.message('Message 50'));
    expect(await isMarked('Message 50')).toBe('true');
    expect(await hers.message('Message 200').count()).toBe(0);
    // That is said of the newest message, which is not here.
    expect(await hers.page.getByRole('log').locator('.status-word').count()).toBe(0);
    await hers.page.evaluate(
      (path) => {
        window.history.pushState({}, '', path);
        window.dispatchEvent(new PopStateEvent('popstate'));
      },
      `${roomPath(room, alice)}&at=150`,
    );
    await shown(hers.message('Message 150'));
    expect(await isMarked('Message 150')).toBe('true');
    // Half of the log is below it.
    expect(await topOf('Message 150')).toBeLessThan(450);
    await hers.page.getByRole('button', { name: 'Jump to latest' }).click();
    await shown(hers.message('Message 200'));
    await hers.send('Still works');
    await shown(hers.message('Still works').getByText('Sent'));
  });

  it('is at the newest message when the URL names one that does not exist', async () => {
    hers = await stage.window(`${roomPath(room, alice)}&at=99999`);
    await shown(hers.message('Message 200'));
    expect(hers.complaints).toEqual([]);
  });

  it('can be loaded later when it fails', async () => {
    hers = await stage.window(`/?as=${alice.username}`);
    await hers.page.route('**/messages/**', (route) => route.abort());
    // As a server before it has that call: the page asks for each thing.
    await hers.page.route('**/api/start/**', (route) => route.fulfill({ status: 404 }));
    await hers.goto(`${roomPath(room, alice)}&at=50`);
    await shown(hers.page.getByText('Older messages could not be loaded.'));
    await hers.page.unroute('**/messages/**');
    await hers.page.getByRole('button', { name: 'Retry' }).click();
    await shown(hers.message('Message 50'));
    expect(await isMarked('Message 50')).toBe('true');
  });
});
