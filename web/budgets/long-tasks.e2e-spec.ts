import type { User } from '@parley/shared';
import type { Locator } from 'playwright-core';
import { roomPath, shown, until, type ChatWindow } from '../e2e/support/chat-window';
import { fillRoom } from '../e2e/support/fill-room';
import { setUpStage } from '../e2e/support/stage';
import { MainThreads } from './support/main-thread';
import { makeChats, type Chat } from './support/many-chats';

// With all attempts.
jest.setTimeout(300_000);

/** A page that is held up no longer answers at once, in milliseconds. */
const AT_ONCE_MS = 100;
/** A log that scrolls without a longer task, in milliseconds, does so smoothly. */
const SMOOTH_MS = 50;

const CHATS = 200;

/** Of a row of the list. */
const idOf = async (row: Locator) => Number(await row.getAttribute('data-room'));

describe('with 200 chats and a CPU four times as slow', () => {
  let alice: User;
  let chats: Chat[];
  let hers: ChatWindow;
  let threads: MainThreads;

  const stage = setUpStage({ RATE_LIMIT: 'off' });
  const { server } = stage;
  beforeAll(async () => {
    threads = await MainThreads.of(stage.browser);
    alice = await server.person('alice');
    chats = await makeChats(server, alice, CHATS);
  });

  const rows = () => hers.rooms.locator('[data-room]');
  const rowsAre = (count: number) =>
    until(async () => (await rows().count()) === count, 'the rows are there');

  it('the list opens, and a message changes its order, without holding the page up', async () => {
    hers = await stage.window(`/?as=${alice.username}`);
    await rowsAre(CHATS);
    await hers.secondLoad();
    await threads.areFree('To open the list', AT_ONCE_MS, async () => {
      await hers.page.reload();
      await rowsAre(CHATS);
    });
    await shown(hers.rooms.getByRole('tab', { name: /^Unread/ }));
    await threads.areFree('A message that changes the order', AT_ONCE_MS, async () => {
      const last = await idOf(rows().last());
      const { room, peer } = chats.find((chat) => chat.room.id === last)!;
      await server.send(room, peer, 'To the top');
      await until(async () => (await idOf(rows().first())) === last, 'it is the first');
    });
  });

  it('a long chat scrolls without a task that stands out', async () => {
    const { room, peer } = chats[0]!;
    await fillRoom(room, peer, 6_000, 'minute');
    hers = await stage.window(`${roomPath(room, alice)}&at=3000`);
    const { page } = hers;
    await shown(hers.message('Message 3000'));
    await hers.secondLoad();
    await page.mouse.move(900, 450);
    await page.waitForTimeout(1_000);
    await threads.areFree('To scroll', SMOOTH_MS, async () => {
      for (let step = 0; step < 30; step++) {
        await page.mouse.wheel(0, -600);
        await page.waitForTimeout(50);
      }
    });
  });
});
