import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { readConfig } from '../../src/config/config.js';
import { ChatClient } from './harness/chat-client.js';
import { expectAllWell, verdictOn } from './harness/checker.js';
import { makePairs } from './harness/database.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack } from './harness/stack.js';
import { timed, until } from './harness/wait.js';

jest.setTimeout(60_000);

const MB = 1024 * 1024;
/** One until the next ping, a quarter for each of two pings that nobody answers. */
const HALF_OPEN_BEATS = 1.5;
/** Of a heartbeat of one second, which is too short for quarters. */
const HALF_OPEN_MS = 3_000;

const stack = new Stack();
let url: string;
let server: ServerProcess;

beforeAll(async () => {
  url = await stack.database();
  server = await stack.server({
    DATABASE_URL: url,
    HEARTBEAT_SECONDS: '1',
    PRESENCE_TTL_SECONDS: '3',
    PRESENCE_GRACE_SECONDS: '1',
  });
});
afterAll(() => stack.end());

describe('A reader that reads nothing', () => {
  it('D1: is cut off before it costs memory, and misses nothing when it is back', async () => {
    const [pair] = await makePairs(url, 1);
    if (!pair) throw new Error('There is no room.');
    const sender = stack.keep(new ChatClient(pair.a, [server.origin]), (client) => client.stop());
    sender.start();
    await until('the sender is there', () => sender.isSynced);
    const text = 'x'.repeat(3_900);
    let sent = 0;
    let peak = 0;
    const send = async () => {
      await Promise.all(Array.from({ length: 25 }, () => sender.post(pair.roomId, `${text}-${++sent}`)));
      peak = Math.max(peak, server.rss);
    };
    // What V8 takes for itself under such a load, with readers or without: up to 140 MB with Node 24.
    while (sent < 1_000) await send();
    const before = peak;

    const readers = await Promise.all(Array.from({ length: 20 }, () => deafSocket(server.port, pair.b)));
    stack.keep(readers, () => readers.forEach((reader) => reader.destroy()));
    const ports = readers.map(({ localPort }) => localPort ?? 0);
    const isAnyoneIn = () => ports.some((port) => server.peers.has(port));
    // 20 readers: 40 MB and more for each 500 messages, were they kept.
    while (isAnyoneIn() && sent < 7_000) await send();
    await until('all are cut off', () => !isAnyoneIn(), 5_000);

    // 256 KB for each, and more for V8 (20 MB with Node 20, 90 MB with Node 24); kept, all that is sent would be 480 MB.
    expect(peak - before).toBeLessThan(20 * 0.25 * MB + 120 * MB);

    const reader = stack.keep(new ChatClient(pair.b, [server.origin]), (client) => client.stop());
    reader.start();
    await until('the reader is back', () => reader.isSynced);
    // Several requests were under way at once: their numbers say nothing about the order of sending.
    const { lost, doubled, problems, stored } = await verdictOn(url, [sender, reader]);
    expect({ lost, doubled, problems, stored }).toEqual({ lost: 0, doubled: 0, problems: [], stored: sent });
    sender.stop();
    reader.stop();
  });
});

describe('A peer that is gone without a word', () => {
  it('D2: is closed and offline after one and a half heartbeats at most, which is less than 40 s by default', async () => {
    expect((readConfig({}).limits.heartbeatMs / 1_000) * HALF_OPEN_BEATS).toBeLessThan(40);

    const heartbeatSeconds = 4;
    const patient = await stack.server({
      DATABASE_URL: url,
      HEARTBEAT_SECONDS: `${heartbeatSeconds}`,
      PRESENCE_TTL_SECONDS: '60',
      PRESENCE_GRACE_SECONDS: '15',
    });
    const [pair] = await makePairs(url, 1);
    if (!pair) throw new Error('There is no room.');
    const proxy = await stack.proxy(patient.port);
    const watcher = stack.keep(new ChatClient(pair.a, [patient.origin]), (client) => client.stop());
    watcher.start();
    await until('the watcher is there', () => watcher.isSynced);
    const gone = new WebSocket(`ws://127.0.0.1:${proxy.port}/ws/?active_user=${pair.b}`);
    gone.on('error', () => undefined);
    stack.keep(gone, () => gone.terminate());
    await until('the watcher sees it online', () => watcher.presence.get(pair.b)?.online === true);

    const ports = [...proxy.links].map(({ target }) => target.localPort ?? 0);
    proxy.isBlackhole = true;
    const isOffline = timed(
      until('the watcher sees it offline', () => watcher.presence.get(pair.b)?.online === false, 20_000),
    );
    const isClosed = timed(
      until('its socket is closed', () => !ports.some((port) => patient.peers.has(port)), 20_000),
    );
    const mostMs = heartbeatSeconds * HALF_OPEN_BEATS * 1_000;
    expect((await isClosed).ms).toBeLessThan(mostMs + 1_500);
    expect((await isOffline).ms).toBeLessThan(mostMs + 1_500);
    expect(watcher.presence.get(pair.b)?.last_seen).toEqual(expect.any(String));
  });

  it('D2: one whose answers come late, or drop by drop, stays', async () => {
    const [pair] = await makePairs(url, 1);
    if (!pair) throw new Error('There is no room.');
    const proxy = await stack.proxy(server.port);
    Object.assign(proxy.delayMs, { up: 400, down: 400 });
    proxy.drip = { bytes: 200, everyMs: 20 };
    const clients = [
      new ChatClient(pair.a, [server.origin]),
      new ChatClient(pair.b, [`http://127.0.0.1:${proxy.port}`], { reads: true, ackTimeoutMs: 5_000 }),
    ] as const;
    for (const client of clients) stack.keep(client, () => client.stop()).start();
    await until('both are there', () => clients.every(({ isSynced }) => isSynced));
    const end = Date.now() + HALF_OPEN_MS + 2_000;
    for (let n = 1; Date.now() < end; n++) {
      await Promise.all(clients.map((client) => client.send(pair.roomId, `${client.userId}-${n}`)));
    }
    await expectAllWell(url, clients);
    expect(clients.map(({ connects }) => connects)).toEqual([1, 1]);
  });

  it('D2: a half-closed connection is over, and its client resumes', async () => {
    const [pair] = await makePairs(url, 1);
    if (!pair) throw new Error('There is no room.');
    const proxy = await stack.proxy(server.port);
    const clients = [
      new ChatClient(pair.a, [server.origin]),
      new ChatClient(pair.b, [`http://127.0.0.1:${proxy.port}`]),
    ] as const;
    for (const client of clients) stack.keep(client, () => client.stop()).start();
    await until('both are there', () => clients.every(({ isSynced }) => isSynced));
    for (let n = 1; n <= 20; n++) {
      if (n % 5 === 0) proxy.halfClose();
      await Promise.all(clients.map((client) => client.send(pair.roomId, `${client.userId}-${n}`)));
    }
    await expectAllWell(url, clients);
    expect(clients[1].connects).toBeGreaterThan(1);
  });
});

/** Opens a user socket and reads nothing after the handshake. */
function deafSocket(port: number, userId: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', () => {
      socket.pause();
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.write(
      `GET /ws/?active_user=${userId} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
  });
}
