import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Parley } from '../../support/parley.js';

const MAX = 12;

/** Opens connections, and waits until the server has accepted or closed each. */
async function openMany(origin: string, count: number): Promise<{ open: Socket[]; closed: number }> {
  const all = Array.from({ length: count }, () => connect(Number(new URL(origin).port), '127.0.0.1'));
  const ends = all.map((socket) => {
    socket.on('error', () => undefined);
    socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
    return new Promise<void>((resolve) => {
      socket.once('data', () => resolve());
      socket.once('close', () => resolve());
    });
  });
  await Promise.all(ends);
  const open = all.filter((socket) => !socket.destroyed);
  return { open, closed: count - open.length };
}

async function closeAll(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(
    sockets.map((socket) => {
      socket.destroy();
      return once(socket, 'close');
    }),
  );
}

describe('the connections of one IP', () => {
  it('are closed beyond the limit, and are accepted again when earlier ones have closed', async () => {
    const parley = await Parley.start({ CONNECTIONS_PER_ADDRESS: String(MAX) });
    try {
      const { open, closed } = await openMany(parley.origin, 3 * MAX);
      // The test's own client keeps some connections open.
      expect(open.length).toBeLessThanOrEqual(MAX);
      expect(closed).toBeGreaterThanOrEqual(2 * MAX);
      await closeAll(open);
      const again = await openMany(parley.origin, open.length);
      expect(again.closed).toBe(0);
      await closeAll(again.open);
    } finally {
      await parley.stop();
    }
  });

  it.each<[when: string, settings: Record<string, string>]>([
    ['the IP is a trusted proxy', { CONNECTIONS_PER_ADDRESS: String(MAX), TRUSTED_PROXIES: 'loopback' }],
    ['RATE_LIMIT is off', { CONNECTIONS_PER_ADDRESS: String(MAX), RATE_LIMIT: 'off' }],
  ])('are not limited when %s', async (_, settings) => {
    const parley = await Parley.start(settings);
    try {
      const { open, closed } = await openMany(parley.origin, 3 * MAX);
      expect(closed).toBe(0);
      await closeAll(open);
    } finally {
      await parley.stop();
    }
  });
});
