import type { Room, User } from '@parley/shared';
import { roomPath, shown, until, type ChatWindow } from './support/chat-window';
import { fillRoom } from './support/fill-room';
import { isAtOnce, isSmooth, slowTask } from './support/main-thread';
import type { Server } from './support/server';
import { setUpStage, type Stage } from './support/stage';

const CHATS = 200;
/** Requests at a time. */
const AT_A_TIME = 20;

describe('with 200 chats', () => {
  let stage: Stage;
  let server: Server;
  let alice: User;
  let peers: User[];
  let rooms: Room[];
  let hers: ChatWindow;

  setUpStage(
    async (opened) => {
      stage = opened;
      ({ server } = stage);
      alice = await server.person('alice');
      [peers, rooms] = [[], []];
      for (let i = 0; i < CHATS; i += AT_A_TIME) {
        const some = await Promise.all(Array.from({ length: AT_A_TIME }, () => server.person('peer')));
        peers.push(...some);
        const made = await Promise.all(some.map((peer) => server.room(alice, peer)));
        // Half of them wait for an answer, and half are not read.
        await Promise.all(made.map((room, n) => server.send(room, n % 2 ? alice : some[n]!, 'Hello')));
        rooms.push(...made);
      }
    },
    { RATE_LIMIT: 'off' },
  );

  const rowsAre = (count: number) =>
    until(async () => (await hers.rooms.locator('[data-room]').count()) === count, 'the rows are there');
  const tab = (name: string) => hers.rooms.getByRole('tab', { name: new RegExp(`^${name}`) });
  const openList = async () => {
    hers = await stage.window(`/?as=${alice.username}`);
    await rowsAre(CHATS);
    await hers.secondLoad();
    await shown(tab('Unread'));
    await hers.page.waitForTimeout(500);
  };
  it('nothing that is done to the list holds the page up, on a CPU four times as slow', async () => {
    await openList();
    const { page } = hers;
    const task = (act: () => Promise<void>) => slowTask(stage.browser, page, act);
    await isAtOnce(() =>
      task(async () => {
        await page.reload();
        await rowsAre(CHATS);
      }),
    );
    await shown(tab('Unread'));
    for (const [view, back] of [
      ['Unread', 'All'],
      ['Waiting', 'All'],
    ] as const) {
      await isAtOnce(() =>
        task(async () => {
          await tab(view).click();
          await rowsAre(CHATS / 2);
        }).finally(() => tab(back).click()),
      );
      await tab(view).click();
      await rowsAre(CHATS / 2);
      await isAtOnce(() =>
        task(async () => {
          await tab(back).click();
          await rowsAre(CHATS);
        }),
      );
    }
    await hers.rooms.getByRole('button', { name: 'Filter by name' }).click();
    const filter = hers.rooms.getByRole('searchbox');
    await isAtOnce(async () => {
      await filter.fill('');
      await rowsAre(CHATS);
      return task(() => filter.pressSequentially(peers[7]!.username.slice(0, 6)));
    });
    await filter.press('Escape');
    await rowsAre(CHATS);
    await isAtOnce(() =>
      task(async () => {
        const last = Number(await hers.rooms.locator('[data-room]').last().getAttribute('data-room'));
        const index = rooms.findIndex(({ id }) => id === last);
        await server.send(rooms[index]!, peers[index]!, 'To the top');
        await until(
          async () =>
            Number(await hers.rooms.locator('[data-room]').first().getAttribute('data-room')) === last,
          'it is the first',
        );
      }),
    );
  });

  it('a click on a chat and a key in the composer are answered at once', async () => {
    await openList();
    const { page } = hers;
    const rows = hers.rooms.locator('[data-room] a');
    /** The work that a press causes, with all that follows within 200 ms. */
    const median = async (act: (time: number) => Promise<void>) => {
      const all: number[] = [];
      for (let time = 0; time < 5; time++) {
        all.push(await slowTask(stage.browser, page, () => act(time)));
      }
      return all.toSorted((x, y) => x - y)[2]!;
    };
    await isAtOnce(() => median((time) => rows.nth(time).click()));
    await shown(page.getByRole('log'));
    await hers.field.focus();
    await isAtOnce(() => median(() => page.keyboard.press('x')));
  });

  it('a long chat scrolls without a task that stands out', async () => {
    await fillRoom(rooms[0]!, peers[0]!, 6_000, 'minute');
    hers = await stage.window(`${roomPath(rooms[0]!, alice)}&at=3000`);
    const { page } = hers;
    await shown(hers.message('Message 3000'));
    await hers.secondLoad();
    await page.mouse.move(900, 450);
    await page.waitForTimeout(1_000);
    await isSmooth(() =>
      slowTask(stage.browser, page, async () => {
        for (let step = 0; step < 30; step++) {
          await page.mouse.wheel(0, -600);
          await page.waitForTimeout(50);
        }
      }),
    );
  });
});
