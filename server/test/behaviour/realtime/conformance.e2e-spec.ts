import { Parley } from '../../support/parley.js';
import { openSession } from '../../support/sessions.js';
import { clientFrame, OP, Wire } from '../../support/wire.js';

/**
 * C1: the cases of the Autobahn test suite (fuzzingclient 25.10), written down by their numbers, because the suite expects an
 * endpoint that echoes. Ours answers a text with an error that repeats its `ref`: what the suite compares with the echo
 * is compared with that. A binary message is answered with an error. Sections 12 and 13 are permessage-deflate, which is
 * not negotiated (D10). Where the suite accepts more than one outcome, ours is the one that is written here.
 */
let parley: Parley;
let headers: string[];
beforeAll(async () => {
  parley = await Parley.start({ AUTH_MODE: 'accounts', RATE_LIMIT: 'off', LOG_LEVEL: 'silent' });
  headers = [`Authorization: Bearer ${await openSession(parley.databaseUrl, 'autobahn')}`];
});
afterAll(() => parley.stop());

const FIN = 0x80;
const LIMIT = 65_536;
const text = (payload: Buffer | string) => clientFrame(FIN | OP.text, payload);
const ping = (payload: Buffer | string = '') => clientFrame(FIN | OP.ping, payload);
const pong = (payload: Buffer | string = '') => clientFrame(FIN | OP.pong, payload);
const close = (code: number | null, reason: Buffer | string = '') =>
  clientFrame(
    FIN | OP.close,
    code === null ? '' : Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]),
  );
/** A message that is answered with its `ref`. */
const message = (ref: Buffer | string) =>
  Buffer.concat([Buffer.from('{"type":"none","ref":"'), Buffer.from(ref), Buffer.from('"}')]);
/** The same, `bytes` long. */
const padded = (ref: string, bytes: number) => Buffer.from(message(ref).toString().padEnd(bytes));
/** A message in several frames: parts of `size` bytes, with other frames in between. */
const fragments = (payload: Buffer, size: number, between: Buffer[] = []): Buffer[] => {
  const count = Math.max(1, Math.ceil(payload.length / size));
  return Array.from({ length: count }, (_, i) => {
    const first = (i === count - 1 ? FIN : 0) | (i === 0 ? OP.text : OP.continuation);
    return [
      clientFrame(first, payload.subarray(i * size, (i + 1) * size)),
      ...(i < count - 1 ? between : []),
    ];
  }).flat();
};

/** What the server did: its frames in order, then `open` when it still answers a ping, else `ended`. */
async function outcome(frames: Buffer[], chop: number): Promise<string[]> {
  const wire = await Wire.open(parley.origin, '/ws/', headers);
  try {
    await wire.write(Buffer.concat(frames), chop);
    if (!wire.isEnded) await wire.write(ping('the end'));
    const isLast = () =>
      wire.frames.some(({ opcode, payload }) => opcode === OP.pong && payload.equals(Buffer.from('the end')));
    await wire.until(isLast);
    const wasOpen = isLast();
    return [
      ...wire.frames.slice(0, wasOpen ? -1 : undefined).map(({ opcode, payload }) => {
        if (opcode === OP.close)
          return `close ${payload.length === 0 ? 'without a code' : payload.readUInt16BE(0)}`;
        if (opcode === OP.pong) return `pong ${payload.toString('latin1')}`;
        const { type, ref, code } = JSON.parse(payload.toString()) as Record<string, string>;
        return ref === undefined ? `${type} ${code}` : `answer ${ref}`;
      }),
      wasOpen ? 'open' : 'ended',
    ];
  } finally {
    wire.destroy();
  }
}

type Case = [number: string, what: string, frames: Buffer[], expected: string[], chop?: number];
const VIOLATION = ['close 1002', 'ended'];
const NO_UTF8 = ['close 1007', 'ended'];
const TOO_LARGE = ['close 1009', 'ended'];
const ok = (...answers: string[]) => [...answers, 'open'];
const binary = (first: number, bytes: number) => clientFrame(first, Buffer.alloc(bytes, 0xfe));
const SIZES = [125, 126, 127, 128, 65_535, LIMIT];
const ALL_BYTES = Buffer.from([0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff]);
const FF = (count: number) => Buffer.alloc(count, 0x2a);
const tenPings = Array.from({ length: 10 }, (_, i) => ping(`payload-${i}`));
const tenPongs = Array.from({ length: 10 }, (_, i) => `pong payload-${i}`);
const hello = message('Hello');

const FRAMING: Case[] = [
  ['1.1.1', 'a text of 0 bytes', [text('')], ok('error bad_json')],
  ...SIZES.map((size, i): Case => [
    `1.1.${i + 2}`,
    `a text of ${size} bytes`,
    [text(padded('a', size))],
    ok('answer a'),
  ]),
  ['1.1.8', 'a text of 65,536 bytes, 997 at a time', [text(padded('a', LIMIT))], ok('answer a'), 997],
  ...[0, ...SIZES].map((size, i): Case => [
    `1.2.${i + 1}`,
    `${size} bytes`,
    [binary(FIN | OP.binary, size)],
    ok('error bad_frame'),
  ]),
  ['1.2.8', '65,536 bytes, 997 at a time', [binary(FIN | OP.binary, LIMIT)], ok('error bad_frame'), 997],
];

const PINGS: Case[] = [
  ['2.1', 'a ping without a payload', [ping()], ok('pong ')],
  ['2.2', 'a ping with a text', [ping('Hello, world!')], ok('pong Hello, world!')],
  ['2.3', 'a ping with bytes', [ping(ALL_BYTES)], ok(`pong ${ALL_BYTES.toString('latin1')}`)],
  ['2.4', 'a ping with 125 bytes', [ping(FF(125))], ok(`pong ${FF(125).toString()}`)],
  ['2.5', 'a ping with 126 bytes', [ping(FF(126))], VIOLATION],
  ['2.6', 'a ping with 125 bytes, one at a time', [ping(FF(125))], ok(`pong ${FF(125).toString()}`), 1],
  ['2.7', 'a pong that nobody asked for', [pong()], ok()],
  ['2.8', 'a pong with a payload that nobody asked for', [pong('unsolicited')], ok()],
  ['2.9', 'such a pong, then a ping', [pong('unsolicited'), ping('ping')], ok('pong ping')],
  ['2.10', 'ten pings', tenPings, ok(...tenPongs)],
  ['2.11', 'ten pings, one byte at a time', tenPings, ok(...tenPongs), 1],
];

const RESERVED_BITS: Case[] = [
  ['3.1', 'bit 3 in a text', [clientFrame(FIN | 0x10 | OP.text, hello)], VIOLATION],
  [
    '3.2',
    'bit 2 in the second text',
    [text(hello), clientFrame(FIN | 0x20 | OP.text, hello), ping()],
    ['answer Hello', ...VIOLATION],
  ],
  [
    '3.3',
    'bits 2 and 3, in pieces',
    [text(hello), clientFrame(FIN | 0x30 | OP.text, hello), ping()],
    ['answer Hello', ...VIOLATION],
    20,
  ],
  [
    '3.4',
    'bit 1, one byte at a time',
    [text(hello), clientFrame(FIN | 0x40 | OP.text, hello), ping()],
    ['answer Hello', ...VIOLATION],
    1,
  ],
  ['3.5', 'bits 1 and 3 in a binary message', [binary(FIN | 0x50 | OP.binary, 8)], VIOLATION],
  ['3.6', 'bits 1 and 2 in a ping', [clientFrame(FIN | 0x60 | OP.ping, 'x')], VIOLATION],
  ['3.7', 'all of them in a close', [clientFrame(FIN | 0x70 | OP.close)], VIOLATION],
];

const OPCODES: Case[] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode, i): Case[] => {
  const number = opcode < 8 ? `4.1.${i + 1}` : `4.2.${i - 4}`;
  return i % 5 < 2
    ? [[number, `opcode ${opcode}`, [clientFrame(FIN | opcode, i % 2 === 0 ? '' : 'reserved')], VIOLATION]]
    : [
        [
          number,
          `opcode ${opcode} after a text`,
          [text(hello), clientFrame(FIN | opcode), ping()],
          ['answer Hello', ...VIOLATION],
        ],
      ];
});

const nothingToContinue = (first: number) => [clientFrame(first | OP.continuation, 'x'), text(hello)];
const FRAGMENTATION: Case[] = [
  ['5.1', 'a ping in two frames', [clientFrame(OP.ping, 'a'), clientFrame(FIN, 'b')], VIOLATION],
  ['5.2', 'a pong in two frames', [clientFrame(OP.pong, 'a'), clientFrame(FIN, 'b')], VIOLATION],
  ['5.3', 'a text in two frames', fragments(hello, 15), ok('answer Hello')],
  ['5.4', 'a text in two frames, in pieces', fragments(hello, 15), ok('answer Hello'), 7],
  ['5.5', 'a text in two frames, one byte at a time', fragments(hello, 15), ok('answer Hello'), 1],
  ['5.6', 'a ping between two frames', fragments(hello, 15, [ping('p')]), ok('pong p', 'answer Hello')],
  [
    '5.7',
    'a ping between two frames, in pieces',
    fragments(hello, 15, [ping('p')]),
    ok('pong p', 'answer Hello'),
    7,
  ],
  [
    '5.8',
    'a ping between, one byte at a time',
    fragments(hello, 15, [ping('p')]),
    ok('pong p', 'answer Hello'),
    1,
  ],
  ['5.9', 'the end of nothing, before a text', nothingToContinue(FIN), VIOLATION],
  ['5.10', 'the end of nothing, in pieces', nothingToContinue(FIN), VIOLATION, 5],
  ['5.11', 'the end of nothing, one byte at a time', nothingToContinue(FIN), VIOLATION, 1],
  ['5.12', 'a part of nothing, before a text', nothingToContinue(0), VIOLATION],
  ['5.13', 'a part of nothing, in pieces', nothingToContinue(0), VIOLATION, 5],
  ['5.14', 'a part of nothing, one byte at a time', nothingToContinue(0), VIOLATION, 1],
  [
    '5.15',
    'a text in two frames, then a part of nothing',
    [...fragments(hello, 15), ...nothingToContinue(0)],
    ['answer Hello', ...VIOLATION],
  ],
  [
    '5.16',
    'parts of nothing before each text',
    [...nothingToContinue(0), ...fragments(hello, 15)],
    VIOLATION,
  ],
  [
    '5.17',
    'ends of nothing before each text',
    [...nothingToContinue(FIN), ...fragments(hello, 15)],
    VIOLATION,
  ],
  [
    '5.18',
    'a text that begins twice',
    [clientFrame(OP.text, '{'), clientFrame(FIN | OP.text, '}')],
    VIOLATION,
  ],
  [
    '5.19',
    'five frames with pings between',
    fragments(hello, 6, [ping('p')]),
    ok('pong p', 'pong p', 'pong p', 'pong p', 'answer Hello'),
  ],
  [
    '5.20',
    'the same in pieces',
    fragments(hello, 6, [ping('p')]),
    ok('pong p', 'pong p', 'pong p', 'pong p', 'answer Hello'),
    9,
  ],
];

/** From the tables of sections 6.2 and 6.5 to 6.23: first and last of each length, boundaries, non-characters, specials. */
const UTF8 = [
  'ceba',
  'cebae1bdb9cf83cebcceb5',
  'c2a9',
  'e2889a',
  'f0908080',
  'c280',
  'e0a080',
  'f0908080',
  '7f',
  'dfbf',
  'efbfbf',
  'f48fbfbf',
  'ed9fbf',
  'ee8080',
  'efbfbd',
  'efbfbe',
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16].flatMap((plane) =>
    [0xfffe, 0xffff].map((low) => Buffer.from(String.fromCodePoint(plane * 0x1_0000 + low)).toString('hex')),
  ),
  'efbfb9',
  'efbfba',
  'efbfbb',
  'efbfbc',
  'efb790',
  'e280a8',
  '48656c6c6f2dc2b540c39fc3b6c3a4c3bcc3a0c3a12d5554462d382121',
];
/** From 6.3, 6.4, 6.6, 6.8, 6.10 to 6.21: cut, overlong, lonely, impossible, surrogates, beyond U+10FFFF. */
const NOT_UTF8 = [
  'cebae1bdb9cf83cebcceb5eda080656469746564',
  'cebae1bdb9cf83cebcceb5f4908080656469746564',
  'ce',
  'e1bd',
  'f09080',
  'f888808080',
  'fc8480808080',
  'f7bfbfbf',
  'fbbfbfbfbf',
  'fdbfbfbfbfbf',
  'f4908080',
  '80',
  'bf',
  '80bf',
  '80bf80bf80bf80',
  'c0',
  'c020c120c220',
  'e020e120',
  'f020f120',
  'f820f920fa20',
  'fc20fd20',
  'e080',
  'f08080',
  'f8808080',
  'fc80808080',
  'df',
  'efbf',
  'f7bfbf',
  'fbbfbfbf',
  'fdbfbfbfbf',
  'fe',
  'ff',
  'fefeffff',
  'c0af',
  'e080af',
  'f08080af',
  'f8808080af',
  'fc80808080af',
  'c1bf',
  'e09fbf',
  'f08fbfbf',
  'f887bfbfbf',
  'fc83bfbfbfbf',
  'c080',
  'e08080',
  'f0808080',
  'f880808080',
  'fc8080808080',
  'eda080',
  'edadbf',
  'edae80',
  'edafbf',
  'edb080',
  'edbe80',
  'edbfbf',
  'eda080edb080',
  'edadbfedbfbf',
  'edafbfedb080',
];
const bytesOf = (hex: string) => Buffer.from(hex, 'hex');
const euro = message('κόσμε€😀');
const TEXTS: Case[] = [
  ['6.1.1', 'an empty text', [text('')], ok('error bad_json')],
  [
    '6.1.2',
    'three empty frames',
    [clientFrame(OP.text), clientFrame(0), clientFrame(FIN)],
    ok('error bad_json'),
  ],
  [
    '6.1.3',
    'an empty frame, a full one, an empty one',
    [clientFrame(OP.text), clientFrame(0, hello), clientFrame(FIN)],
    ok('answer Hello'),
  ],
  ['6.2.1', 'UTF-8', [text(euro)], ok('answer κόσμε€😀')],
  ['6.2.2', 'UTF-8, cut between characters', fragments(euro, 24), ok('answer κόσμε€😀')],
  ['6.2.3', 'UTF-8, cut everywhere', fragments(euro, 1), ok('answer κόσμε€😀')],
  ['6.2.4', 'UTF-8, cut everywhere, one byte at a time', fragments(euro, 1), ok('answer κόσμε€😀'), 1],
  ...UTF8.map((hex): Case => [
    '6.5',
    `UTF-8: ${hex}`,
    [text(message(bytesOf(hex)))],
    ok(`answer ${bytesOf(hex).toString()}`),
  ]),
  ...NOT_UTF8.map((hex): Case => ['6.6', `no UTF-8: ${hex}`, [text(message(bytesOf(hex)))], NO_UTF8]),
  ['6.3.2', 'no UTF-8, cut everywhere', fragments(message(bytesOf('eda080')), 1), NO_UTF8],
  // The suite calls it non-strict that the end of the message is awaited.
  [
    '6.4.1',
    'no UTF-8 in the second of three frames',
    fragments(message(bytesOf('ceb5f4908080')), 25),
    NO_UTF8,
  ],
];

const VALID_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
const INVALID_CODES = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535];
const CLOSES: Case[] = [
  ['7.1.1', 'a text, then a close', [text(hello), close(1000)], ['answer Hello', 'close 1000', 'ended']],
  ['7.1.2', 'two closes', [close(1000), close(1000)], ['close 1000', 'ended']],
  ['7.1.3', 'a ping after the close', [close(1000), ping('late')], ['close 1000', 'ended']],
  ['7.1.4', 'a text after the close', [close(1000), text(hello)], ['close 1000', 'ended']],
  [
    '7.1.5',
    'a close within a text',
    [clientFrame(OP.text, '{'), close(1000), clientFrame(FIN, '}')],
    ['close 1000', 'ended'],
  ],
  [
    '7.1.6',
    'a close after 256 KiB, which are too many',
    [text(Buffer.alloc(262_144, 0x20)), close(1000)],
    TOO_LARGE,
  ],
  ['7.3.1', 'a close without a payload', [close(null)], ['close without a code', 'ended']],
  ['7.3.2', 'a close with one byte', [clientFrame(FIN | OP.close, 'a')], VIOLATION],
  ['7.3.3', 'a close with a code', [close(1000)], ['close 1000', 'ended']],
  ['7.3.4', 'a close with a reason', [close(1000, 'Hello World!')], ['close 1000', 'ended']],
  ['7.3.5', 'a close with a reason of 123 bytes', [close(1000, FF(123))], ['close 1000', 'ended']],
  ['7.3.6', 'a close with a reason of 124 bytes', [close(1000, FF(124))], VIOLATION],
  ['7.5.1', 'a reason that is no UTF-8', [close(1000, bytesOf('cebaeda080'))], NO_UTF8],
  ...VALID_CODES.map((code, i): Case => [
    `7.7.${i + 1}`,
    `the code ${code}`,
    [close(code)],
    [`close ${code}`, 'ended'],
  ]),
  ...INVALID_CODES.map((code, i): Case => [
    `7.9.${i + 1}`,
    `the code ${code}, which is none`,
    [close(code)],
    VIOLATION,
  ]),
];

const SIZES_AND_PIECES: Case[] = [
  ['9.1.1', 'a text of 64 KiB', [text(padded('a', LIMIT))], ok('answer a')],
  ...[262_144, 1_048_576, 4_194_304].map((size, i): Case => [
    `9.1.${i + 2}`,
    `a text of ${size} bytes`,
    [text(Buffer.alloc(size, 0x20))],
    TOO_LARGE,
  ]),
  ...[262_144, 1_048_576].map((size, i): Case => [
    `9.2.${i + 2}`,
    `${size} bytes`,
    [binary(FIN | OP.binary, size)],
    TOO_LARGE,
  ]),
  ...[1_024, 4_096, 16_384].map((size, i): Case => [
    `9.3.${i + 1}`,
    `64 KiB in frames of ${size} bytes`,
    fragments(padded('a', LIMIT), size),
    ok('answer a'),
  ]),
  ['9.4.1', '256 KiB in frames of 4,096 bytes', fragments(Buffer.alloc(262_144, 0x20), 4_096), TOO_LARGE],
  ...[64, 512, 2_048].map((chop, i): Case => [
    `9.5.${i + 1}`,
    `64 KiB, ${chop} bytes at a time`,
    [text(padded('a', LIMIT))],
    ok('answer a'),
    chop,
  ]),
  ['10.1.1', '64 KiB in frames of 1,300 bytes', fragments(padded('a', LIMIT), 1_300), ok('answer a')],
];

const SECTIONS: [title: string, cases: Case[]][] = [
  ['1: framing', FRAMING],
  ['2: pings and pongs', PINGS],
  ['3: reserved bits', RESERVED_BITS],
  ['4: opcodes', OPCODES],
  ['5: fragmentation', FRAGMENTATION],
  ['6: UTF-8', TEXTS],
  ['7: closing', CLOSES],
  ['9 and 10: sizes and pieces', SIZES_AND_PIECES],
];

describe.each(SECTIONS)('C1: Autobahn %s', (_, cases) => {
  it('every case has the outcome of RFC 6455', async () => {
    const wrong: unknown[] = [];
    for (const [number, what, frames, expected, chop = 0] of cases) {
      const found = await outcome(frames, chop).catch((error: unknown) => [String(error)]);
      if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push({ number, what, expected, found });
    }
    expect(wrong).toEqual([]);
  });
});

it('C1: a frame without a mask closes the socket with 1002', async () => {
  const masked = text(hello);
  const bare = Buffer.concat([Buffer.from([masked[0]!, masked[1]! & 0x7f]), hello]);
  expect(await outcome([bare], 0)).toEqual(VIOLATION);
});
