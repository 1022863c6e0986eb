import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { boot } from '../../../src/boot.js';
import { readConfig } from '../../../src/config/config.js';
import { VERSION } from '../../../src/version/version.js';
import { OwnRedis } from '../../faults/harness/own-redis.js';
import { freePort } from '../../launch/parley.js';
import { createDatabase } from '../../support/database.js';
import { Parley } from '../../support/parley.js';
import { rawHttp } from '../../support/raw-http.js';
import { figuresOf, growthOf } from '../../support/figures.js';

const STORED = 'parley_messages_stored_total';
const ACKS = 'parley_message_ack_seconds_count';
const MESSAGE_BATCHES = 'parley_commit_batch_items_count{log="messages"}';
const MESSAGES_IN_BATCHES = 'parley_commit_batch_items_sum{log="messages"}';
const RECEIPT_BATCHES = 'parley_commit_batch_items_count{log="receipts"}';

/** A figure with one label, as it is named in the text. */
const labelled = (name: string, label: string, value: string | number) =>
  `parley_${name}{${label}="${value}"}`;
const requests = (method: string, route: string) =>
  `parley_http_request_seconds_count{method="${method}",route="${route}"}`;

describe('the figures of one server', () => {
  let parley: Parley;

  beforeAll(async () => {
    parley = await Parley.start({ PARLEY_COMMIT: '5b4d791' });
  });
  afterAll(() => parley.stop());

  it('have a line for every code and status before anything went wrong', async () => {
    const figures = await figuresOf(parley.origin);
    expect(figures.get('parley_socket_errors_total{code="unavailable"}')).toBe(0);
    expect(figures.get('parley_http_problems_total{status="503"}')).toBe(0);
  });

  it('are text for Prometheus, and nobody keeps them', async () => {
    const { headers } = await parley.get('/metrics');
    expect(headers.get('Content-Type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(headers.get('Cache-Control')).toBe('no-store');
    const figures = await figuresOf(parley.origin);
    for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_open_fds']) {
      expect(figures.get(name)).toBeGreaterThan(0);
    }
  });

  it('count a message that is sent twice once, and time both acks', async () => {
    const { room, a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const frame = { type: 'message', room_id: room.id, text: 'once', client_id: randomUUID() };
    const growth = await growthOf(parley.origin, [STORED, ACKS, MESSAGE_BATCHES], async () => {
      await socket.ask(frame);
      await socket.ask(frame);
    });
    expect(growth).toEqual({ [STORED]: 1, [ACKS]: 2, [MESSAGE_BATCHES]: 2 });

    const figures = await figuresOf(parley.origin);
    expect(figures.get('parley_message_ack_seconds_bucket{le="5"}')).toBe(figures.get(ACKS));
    expect(figures.get('parley_message_ack_seconds_sum')).toBeGreaterThan(0);
  });

  it('count every message of a batch, and fewer statements than messages', async () => {
    const { room, a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const growth = await growthOf(parley.origin, [STORED, MESSAGE_BATCHES, MESSAGES_IN_BATCHES], () =>
      Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          socket.ask({ type: 'message', room_id: room.id, text: `message ${n}` }),
        ),
      ),
    );
    expect(growth[STORED]).toBe(30);
    expect(growth[MESSAGES_IN_BATCHES]).toBe(30);
    expect(growth[MESSAGE_BATCHES]).toBeLessThan(30);
    expect((await figuresOf(parley.origin)).get('parley_commit_queue_items{log="messages"}')).toBe(0);
  });

  it('count the statements of receipts apart', async () => {
    const { room, a, b } = await parley.newRoom();
    await parley.send(room.id, a.id, 'read me');
    const socket = await parley.userSocket(b.id);
    const growth = await growthOf(parley.origin, [RECEIPT_BATCHES, STORED], () =>
      socket.ask({ type: 'read', room_id: room.id, seq: 1 }),
    );
    expect(growth).toEqual({ [RECEIPT_BATCHES]: 1, [STORED]: 0 });
  });

  it('know the open sockets by kind, and forget those that close', async () => {
    const { room, a } = await parley.newRoom();
    const count = async (kind: string) =>
      (await figuresOf(parley.origin)).get(`parley_sockets_open{kind="${kind}"}`) ?? 0;
    const [users, rooms] = [await count('user'), await count('room')];
    const userSocket = await parley.userSocket(a.id);
    const roomSocket = await parley.roomSocket(room.id, a.id);
    await roomSocket.settled();
    expect([await count('user'), await count('room')]).toEqual([users + 1, rooms + 1]);

    userSocket.close();
    roomSocket.close();
    await Promise.all([userSocket.closed, roomSocket.closed]);
    await sleep(50);
    expect([await count('user'), await count('room')]).toEqual([users, rooms]);
  });

  it('count errors by code on sockets, by status over HTTP, and refused handshakes with them', async () => {
    const { room, a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const badJson = 'parley_socket_errors_total{code="bad_json"}';
    const notFound = 'parley_socket_errors_total{code="not_found"}';
    const http403 = 'parley_http_problems_total{status="403"}';
    const http404 = 'parley_http_problems_total{status="404"}';
    const growth = await growthOf(parley.origin, [badJson, notFound, http403, http404], async () => {
      socket.sendRaw('{');
      await socket.ask({ type: 'message', room_id: 999_999, text: 'hi' });
      await fetch(`${parley.origin}/api/rooms/?active_user=${a.id}`, {
        headers: { Origin: 'https://evil.example' },
      });
      await parley.get(`/api/rooms/${room.id + 1_000_000}/?active_user=${a.id}`);
      await parley.get('/no/such/address');
      await expect(parley.socket('/ws/nothing/here/')).rejects.toThrow('404');
    });
    expect(growth).toEqual({ [badJson]: 1, [notFound]: 1, [http403]: 1, [http404]: 3 });
  });

  it('name the build', async () => {
    const { body } = await parley.get<string>('/metrics');
    expect(body).toMatch(
      new RegExp(
        `^parley_build_info\\{version="${VERSION}",commit="5b4d791",node="${process.version}"\\} 1$`,
        'm',
      ),
    );
  });

  it('time requests by method and route, not by path, and leave probes and scrapes out', async () => {
    const { room, a } = await parley.newRoom();
    const list = requests('GET', '/api/rooms/:room_id/messages');
    const send = requests('POST', '/api/rooms/:room_id/messages');
    const unmatched = requests('GET', 'unmatched');
    const growth = await growthOf(parley.origin, [list, send, unmatched], async () => {
      await parley.send(room.id, a.id, 'one');
      for (const id of [room.id, 777_777]) await parley.get(`/api/rooms/${id}/messages/?active_user=${a.id}`);
      for (const path of ['/health/live', '/health/ready', '/metrics']) await parley.get(path);
      for (const path of ['/no/such/address', '/nor/this', '/wp-login.php']) await parley.get(path);
    });
    expect(growth).toEqual({ [list]: 2, [send]: 1, [unmatched]: 3 });
    const routes = [...(await figuresOf(parley.origin)).keys()].filter((name) => name.includes('route="'));
    expect(routes.filter((name) => /health|metrics|such|wp-login|777/.test(name))).toEqual([]);
  });

  it('count sockets that open and close by the code of the side that closed first', async () => {
    const { room, a, b } = await parley.newRoom();
    const names = [
      ...['user', 'room'].map((kind) => labelled('sockets_opened_total', 'kind', kind)),
      ...[1005, 1009, 4404, 'other'].map((code) => labelled('socket_closes_total', 'code', code)),
    ];
    const growth = await growthOf(parley.origin, names, async () => {
      const [user, tooBig, other] = [
        await parley.userSocket(a.id),
        await parley.userSocket(b.id),
        await parley.roomSocket(room.id, b.id),
      ];
      user.close();
      tooBig.sendRaw('x'.repeat(70_000));
      other.close(3_456);
      const unknown = await parley.roomSocket(999_999);
      await Promise.all([user, tooBig, other, unknown].map((socket) => socket.closed));
      // A refused socket is not read: that its client has closed it, the server sees after a second.
      await sleep(1_100);
    });
    expect(Object.values(growth)).toEqual([2, 1, 1, 1, 1, 1]);
  });

  it('count handshakes that are refused, by reason', async () => {
    const { room, a } = await parley.newRoom();
    const stranger = await parley.newUser();
    const reasons = ['path', 'origin', 'unauthorized', 'not_a_member', 'no_such_room'].map((reason) =>
      labelled('handshakes_refused_total', 'reason', reason),
    );
    const growth = await growthOf(parley.origin, reasons, async () => {
      await expect(parley.socket('/ws/nothing/here/')).rejects.toThrow('404');
      const foreign = { headers: { Origin: 'https://evil.example' } };
      await expect(parley.socket(`/ws/?active_user=${a.id}`, foreign)).rejects.toThrow('403');
      const sockets = [
        await parley.socket('/ws/'),
        await parley.roomSocket(room.id, stranger.id),
        await parley.roomSocket(999_999, a.id),
      ];
      await Promise.all(sockets.map((socket) => socket.closed));
    });
    expect(Object.values(growth)).toEqual([1, 1, 1, 1, 1]);
  });

  it('count the frames of an event by the sockets that they go to', async () => {
    const { room, a, b } = await parley.newRoom();
    const [sender] = [
      await parley.userSocket(a.id),
      await parley.userSocket(b.id),
      await parley.roomSocket(room.id),
    ];
    await sleep(100);
    const delivered = 'parley_events_delivered_total';
    // To the other user's socket and to the room's; the sender has its ack.
    const growth = await growthOf(parley.origin, [delivered], () =>
      sender.ask({ type: 'message', room_id: room.id, text: 'hi' }),
    );
    expect(growth).toEqual({ [delivered]: 2 });
  });

  it('know the connections to the database', async () => {
    const states = ['in_use', 'idle'].map((state) => `parley_database_connections{state="${state}"}`);
    await parley.newUser();
    const before = await figuresOf(parley.origin);
    expect(before.get('parley_database_up')).toBe(1);
    expect((before.get(states[0]!) ?? 0) + (before.get(states[1]!) ?? 0)).toBeGreaterThan(0);
    // More calls than connections, each held up by a lock of ours. (Searches have a share of the connections only.)
    const client = new Client({ connectionString: parley.databaseUrl });
    await client.connect();
    await client.query('BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
    const calls = Array.from({ length: 14 }, (_, n) =>
      parley.post('/api/users/', { username: `held-up-${n}` }),
    );
    await sleep(100);
    const during = await figuresOf(parley.origin);
    await client.query('ROLLBACK');
    await client.end();
    await Promise.all(calls);
    expect(during.get(states[0]!)).toBeGreaterThan(1);
    expect(during.get('parley_database_waiting')).toBeGreaterThan(0);
    expect((await figuresOf(parley.origin)).get('parley_database_waiting')).toBe(0);
  });

  it('show an event loop that was blocked', async () => {
    // Each reading begins anew, with the next tick of the measuring timer.
    await figuresOf(parley.origin);
    await sleep(50);
    const until = performance.now() + 300;
    while (performance.now() < until);
    await sleep(50);
    expect((await figuresOf(parley.origin)).get('nodejs_eventloop_lag_max_seconds')).toBeGreaterThan(0.25);
  });

  it('say that a bus within the process is up and takes no time', async () => {
    const figures = await figuresOf(parley.origin);
    expect([figures.get('parley_bus_up'), figures.get('parley_bus_lag_seconds')]).toEqual([1, 0]);
  });
});

describe('METRICS_PORT', () => {
  it('serves the figures there and nothing else, and not beside the API', async () => {
    const METRICS_PORT = String(await freePort());
    const parley = await Parley.start({ METRICS_HOST: '127.0.0.1', METRICS_PORT });
    const metrics = `http://127.0.0.1:${METRICS_PORT}`;
    try {
      const response = await fetch(`${metrics}/metrics`);
      expect(response.headers.get('Content-Type')).toMatch(/^text\/plain; version=0\.0\.4/);
      expect(await response.text()).toMatch(/^parley_build_info/m);
      expect((await fetch(`${metrics}/metrics`, { method: 'POST' })).status).toBe(405);
      for (const path of ['/', '/api/users/', '/health/live', '/metrics/x']) {
        expect((await fetch(metrics + path)).status).toBe(404);
      }
      expect((await fetch(`${parley.origin}/metrics`)).status).toBe(404);
      const hosts = ['127.0.0.1', '203.0.113.7:9100', 'rebound.example', `rebound.example:${METRICS_PORT}`];
      const statuses = hosts.map(async (host) => {
        const raw = `GET /metrics HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
        return (await rawHttp(metrics, raw)).status;
      });
      expect(await Promise.all(statuses)).toEqual([200, 200, 421, 421]);
    } finally {
      await parley.stop();
    }
    await expect(fetch(`${metrics}/metrics`)).rejects.toThrow();
  });

  it('that is taken stops the start, by name', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const METRICS_PORT = String((other.address() as AddressInfo).port);
    try {
      const port = await freePort();
      const config = readConfig({
        DATABASE_URL: await createDatabase(),
        PORT: String(port),
        METRICS_PORT,
        LOG_LEVEL: 'silent',
      });
      await expect(boot(config, '/nowhere')).rejects.toThrow(
        `METRICS_HOST 127.0.0.1 and METRICS_PORT ${METRICS_PORT} cannot be listened on: EADDRINUSE`,
      );
      await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
    } finally {
      other.close();
    }
  });
});

describe('the figures of the bus', () => {
  let redis: OwnRedis;
  let parley: Parley;

  beforeAll(async () => {
    redis = await OwnRedis.start();
    parley = await Parley.start({ REDIS_URL: redis.url, LOG_LEVEL: 'silent' });
  });
  afterAll(async () => {
    await parley.stop();
    await redis.stop();
  });

  const busOf = async () => {
    const figures = await figuresOf(parley.origin);
    return { up: figures.get('parley_bus_up'), lag: figures.get('parley_bus_lag_seconds') ?? NaN };
  };
  const eventually = async (matches: (bus: { up: number | undefined; lag: number }) => boolean) => {
    const until = Date.now() + 10_000;
    for (let bus = await busOf(); ; bus = await busOf()) {
      if (matches(bus)) return;
      if (Date.now() > until) throw new Error(`It stayed at ${JSON.stringify(bus)}`);
      await sleep(100);
    }
  };

  it('show the lag of an event through Redis; an outage as down and as a lag that grows', async () => {
    await eventually(({ up, lag }) => up === 1 && lag > 0 && lag < 0.5);
    await redis.kill();
    await eventually(({ up, lag }) => up === 0 && lag > 1);
    const { a } = await parley.newRoom();
    await parley.userSocket(a.id);
    const before = (await figuresOf(parley.origin)).get('parley_resyncs_sent_total') ?? NaN;
    await redis.restart();
    await eventually(({ up, lag }) => up === 1 && lag < 0.5);
    expect((await figuresOf(parley.origin)).get('parley_resyncs_sent_total')).toBeGreaterThan(before);
  });
});
