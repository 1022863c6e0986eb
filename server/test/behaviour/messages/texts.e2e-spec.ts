import {
  hasVisibleText,
  type ErrorCode,
  type Message,
  type Problem,
  type Room,
  type User,
} from '@parley/shared';
import fc from 'fast-check';
import { Parley } from '../../support/parley.js';
import type { TestSocket } from '../../support/test-socket.js';

let parley: Parley;
let room: Room;
let a: User;
let userSocket: TestSocket;
let roomSocket: TestSocket;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
  ({ room, a } = await parley.newRoom());
  userSocket = await parley.userSocket(a.id);
  roomSocket = await parley.roomSocket(room.id);
});
afterAll(() => parley.stop());

/** What became of a text: the stored message, or the refusal. */
type Fate = { message: Message } | { refused: ErrorCode | number; why: string };

const WAYS: Record<string, (text: string) => Promise<Fate>> = {
  'over HTTP': async (text) => {
    const { status, body } = await parley.post<Message & Problem>(`/api/rooms/${room.id}/messages/`, {
      text,
      active_user_id: a.id,
    });
    return status === 201 ? { message: body } : { refused: status, why: body.detail };
  },
  'over the user socket': (text) => ask(userSocket, { type: 'message', room_id: room.id, text }),
  'over a room socket': (text) => ask(roomSocket, { type: 'message', sender_id: a.id, text }),
};

async function ask(socket: TestSocket, frame: object): Promise<Fate> {
  const answer = await socket.ask(frame);
  if (answer.type === 'error') return { refused: answer.code, why: answer.message };
  if (!('message' in answer)) throw new Error('The ack has no message.');
  return { message: answer.message };
}

/** As it lies in the database, and as every read of the server gives it back. */
async function storedTexts(message: Message): Promise<string[]> {
  const [row] = await parley.sql<{ text: string }>('SELECT text FROM messages WHERE id = $1', [message.id]);
  const { body } = await parley.get<{ results: Message[] }>(`/api/rooms/${room.id}/messages/?page_size=1`);
  const { last_message } = await parley.room(room.id, a.id);
  return [message.text, row!.text, body.results[0]!.text, last_message!.text];
}

const emoji = '😀';
const marks = `e${'\u0301'.repeat(3_999)}`;

describe.each(Object.entries(WAYS))('a text %s', (_, send) => {
  it.each([
    ['4,000 letters', 'x'.repeat(4_000)],
    ['4,000 emoji', emoji.repeat(4_000)],
    ['C4: one letter with 3,999 combining marks', marks],
    ['C4: right-to-left and zero-width characters', '\u202eשלום\u202c a\u200bb\u200d\u2066ع\u2069\ufeff!'],
    ['C4: control characters other than NUL', 'a\u0001\u001f\u007f\u0085b'],
    ['white space inside', 'a \t\n\n  b'],
    ['C9: SQL', `'); DROP TABLE messages; --`],
    ['C9: an operator as text', '{"$ne": 1}'],
    ['markup', '<img src=x onerror=alert(1)>&amp;'],
    ['escapes of JSON', '\\u0000 \\" \\\\ \u2028.'],
  ])('is kept byte for byte: %s', async (_name, text) => {
    const fate = await send(text);
    if (!('message' in fate)) throw new Error(fate.why);
    expect(await storedTexts(fate.message)).toEqual([text, text, text, text]);
  });

  it('is trimmed before it is counted and stored', async () => {
    const fate = await send(`\n\t \u00a0\u3000${'x'.repeat(4_000)} \u2003\r\n`);
    expect(fate).toMatchObject({ message: { text: 'x'.repeat(4_000) } });
  });

  it.each([
    ['nothing', '', 'must not be empty'],
    ['white space only', ' \n\t\u00a0\u3000\ufeff', 'must not be empty'],
    ['zero-width spaces only', '\u200b\u200b', 'must not be empty'],
    ['blank Braille cells only', ' \u2800 \u2800', 'must not be empty'],
    ['Hangul fillers only', '\u3164', 'must not be empty'],
    ['4,001 letters', 'x'.repeat(4_001), 'at most 4000 characters'],
    ['4,001 emoji', emoji.repeat(4_001), 'at most 4000 characters'],
    ['C4: 4,001 code points of one letter', `${marks}\u0301`, 'at most 4000 characters'],
    ['C4: NUL', 'a\0b', 'NUL'],
    ['C4: the first half of a surrogate pair', 'a\ud800b', 'surrogate'],
    ['C4: the second half of a surrogate pair', '\udc00', 'surrogate'],
    ['C4: the halves the wrong way round', '\udc00\ud800', 'surrogate'],
  ])('is refused with a sentence and stored nowhere: %s', async (_name, text, sentence) => {
    const before = await parley.room(room.id, a.id);
    const fate = await send(text);
    const why = expect.stringContaining(sentence) as string;
    const isTooLong = sentence.startsWith('at most');
    const codes: (ErrorCode | number)[] = [400, isTooLong ? 'too_long' : 'bad_frame'];
    expect(fate).toEqual({ refused: expect.anything() as unknown, why });
    expect(codes).toContain('refused' in fate && fate.refused);
    expect(await parley.room(room.id, a.id)).toEqual(before);
  });

  it('C4: is stored and returned as it is, or refused, for any string at all', async () => {
    const anyUnit = fc.string({
      unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)),
      maxLength: 50,
    });
    const anyText = fc.oneof(anyUnit, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const fate = await send(text);
        const isFine = hasVisibleText(text) && !text.includes('\0') && text.isWellFormed();
        expect('message' in fate).toBe(isFine);
        if ('message' in fate) expect(fate.message.text).toBe(text.trim());
      }),
      { numRuns: 60 },
    );
  });
});

describe('bytes that are no UTF-8', () => {
  const broken = Buffer.concat([Buffer.from('{"text":"a'), Buffer.from([0xff, 0xc0]), Buffer.from('"}')]);

  it('C4: close a socket with 1007', async () => {
    const socket = await parley.userSocket(a.id);
    socket.raw.send(broken, { binary: false });
    expect(await socket.closed).toMatchObject({ code: 1007 });
  });

  it('C4: are refused over HTTP instead of stored as something else', async () => {
    const before = await parley.room(room.id, a.id);
    const response = await fetch(`${parley.origin}/api/rooms/${room.id}/messages/?active_user=${a.id}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: broken,
    });
    expect(response.status).toBe(400);
    expect(await parley.room(room.id, a.id)).toEqual(before);
  });
});
