import type { Problem, ServerFrameOf } from '@parley/shared';
import { setTimeout as pause } from 'node:timers/promises';
import { Parley } from '../../support/parley.js';
import { holdRoom } from '../../support/rows.js';
import { statementNamesOf } from '../../support/statements.js';
import type { TestSocket } from '../../support/test-socket.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start();
});
afterAll(() => parley.stop());

const isLimited = (answer: { type: string }): answer is ServerFrameOf<'error'> =>
  answer.type === 'error' && (answer as ServerFrameOf<'error'>).code === 'rate_limited';

function flood(socket: TestSocket, frames: number): void {
  for (let i = 0; i < frames; i++) socket.send({ type: 'typing', ref: i });
}

describe('D3: messages of one user', () => {
  it('may come 60 at once, over any connections; the next is refused with a retry time, after which it is sent', async () => {
    const { room, a } = await parley.newRoom();
    const path = `/api/rooms/${room.id}/messages/?active_user=${a.id}`;
    const sockets = [await parley.userSocket(a.id), await parley.roomSocket(room.id, a.id)];
    const started = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 90 }, (_, i) =>
        i < 75
          ? sockets[i % 2]!.ask({ type: 'message', text: `${i}`, ...(i % 2 ? {} : { room_id: room.id }) })
          : parley.post<Problem>(path, { text: `${i}` }).then((answer) => ({ type: 'http', ...answer })),
      ),
    );
    const refilled = Math.ceil(((performance.now() - started) / 1_000) * 20);
    const refused = answers.filter(
      (answer) => isLimited(answer) || ('status' in answer && answer.status === 429),
    );
    expect(refused.length).toBeLessThanOrEqual(30);
    expect(refused.length).toBeGreaterThanOrEqual(30 - refilled);
    expect((await parley.room(room.id, a.id)).last_seq).toBe(90 - refused.length);

    const overSocket = refused.find(isLimited)!;
    expect(overSocket.retry_after_ms).toBeGreaterThan(0);
    expect(overSocket.retry_after_ms).toBeLessThanOrEqual(50);
    const overHttp = refused.find((answer) => 'status' in answer) as unknown as { headers: Headers };
    expect(overHttp.headers.get('Retry-After')).toBe('1');
    await pause(overSocket.retry_after_ms! + 50);
    expect((await sockets[0]!.ask({ type: 'message', room_id: room.id, text: 'later' })).type).toBe('ack');
  });

  it('do not hold back another user', async () => {
    const { room, a, b } = await parley.newRoom();
    const [loud, quiet] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    const frame = { type: 'message', room_id: room.id, text: 'x' };
    const floods = Array.from({ length: 100 }, () => loud.ask(frame));
    expect((await quiet.ask(frame)).type).toBe('ack');
    expect((await Promise.all(floods)).filter(isLimited).length).toBeGreaterThan(10);
  });
});

describe('D3: frames of one socket', () => {
  it('of any kind may come 120 at once; beyond that each is refused with the time to wait', async () => {
    const { a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    flood(socket, 300);
    const answers = await Promise.all(Array.from({ length: 300 }, (_, i) => socket.answerTo(i)));
    const limited = answers.filter(isLimited);
    expect(limited.length).toBeLessThanOrEqual(180);
    expect(limited.length).toBeGreaterThan(140);
    for (const { retry_after_ms: wait } of limited) expect(wait).toBeGreaterThan(0);
    await pause(Math.max(...limited.map(({ retry_after_ms: wait }) => wait!)) + 25);
    expect(isLimited(await socket.ask({ type: 'typing' }))).toBe(false);
  });

  it('of any kind may come 480 at once over all sockets of one user', async () => {
    const { a, b } = await parley.newRoom();
    const sockets = await Promise.all(Array.from({ length: 6 }, () => parley.userSocket(a.id)));
    const started = performance.now();
    for (const socket of sockets) flood(socket, 100);
    const answers = await Promise.all(
      sockets.flatMap((socket) => Array.from({ length: 100 }, (_, i) => socket.answerTo(i))),
    );
    const refilled = Math.ceil(((performance.now() - started) / 1_000) * 160);
    const limited = answers.filter(isLimited).length;
    expect(limited).toBeLessThanOrEqual(120);
    expect(limited).toBeGreaterThanOrEqual(120 - refilled);
    expect(isLimited(await (await parley.userSocket(b.id)).ask({ type: 'typing' }))).toBe(false);
  });

  it('of nobody yet count by the address, and then for the user whom they name', async () => {
    const { room, a } = await parley.newRoom();
    const open = () => parley.roomSocket(room.id);
    const sockets = await Promise.all(Array.from({ length: 6 }, open));
    for (const socket of sockets) flood(socket, 100);
    const answers = await Promise.all(
      sockets.flatMap((socket) => Array.from({ length: 100 }, (_, i) => socket.answerTo(i))),
    );
    expect(answers.filter(isLimited).length).toBeGreaterThan(0);
    const named = { type: 'typing', sender_id: a.id };
    const [socket] = [await parley.roomSocket(room.id, a.id), await open()];
    expect((await socket.ask(named)).type).toBe('ack');
  });

  it('however large are read at the pace that the limit allows, and none is refused', async () => {
    const limited = await Parley.start({ BYTES_PER_SECOND: '200000', BYTES_BURST: '100000' });
    try {
      const { room, a } = await limited.newRoom();
      const socket = await limited.userSocket(a.id);
      const started = performance.now();
      const text = '字'.repeat(4_000);
      const answers = await Promise.all(
        Array.from({ length: 25 }, () => socket.ask({ type: 'message', room_id: room.id, text })),
      );
      // 300 kB: 100 at once, 200 in a second; the last chunk is read before it is paid for.
      expect(performance.now() - started).toBeGreaterThan(500);
      expect(answers.map(({ type }) => type)).toEqual(answers.map(() => 'ack'));
    } finally {
      await limited.stop();
    }
  });

  it('of an honest client are never refused for their bytes: 60 of the largest messages and a sync at once', async () => {
    const { room, a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const text = '😀'.repeat(4_000);
    const rooms = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [n + 100_000, 1]));
    // All but the first are committed together, so that their acks, 1 MB, leave together too.
    const held = await holdRoom(parley, room.id);
    const asked = Promise.all([
      ...Array.from({ length: 60 }, () => socket.ask({ type: 'message', room_id: room.id, text })),
      socket.ask({ type: 'sync', rooms }),
    ]);
    await held.untilWaiting(1);
    await pause(1_000);
    await held.release();
    const answers = await asked;
    expect(answers.map(({ type }) => type)).toEqual(answers.map(() => 'ack'));
  });

  it('that do not stop close it with 1008, whatever they are', async () => {
    const { a } = await parley.newRoom();
    for (const noise of ['{"type":"typing"}', 'no json', '[]', '{"type":"none","ref":1}']) {
      const socket = await parley.userSocket(a.id);
      for (let i = 0; i < 2_000; i++) socket.sendRaw(noise);
      expect(await socket.closed).toMatchObject({ code: 1008 });
    }
  });

  it('at a steady pace that is far too fast close it too, though one now and then comes through', async () => {
    const { a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const pace = setInterval(() => flood(socket, 10), 20);
    try {
      expect(await socket.closed).toMatchObject({ code: 1008 });
    } finally {
      clearInterval(pace);
    }
  });

  it('of which a few are too many now and then never close it', async () => {
    const { a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    flood(socket, 200);
    await socket.answerTo(199);
    for (let round = 0; round < 8; round++) {
      const [answer] = await Promise.all([socket.ask({ type: 'typing' }), socket.ask({ type: 'typing' })]);
      if (isLimited(answer)) await pause(answer.retry_after_ms);
    }
    expect(socket.raw.readyState).toBe(socket.raw.OPEN);
  });

  it('do not keep the others waiting', async () => {
    const { room, a, b } = await parley.newRoom();
    const [flooding, other] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    const waits: number[] = [];
    for (let round = 0; round < 20; round++) {
      flood(flooding, 500);
      const started = performance.now();
      expect((await other.ask({ type: 'message', room_id: room.id, text: 'x' })).type).toBe('ack');
      waits.push(performance.now() - started);
    }
    expect(waits.toSorted((x, y) => x - y)[10]).toBeLessThan(100);
    expect(await flooding.closed).toMatchObject({ code: 1008 });
  });
});

describe('receipts that come too fast', () => {
  it('are all kept: they wait for each other, and the furthest is sent once', async () => {
    const { room, a, b } = await parley.newRoom();
    const [sender, reader] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    for (let n = 1; n <= 40; n++) await parley.send(room.id, a.id, `${n}`);
    const started = performance.now();
    const acks = await Promise.all(
      Array.from({ length: 40 }, (_, n) => reader.ask({ type: 'read', room_id: room.id, seq: n + 1 })),
    );
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(acks.map(({ type }) => type)).toEqual(acks.map(() => 'ack'));
    expect(acks.at(-1)).toMatchObject({ seq: 40, unread_count: 0 });
    const last = await sender.next('read', ({ seq }) => seq === 40);
    await pause(300);
    const sent = sender.frames.flatMap((frame) => (frame.type === 'read' ? [frame.seq] : []));
    expect(sent).toEqual([...new Set(sent)].toSorted((x, y) => x - y));
    expect(sent.length).toBeLessThanOrEqual(22);
    expect((await parley.room(room.id, b.id)).rev).toBe(last.rev);
  });

  it('go to the database at a bounded pace, and those that wait go as one', async () => {
    const slow = await Parley.start({ RECEIPTS_PER_SECOND: '2', RECEIPTS_BURST: '3' });
    try {
      const { room, a, b } = await slow.newRoom();
      for (let n = 1; n <= 3; n++) await slow.send(room.id, a.id, `${n}`);
      const reader = await slow.userSocket(b.id);
      const read = (seq: number) => reader.ask({ type: 'read', room_id: room.id, seq });
      for (let seq = 1; seq <= 3; seq++) await read(seq);
      const started = performance.now();
      const statements = await statementNamesOf(() => Promise.all([read(1), read(2), read(3)]));
      expect(performance.now() - started).toBeGreaterThan(250);
      expect(statements).toEqual(['receipts-update']);
    } finally {
      await slow.stop();
    }
  });
});

describe('D5: sockets', () => {
  it('of one user are at most 20; the next is closed with 1008 and says why; one that ends makes room', async () => {
    const { a, b } = await parley.newRoom();
    const sockets = await Promise.all(Array.from({ length: 20 }, () => parley.userSocket(a.id)));
    const storm = await Promise.all(
      Array.from({ length: 30 }, () => parley.socket(`/ws/?active_user=${a.id}`)),
    );
    for (const socket of storm) {
      expect(await socket.closed).toEqual({ code: 1008, reason: 'more than 20 sockets of one user' });
    }
    expect((await (await parley.userSocket(b.id)).ask({ type: 'sync', rooms: {} })).type).toBe('ack');
    sockets[0]!.raw.close();
    await sockets[0]!.closed;
    await pause(50);
    expect((await (await parley.userSocket(a.id)).ask({ type: 'sync', rooms: {} })).type).toBe('ack');
  });

  it('of one user are at most 20 of both kinds, also when a room socket names its user only later', async () => {
    const { room, a, b } = await parley.newRoom();
    const open = await Promise.all([
      ...Array.from({ length: 10 }, () => parley.userSocket(a.id)),
      ...Array.from({ length: 11 }, () => parley.roomSocket(room.id)),
    ]);
    const typing = { type: 'typing', sender_id: a.id };
    const answers = open.slice(10).map(async (socket) => {
      const closed = socket.closed.then(({ code, reason }) => `${code} ${reason}`);
      return Promise.race([socket.ask(typing).then(({ type }) => type), closed]);
    });
    expect((await Promise.all(answers)).toSorted()).toEqual([
      '1008 more than 20 sockets of one user',
      ...Array.from({ length: 10 }, () => 'ack'),
    ]);
    const other = await parley.roomSocket(room.id);
    expect((await other.ask({ ...typing, sender_id: b.id })).type).toBe('ack');
  });

  it('of one address are limited before the handshake; whom a trusted proxy speaks for is what counts', async () => {
    const limited = await Parley.start({ SOCKETS_PER_ADDRESS: '3', TRUSTED_PROXIES: 'loopback' });
    try {
      const from = (address: string, user = 1) =>
        limited.socket(`/ws/?active_user=${user}`, { headers: { 'X-Forwarded-For': address } });
      const open = [];
      for (let n = 0; n < 3; n++) open.push(await from('192.0.2.1'));
      await expect(from('192.0.2.1', 2)).rejects.toThrow('429');
      // What a client puts in front of the list itself is not believed.
      await expect(from('198.51.100.9, 192.0.2.1')).rejects.toThrow('429');
      await from('192.0.2.2');
      open[0]!.raw.close();
      await open[0]!.closed;
      await pause(50);
      await from('192.0.2.1');
    } finally {
      await limited.stop();
    }
  });

  it('of one address are counted by the connection where no proxy is trusted', async () => {
    const limited = await Parley.start({ SOCKETS_PER_ADDRESS: '1' });
    try {
      await limited.socket('/ws/?active_user=1');
      const spoofed = { headers: { 'X-Forwarded-For': '192.0.2.1' } };
      await expect(limited.socket('/ws/?active_user=2', spoofed)).rejects.toThrow('429');
    } finally {
      await limited.stop();
    }
  });
});

describe('RATE_LIMIT=off', () => {
  it('lifts the limits', async () => {
    const unlimited = await Parley.start({ RATE_LIMIT: 'off' });
    try {
      const { room, a } = await unlimited.newRoom();
      const socket = await unlimited.userSocket(a.id);
      const answers = await Promise.all(
        Array.from({ length: 500 }, () => socket.ask({ type: 'message', room_id: room.id, text: 'x' })),
      );
      expect(new Set(answers.map(({ type }) => type))).toEqual(new Set(['ack']));
    } finally {
      await unlimited.stop();
    }
  });
});
