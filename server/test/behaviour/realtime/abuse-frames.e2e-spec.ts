import type { Room, User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { Parley } from '../../support/parley.js';
import { rawFrame, rawSocket } from '../../support/raw-socket.js';
import type { TestSocket } from '../../support/test-socket.js';

const LIMIT = 64 * 1024;
/** First byte of a frame: FIN and opcode. */
const TEXT = 0x81;
const BINARY = 0x82;

let parley: Parley;
let room: Room;
let a: User;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
  ({ room, a } = await parley.newRoom());
});
afterAll(() => parley.stop());

const raw = (headers?: string[]) => rawSocket(parley.origin, `/ws/?active_user=${a.id}`, headers);

/** A frame of exactly so many bytes. */
function padded(bytes: number): string {
  const head = `{"type":"typing","ref":1,"room_id":${room.id},"padding":"`;
  return `${head}${'x'.repeat(bytes - head.length - 2)}"}`;
}

const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);

async function stillWorks(socket: TestSocket): Promise<void> {
  const ack = await socket.ask({
    type: 'message',
    room_id: room.id,
    text: 'still here',
    client_id: randomUUID(),
  });
  expect(ack.type).toBe('ack');
}

describe('C2: the size of a frame', () => {
  it('may be 64 KiB', async () => {
    const socket = await parley.userSocket(a.id);
    socket.sendRaw(padded(LIMIT));
    expect(await socket.next('error')).toMatchObject({ code: 'bad_frame', ref: 1 });
    await stillWorks(socket);
  });

  it.each([LIMIT + 1, 1_000_000, 16 * 1024 * 1024])(
    'of %d bytes closes the socket with 1009',
    async (bytes) => {
      const socket = await parley.userSocket(a.id);
      socket.sendRaw(padded(bytes));
      expect(await socket.closed).toMatchObject({ code: 1009 });
    },
  );

  it('counts bytes, not characters', async () => {
    const socket = await parley.userSocket(a.id);
    socket.sendRaw(padded(LIMIT / 2).replaceAll('x', '字'));
    expect(await socket.closed).toMatchObject({ code: 1009 });
  });

  it.each<[string, number | bigint]>([
    ['65,537 bytes', LIMIT + 1],
    ['16 MB', 16 * 1024 * 1024],
    ['2^53 bytes', 2n ** 53n],
    ['2^63 bytes', 2n ** 63n],
    ['2^64 - 1 bytes', 2n ** 64n - 1n],
  ])(
    'is judged by the header alone, before anything is kept: %s announced, one byte sent',
    async (_, length) => {
      const socket = await raw();
      socket.write(rawFrame(TEXT, Buffer.from('{'), length));
      expect(await socket.closed).toBe(1009);
    },
  );

  it('is the sum of its fragments', async () => {
    const socket = await raw();
    socket.write(rawFrame(0x01, Buffer.alloc(LIMIT, 0x20)));
    socket.write(rawFrame(0x00, Buffer.from(' ')));
    expect(await socket.closed).toBe(1009);
  });

  it('C3: in a flood of one-byte fragments without an end closes the socket long before', async () => {
    const socket = await raw();
    const before = process.memoryUsage().rss;
    socket.write(rawFrame(0x01, Buffer.from('{')));
    const thousand = Buffer.concat(Array.from({ length: 1_000 }, () => rawFrame(0x00, Buffer.from(' '))));
    for (let i = 0; i < 200; i++) socket.write(thousand);
    expect(await socket.closed).toBe(1008);
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1024 * 1024);
  });
});

describe('C6: what is no frame of ours', () => {
  it.each<[string, Buffer, string]>([
    ['binary', rawFrame(BINARY, Buffer.from('{"type":"typing"}')), 'bad_frame'],
    ['an unknown type', rawFrame(TEXT, Buffer.from('{"type":"delete_everything"}')), 'unknown_type'],
  ])('is answered with an error on an open socket: %s', async (_, bytes, code) => {
    const socket = await parley.userSocket(a.id);
    socket.raw.send(bytes.subarray(6), { binary: code === 'bad_frame' });
    expect(await socket.next('error')).toMatchObject({ code });
    await stillWorks(socket);
  });

  it.each([
    ['a reserved opcode', rawFrame(0x83, Buffer.from('x')), 1002],
    ['a reserved bit', rawFrame(0xc1, Buffer.from('x')), 1002],
    ['a continuation of nothing', rawFrame(0x80, Buffer.from('x')), 1002],
    ['an unmasked frame', Buffer.from([TEXT, 1, 0x7b]), 1002],
    ['a long ping', rawFrame(0x89, Buffer.alloc(126)), 1002],
    ['a close code that is none', rawFrame(0x88, Buffer.from([0x03, 0xed])), 1002],
    ['text that is no UTF-8', rawFrame(TEXT, Buffer.from([0xc3, 0x28])), 1007],
  ])('breaks the protocol and ends the socket, only this one: %s', async (_, bytes, code) => {
    const [broken, other] = [await raw(), await parley.userSocket(a.id)];
    broken.write(bytes);
    expect(await broken.closed).toBe(code);
    await stillWorks(other);
  });

  it('D10: compression is not negotiated, and a compressed frame ends the socket', async () => {
    const client = new WebSocket(`${parley.origin.replace('http', 'ws')}/ws/?active_user=${a.id}`, {
      perMessageDeflate: true,
    });
    await new Promise((resolve) => client.once('open', resolve));
    expect(client.extensions).toBe('');
    client.terminate();
    const socket = await raw(['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits']);
    expect(socket.handshake).not.toMatch(/Sec-WebSocket-Extensions/i);
    socket.write(rawFrame(0xc1, Buffer.from([0xaa, 0x56, 0x4a])));
    expect(await socket.closed).toBe(1002);
  });

  it.each([
    ['another version', ['Sec-WebSocket-Version: 12']],
    ['a second key', ['Sec-WebSocket-Key: x']],
  ])('begins with no handshake: %s', async (_, headers) => {
    await expect(raw(headers)).rejects.toThrow(/HTTP\/1.1 4\d\d/);
  });
});

describe('C5: JSON that means harm', () => {
  it.each<[string, string, string]>([
    ['a list', '[]', 'bad_frame'],
    ['null', 'null', 'bad_frame'],
    ['a number', '7', 'bad_frame'],
    ['text', '"typing"', 'bad_frame'],
    ['true', 'true', 'bad_frame'],
    ['nothing', '', 'bad_json'],
    ['half an object', '{"type":', 'bad_json'],
    ['two objects', '{"type":"typing"}{"type":"typing"}', 'bad_json'],
    ['a comment', '{"type":"typing"/**/}', 'bad_json'],
    ['NaN', '{"type":"typing","room_id":NaN}', 'bad_json'],
    ['64 KB of [', '['.repeat(LIMIT), 'bad_json'],
    ['lists 32,000 deep', deep('[', ']', 32_000), 'bad_frame'],
    ['a field 10,000 deep', `{"type":"message","room_id":1,"text":${deep('[', ']', 10_000)}}`, 'bad_frame'],
    [
      'objects 10,000 deep',
      `{"type":"sync","rooms":${deep('{"1":', '}', 10_000).replace(':}', ':1}')}}`,
      'bad_frame',
    ],
    ['1e309', '{"type":"read","room_id":1e309,"seq":1}', 'bad_frame'],
    ['no type', '{}', 'bad_frame'],
    ['a type that is no text', '{"type":1}', 'bad_frame'],
    ['a type of the prototype', '{"type":"constructor"}', 'unknown_type'],
    ['a type __proto__', '{"type":"__proto__"}', 'unknown_type'],
    ['a __proto__', '{"type":"typing","room_id":1,"__proto__":{"polluted":true}}', 'bad_frame'],
    [
      'a constructor',
      '{"type":"typing","room_id":1,"constructor":{"prototype":{"polluted":true}}}',
      'bad_frame',
    ],
    ['a __proto__ for a type', '{"__proto__":{"type":"typing"}}', 'bad_frame'],
    ['an id in text', '{"type":"typing","room_id":"1"}', 'bad_frame'],
    ['C9: an operator', '{"type":"typing","room_id":{"$ne":1}}', 'bad_frame'],
    ['C9: SQL for an id', '{"type":"typing","room_id":"1 OR 1=1"}', 'bad_frame'],
  ])('is answered with an error, and the socket lives: %s', async (_, text, code) => {
    const socket = await parley.userSocket(a.id);
    const prototype = Object.getOwnPropertyNames(Object.prototype);
    socket.sendRaw(text);
    expect(await socket.next('error')).toMatchObject({ code });
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(prototype);
    expect({}).not.toHaveProperty('polluted');
    await stillWorks(socket);
  });

  it('with a key twice means the last one, as JSON.parse has it', async () => {
    const socket = await parley.userSocket(a.id);
    socket.sendRaw(
      `{"type":"message","text":"one","room_id":0,"room_id":${room.id},"text":"two","ref":"twice"}`,
    );
    expect(await socket.answerTo('twice')).toMatchObject({ type: 'ack', message: { text: 'two' } });
  });

  it('with 5,000 fields is answered for the first that is none', async () => {
    const socket = await parley.userSocket(a.id);
    const fields = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, 1]));
    expect(await socket.ask({ type: 'typing', room_id: room.id, ...fields })).toMatchObject({
      code: 'bad_frame',
      message: 'k0: is not a field of this frame',
    });
  });
});
