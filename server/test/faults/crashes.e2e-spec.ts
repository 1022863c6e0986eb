import { Crowd } from './harness/crowd.js';
import { expectAllWell } from './harness/checker.js';
import { sql } from './harness/database.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack, through } from './harness/stack.js';
import type { Fate, TcpProxy } from './harness/tcp-proxy.js';
import { sleep, timed, until } from './harness/wait.js';

jest.setTimeout(60_000);

const stack = new Stack();
let url: string;
let proxy: TcpProxy;
let server: ServerProcess;

beforeAll(async () => {
  url = await stack.database();
  proxy = await stack.proxy(Number(new URL(url).port));
  server = await stack.server({ DATABASE_URL: through(proxy, url) });
});
afterAll(() => stack.end());

describe('A server that dies', () => {
  it('F1: killed five times under load, it loses, doubles and reorders nothing that it acked', async () => {
    const crowd = stack.crowd(await Crowd.gather(url, 15, [server.origin]));
    crowd.talk();
    for (let kill = 0; kill < 5; kill++) {
      await crowd.untilAcked(100);
      await sleep(Math.random() * 100);
      await server.kill();
      await server.restart();
    }
    await crowd.untilAcked(100);
    await crowd.hush();
    const { acked, stored } = await expectAllWell(url, crowd.clients);
    expect(stored).toBe(acked);
    crowd.disperse();
  });

  it('F2: killed between commit and publish: the reader has the message within 2 s of the sender’s return', async () => {
    const crowd = stack.crowd(await Crowd.gather(url, 1, [server.origin], { heartbeatMs: 60_000 }));
    const [{ pair, a, b }] = crowd.members as [(typeof crowd.members)[number]];
    // The answer to the statement stays under way for ever.
    proxy.inspect = (chunk, direction, link): Fate => {
      if (direction === 'up' && chunk.includes('messages-append')) link.notes.add('append');
      return direction === 'down' && link.notes.has('append') ? 'drop' : 'pass';
    };
    const sent = a.send(pair.roomId, 'committed, but not published-1');
    await until('it is committed', async () => (await countStored(pair.roomId)) === 1);
    await server.kill();
    proxy.inspect = () => 'pass';
    expect([a.acked.size, b.room(pair.roomId).lastSeq]).toEqual([0, 0]);

    await server.restart();
    await crowd.allBack();
    const { ms } = await timed(until('the reader has it', () => b.room(pair.roomId).lastSeq === 1));
    await sent;
    expect(ms).toBeLessThan(2_000);
    await expectAllWell(url, crowd.clients);
    expect(await countStored(pair.roomId)).toBe(1);
    crowd.disperse();
  });

  it('F3: killed between receive and commit: sent again, there is exactly one', async () => {
    const crowd = stack.crowd(await Crowd.gather(url, 1, [server.origin]));
    const [{ pair, a }] = crowd.members as [(typeof crowd.members)[number]];
    let isHeld = false;
    proxy.inspect = (chunk, direction): Fate => {
      isHeld ||= direction === 'up' && chunk.includes('messages-append');
      return isHeld ? 'drop' : 'pass';
    };
    const sent = a.send(pair.roomId, 'received, but not committed-1');
    await until('the statement is on its way', () => isHeld);
    await server.kill();
    proxy.inspect = () => 'pass';
    expect(await countStored(pair.roomId)).toBe(0);

    await server.restart();
    await sent;
    await expectAllWell(url, crowd.clients);
    expect(await countStored(pair.roomId)).toBe(1);
    crowd.disperse();
  });
});

async function countStored(roomId: number): Promise<number> {
  const [row] = await sql<{ n: number }>(url, 'SELECT count(*)::int AS n FROM messages WHERE room_id = $1', [
    roomId,
  ]);
  return row?.n ?? 0;
}
