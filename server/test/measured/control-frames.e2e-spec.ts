import { WebSocket } from 'ws';
import { Attacker } from '../support/attacker.js';
import { makePairs } from '../faults/harness/database.js';
import { Stack } from '../faults/harness/stack.js';
import { until } from '../faults/harness/wait.js';

jest.setTimeout(60_000);

const MB = 1024 * 1024;
const PING = 9;

const stack = new Stack();
let url: string;
beforeAll(async () => {
  url = await stack.database();
});
afterAll(() => stack.end());

describe('A client that reads no answers to its pings', () => {
  it.each([
    ['at the default limits', ''],
    ['without limits', 'off'],
  ])('is closed before it costs memory, %s [D1]', async (_, RATE_LIMIT) => {
    const server = await stack.server({ DATABASE_URL: url, RATE_LIMIT });
    const [pair] = await makePairs(url, 1);
    let peak = 0;
    const attack = async (total: number): Promise<Attacker> => {
      const attacker = new Attacker({
        port: server.port,
        path: `/ws/?active_user=${pair!.a}`,
        sockets: 1,
        opcode: PING,
        payload: 'x'.repeat(125),
        perSecond: 0,
        total,
        reads: false,
      });
      stack.keep(attacker, (started) => started.stop());
      const isClosed = () => {
        peak = Math.max(peak, server.rss);
        return attacker.closed.length === 1;
      };
      await until('the socket is closed', isClosed, 30_000);
      return attacker;
    };
    // The first one also lets V8 grow its young generation to what any load needs (16 MB and more).
    await attack(1_000_000);
    const before = server.rss;
    peak = before;
    const attacker = await attack(3_000_000);
    expect((peak - before) / MB).toBeLessThan(32);
    expect(attacker.closed[0]!.sent).toBeLessThan(3_000_000);
    await server.kill();
  });
});

describe('A control frame that nobody asked for', () => {
  it('is answered, and closes the socket with 1008 when it comes as a flood', async () => {
    const server = await stack.server({ DATABASE_URL: url, RATE_LIMIT: '' });
    const [pair] = await makePairs(url, 1);
    for (const kind of ['ping', 'pong'] as const) {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ws/?active_user=${pair!.a}`);
      stack.keep(socket, () => socket.terminate());
      const closed = new Promise<number>((resolve) => socket.once('close', resolve));
      await new Promise((resolve) => socket.once('message', resolve));

      const answers: string[] = [];
      socket.on('pong', (data: Buffer) => answers.push(data.toString()));
      for (let n = 1; n <= 5; n++) socket.ping(`${n}`);
      await until('the pings are answered', () => answers.length === 5);
      expect(answers).toEqual(['1', '2', '3', '4', '5']);

      for (let n = 0; n < 1_000; n++) socket[kind]('flood');
      expect(await closed).toBe(1008);
    }
  });
});
