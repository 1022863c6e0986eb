import type { Message, Room, User } from '@parley/shared';
import type { Browser, Page } from 'playwright-core';
import { launch } from './support/chat-window';
import { Server } from './support/server';

/** A name that a foreign person owns. It resolves to loopback, as after DNS rebinding. */
const FOREIGN = 'attacker.example';

/**
 * Chromium blocks requests from the network to loopback by itself (Local Network Access). Other browsers do not, so the
 * server must not rely on it: everything of it is off.
 */
const ARGS = [
  `--host-resolver-rules=MAP ${FOREIGN} 127.0.0.1`,
  '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets,LocalNetworkAccessChecksWebRTC,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights',
];

let server: Server;
let browser: Browser;
let room: Room;
let alice: User;
beforeAll(async () => {
  server = await Server.start();
  [alice, room] = await (async () => {
    const [a, b] = [await server.person('alice'), await server.person('bob')];
    const created = await server.room(a, b);
    await server.send(created, a, 'private');
    return [a, created] as const;
  })();
  browser = await launch(ARGS);
});
afterAll(async () => {
  await browser.close();
  await server.kill();
});

/** A page of this host and the server's port, with what its own server has sent. All other requests are real. */
async function pageOf(host: string): Promise<Page> {
  const { port } = new URL(server.origin);
  const page = await browser.newPage();
  const url = `http://${host}:${port}/bait`;
  await page.route(url, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Bait</h1>' }));
  await page.goto(url);
  return page;
}

/** What the script of a page can do to the server behind its own origin. */
function attack(page: Page): Promise<{ read: number; history: string; send: number; socket: string }> {
  return page.evaluate(
    async ({ roomId, userId }) => {
      const read = await fetch('/api/users/');
      const history = await fetch(`/api/rooms/${roomId}/messages/?active_user=${userId}`);
      const send = await fetch(`/api/rooms/${roomId}/messages/`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ text: 'forged', active_user_id: userId }),
      });
      const socket = await new Promise<string>((resolve) => {
        const opened = new WebSocket(`ws://${location.host}/ws/?active_user=${userId}`);
        opened.addEventListener('message', ({ data }) =>
          resolve((JSON.parse(String(data)) as { type: string }).type),
        );
        opened.addEventListener('error', () => resolve('refused'));
      });
      return { read: read.status, history: await history.text(), send: send.status, socket };
    },
    { roomId: room.id, userId: alice.id },
  );
}

describe('a page whose name was rebound to this server', () => {
  it('reads nothing, sends nothing and opens no socket', async () => {
    const done = await attack(await pageOf(FOREIGN));
    expect(done).toMatchObject({ read: 421, send: 421, socket: 'refused' });
    expect(done.history).not.toContain('private');
    expect(await server.texts(room, alice)).toEqual(['private']);
  });

  it('cannot even load the page of the server', async () => {
    const { port } = new URL(server.origin);
    const page = await browser.newPage();
    const response = await page.goto(`http://${FOREIGN}:${port}/rooms`);
    expect(response?.status()).toBe(421);
  });

  it('fails because of its name alone: the same page of localhost does all of it', async () => {
    const done = await attack(await pageOf('localhost'));
    expect(done).toMatchObject({ read: 200, send: 201, socket: 'hello' });
    const messages = JSON.parse(done.history) as { results: Message[] };
    expect(messages.results.map(({ text }) => text)).toEqual(['private']);
    expect(await server.texts(room, alice)).toEqual(['private', 'forged']);
  });
});
