import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { OwnRedis } from '../faults/harness/own-redis.js';
import { Parley } from '../support/parley.js';
import { figuresOf, growthOf } from './figures.js';

const STORED = 'parley_messages_stored_total';
const ACKS = 'parley_message_ack_seconds_count';
const MESSAGE_BATCHES = 'parley_commit_batch_items_count{log="messages"}';
const MESSAGES_IN_BATCHES = 'parley_commit_batch_items_sum{log="messages"}';
const RECEIPT_BATCHES = 'parley_commit_batch_items_count{log="receipts"}';

describe('the figures of one server', () => {
  let parley: Parley;

  beforeAll(async () => {
    parley = await Parley.start();
  });
  afterAll(() => parley.stop());

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

  it('have a line for every code and status before anything went wrong', async () => {
    const figures = await figuresOf(parley.origin);
    expect(figures.get('parley_socket_errors_total{code="unavailable"}')).toBe(0);
    expect(figures.get('parley_http_problems_total{status="503"}')).toBe(0);
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

  it('tell the lag of an event through Redis; an outage as down and as a lag that grows', async () => {
    await eventually(({ up, lag }) => up === 1 && lag > 0 && lag < 0.5);
    await redis.kill();
    await eventually(({ up, lag }) => up === 0 && lag > 1);
    await redis.restart();
    await eventually(({ up, lag }) => up === 1 && lag < 0.5);
  });
});
