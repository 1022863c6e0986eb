import type { Message, MessagePage, Problem, Room, User } from '@parley/shared';
import { randomBytes, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import sharp from 'sharp';
import { AttachmentsCleaner } from '../../../src/attachments/attachments-cleaner.js';
import { removeExpired } from '../../../src/attachments/clean-up.js';
import { FILE_STORAGE, type FileStorage } from '../../../src/attachments/storage/file-storage.js';
import { Database } from '../../../src/database/database.js';
import { Parley } from '../../support/parley.js';
import { photo, sendFiles, TUS, Uploader } from '../../support/uploads.js';

const QUOTA = 4_000_000;
const MAX_BYTES = 2_000_000;

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({
    RATE_LIMIT: 'off',
    ATTACHMENT_MAX_BYTES: String(MAX_BYTES),
    ATTACHMENTS_MAX: '3',
    ATTACHMENT_QUOTA_BYTES: String(QUOTA),
    IMAGE_MAX_PIXELS: '4000000',
  });
});
afterAll(() => parley.stop());

const by = (user: Pick<User, 'id'>) => new Uploader(parley, user.id);
const text = (content: string) => new TextEncoder().encode(content);
const fetchFile = (url: string, user: Pick<User, 'id'>, headers: Record<string, string> = {}) =>
  fetch(`${parley.origin}${url}?active_user=${user.id}`, { headers });
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

async function sent(name: string, content: Uint8Array, type?: string) {
  const { room, a, b } = await parley.newRoom();
  const id = await by(a).upload(name, content, type);
  const { body, status } = await sendFiles(parley, room, a, [id]);
  expect(status).toBe(201);
  return { room, a, b, message: body, attachment: body.attachments[0]! };
}

async function filesOf(id: number): Promise<string[]> {
  const [row] = await parley.sql<{ key: string }>('SELECT key FROM attachments WHERE id = $1', [id]);
  if (!row) return [];
  return readdir(`${parley.filesDir}/${row.key.slice(0, 2)}/${row.key}`).catch(() => []);
}

describe('an upload', () => {
  it('is described by OPTIONS', async () => {
    const response = await fetch(`${parley.origin}/api/uploads/`, { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('Tus-Version')).toBe('1.0.0');
    expect(response.headers.get('Tus-Extension')).toBe(
      'creation,creation-with-upload,termination,expiration',
    );
  });

  it('goes on where it broke off, in the middle of a request too', async () => {
    const { room, a, b } = await parley.newRoom();
    const content = randomBytes(1_500_000);
    const { url, id, response } = await by(a).create('data.bin', content.length);
    expect(response.status).toBe(201);
    expect((await by(a).patch(url, 0, content.subarray(0, 1_000))).headers.get('Upload-Offset')).toBe('1000');
    // The connection breaks after some of the rest.
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(content.subarray(1_000, 1_300_000)),
      pull: (controller) => controller.error(new Error('the line is cut')),
    });
    await expect(by(a).patch(url, 1_000, broken)).rejects.toThrow();
    let offset = 1_000;
    for (let attempt = 0; offset === 1_000 && attempt < 100; attempt++) offset = await by(a).offset(url);
    const head = await by(a).head(url);
    expect(head.headers.get('Upload-Length')).toBe('1500000');
    expect(
      Date.parse(
        (await by(a).patch(url, offset, content.subarray(offset, offset + 1))).headers.get('Upload-Expires')!,
      ),
    ).toBeGreaterThan(Date.now() + 86_000_000);
    expect((await by(a).patch(url, offset + 1, content.subarray(offset + 1))).status).toBe(204);

    const { body } = await sendFiles(parley, room, a, [id]);
    expect(body.attachments).toEqual([
      {
        id,
        name: 'data.bin',
        type: 'application/octet-stream',
        size: 1_500_000,
        url: `/api/attachments/${id}/data.bin`,
      },
    ]);
    expect((await bytesOf(await fetchFile(body.attachments[0]!.url, b))).equals(content)).toBe(true);
    expect(await filesOf(id)).toEqual(['file']);
  });

  it('is refused at another offset than its own', async () => {
    const a = await parley.newUser();
    const { url } = await by(a).create('a.txt', 10);
    const refused = await by(a).patch(url, 5, text('hello'));
    expect([refused.status, ((await refused.json()) as Problem).code]).toEqual([409, 'conflict']);
    expect(await by(a).offset(url)).toBe(0);
  });

  it('takes no more bytes than it announced', async () => {
    const a = await parley.newUser();
    const { url } = await by(a).create('a.txt', 3);
    expect((await by(a).patch(url, 0, text('hello'))).status).toBe(413);
    const unannounced = new Response(text('hello')).body!;
    expect((await by(a).patch(url, 0, unannounced)).status).toBe(413);
  });

  it.each([
    ['no length', {}, 400],
    ['a length that comes later', { 'Upload-Defer-Length': '1' }, 400],
    ['nothing', { 'Upload-Length': '0' }, 400],
    ['a negative length', { 'Upload-Length': '-5' }, 400],
    ['a length that is no number', { 'Upload-Length': '5e3' }, 400],
    ['more than the limit', { 'Upload-Length': String(MAX_BYTES + 1) }, 413],
    ['metadata that is not Base64', { 'Upload-Length': '5', 'Upload-Metadata': 'filename %%%' }, 400],
    ['another version of tus', { 'Upload-Length': '5', 'Tus-Resumable': '0.2.2' }, 400],
  ])('is refused with %s', async (_, headers, status) => {
    const answer = await fetch(`${parley.origin}/api/uploads/?active_user=1`, {
      method: 'POST',
      headers: { ...TUS, ...headers } as Record<string, string>,
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
  });

  it('of another user does not exist, whatever is done to it, and is not disturbed', async () => {
    const [a, stranger] = [await parley.newUser(), await parley.newUser()];
    const { url } = await by(a).create('a.txt', 10);
    const foreign = url.replace(`active_user=${a.id}`, `active_user=${stranger.id}`);
    const none = foreign.replace(/uploads\/\d+/, 'uploads/999999999');
    for (const act of ['head', 'remove'] as const) {
      expect((await by(stranger)[act](foreign)).status).toBe(404);
    }
    const answers = await Promise.all([foreign, none].map((path) => by(stranger).patch(path, 0, text('x'))));
    const [one, other] = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    expect(one).toBe(other);
    expect((await by(a).patch(url, 0, text('0123456789'))).status).toBe(204);
  });

  it('is gone when it is given up, and 24 hours after it began', async () => {
    const { room, a } = await parley.newRoom();
    const { url, id } = await by(a).create('a.txt', 5);
    await by(a).patch(url, 0, text('he'));
    expect((await by(a).remove(url)).status).toBe(204);
    expect((await by(a).head(url)).status).toBe(404);
    expect((await by(a).remove(url)).status).toBe(404);

    const late = await by(a).upload('b.txt', text('late'));
    await parley.sql(`UPDATE attachments SET expires_at = now() - interval '2 minutes' WHERE id = $1`, [
      late,
    ]);
    expect((await sendFiles(parley, room, a, [late])).body.errors?.[0]?.field).toBe('attachments');

    expect((await filesOf(late)).length).toBe(1);
    await removeExpired(parley.app.get(Database), parley.app.get<FileStorage>(FILE_STORAGE));
    expect(await filesOf(late)).toEqual([]);
    expect(await parley.sql('SELECT FROM attachments WHERE id = ANY ($1)', [[id, late]])).toEqual([]);
  });

  it('is refused beyond the quota, also when many begin at once', async () => {
    const { room, a, b } = await parley.newRoom();
    const created = await Promise.all(Array.from({ length: 8 }, () => by(a).create('a.bin', QUOTA / 4)));
    const statuses = created.map(({ response }) => response.status);
    expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(4);
    expect(statuses.filter((status) => status !== 201)).toEqual(expect.arrayContaining([403]));
    for (const { url, response } of created) if (response.status === 201) await by(a).remove(url);
    expect((await by(a).create('a.bin', 1_000_000)).response.status).toBe(201);
    expect((await by(b).create('a.bin', 1_000_000)).response.status).toBe(201);
    expect(room.id).toBeGreaterThan(0);
  });

  it('is refused as the 101st that is not sent', async () => {
    const a = await parley.newUser();
    const statuses: number[] = [];
    for (let n = 0; n <= 100; n++) statuses.push((await by(a).create('a.txt', 1)).response.status);
    expect(statuses.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => 201));
    expect(statuses[100]).toBe(403);
  });

  it('is not taken as the body of another call', async () => {
    const { room, a } = await parley.newRoom();
    const answer = await fetch(`${parley.origin}/api/rooms/${room.id}/messages/?active_user=${a.id}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/offset+octet-stream' },
      body: text('{"text":"x"}'),
    });
    expect(answer.status).toBe(415);
  });
});

describe('a message with attachments', () => {
  it('reaches both members with them, by socket, history, room list and sync', async () => {
    const { room, a, b } = await parley.newRoom();
    const [sender, receiver] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    const ids = [await by(a).upload('one.txt', text('1')), await by(a).upload('two.txt', text('22'))];
    const ack = await sender.ask({
      type: 'message',
      room_id: room.id,
      text: 'see',
      attachments: ids.toReversed(),
    });
    const { message } = ack as unknown as { message: Message };
    expect(message.attachments.map(({ id, name, size, type }) => [id, name, size, type])).toEqual([
      [ids[1], 'two.txt', 2, 'text/plain'],
      [ids[0], 'one.txt', 1, 'text/plain'],
    ]);
    expect((await receiver.next('message')).message.attachments).toEqual(message.attachments);
    const page = await parley.get<MessagePage>(`/api/rooms/${room.id}/messages/?active_user=${b.id}`);
    expect(page.body.results[0]!.attachments).toEqual(message.attachments);
    const list = await parley.get<Room[]>(`/api/rooms/?active_user=${b.id}`);
    expect(list.body[0]!.last_message!.attachments).toEqual(message.attachments);
    const sync = await receiver.ask({ type: 'sync', rooms: { [room.id]: 0 } });
    expect(JSON.stringify(sync)).toContain(message.attachments[0]!.url);
  });

  it('has an empty text if it likes, which a message without attachments may not', async () => {
    const { room, a } = await parley.newRoom();
    const id = await by(a).upload('a.txt', text('a'));
    expect((await sendFiles(parley, room, a, [])).status).toBe(400);
    expect((await sendFiles(parley, room, a, [id], { text: '  ' })).body.text).toBe('');
  });

  it('is one message when it is sent again with its client_id, and a conflict with other attachments', async () => {
    const { room, a } = await parley.newRoom();
    const [one, two] = [await by(a).upload('a.txt', text('a')), await by(a).upload('b.txt', text('b'))];
    const clientId = randomUUID();
    const first = await sendFiles(parley, room, a, [one], { client_id: clientId });
    const again = await sendFiles(parley, room, a, [one], { client_id: clientId });
    expect([again.status, again.body.id, again.body.attachments]).toEqual([
      200,
      first.body.id,
      first.body.attachments,
    ]);
    expect((await sendFiles(parley, room, a, [two], { client_id: clientId })).status).toBe(409);
    expect((await sendFiles(parley, room, a, [], { client_id: clientId, text: 'x' })).status).toBe(409);
    const frames = await Promise.all(
      Array.from({ length: 5 }, () => sendFiles(parley, room, a, [two], { client_id: randomUUID() })),
    );
    expect(frames.map(({ status }) => status).toSorted()).toEqual([201, 400, 400, 400, 400]);
  });

  it('takes nothing but complete uploads of its sender that are in no message, and says the same of all others', async () => {
    const { room, a, b } = await parley.newRoom();
    const foreign = await by(b).upload('b.txt', text('b'));
    const { id: begun } = await by(a).create('half.txt', 10);
    const used = await by(a).upload('used.txt', text('used'));
    await sendFiles(parley, room, a, [used]);
    const whole = await by(a).upload('a.txt', text('a'));
    const before = await parley.room(room.id, a.id);
    const details = new Set<string>();
    for (const ids of [[foreign], [begun], [used], [9_999_999], [whole, whole], [whole, foreign]]) {
      const { status, body } = await sendFiles(parley, room, a, ids);
      expect(status).toBe(400);
      details.add(body.detail);
    }
    expect(details.size).toBe(1);
    expect((await parley.room(room.id, a.id)).last_seq).toBe(before.last_seq);
    // None of that has used up what was whole, and the owner of the other still can send it.
    expect((await sendFiles(parley, room, a, [whole])).status).toBe(201);
    expect((await sendFiles(parley, room, b, [foreign])).status).toBe(201);
  });

  it('refuses a list that is too long before it looks at the entries (D: 10,000 attachments)', async () => {
    const { room, a } = await parley.newRoom();
    const many = Array.from({ length: 4_000 }, (_, n) => n + 1);
    expect((await sendFiles(parley, room, a, many)).status).toBe(400);
    expect((await sendFiles(parley, room, a, [1, 2, 3, 4])).body.errors).toEqual([
      { field: 'attachments', message: 'must be at most 3' },
    ]);
    const socket = await parley.userSocket(a.id);
    for (const attachments of [many, [0], [1.5], ['1'], { 0: 1 }, [null]]) {
      const answer = await socket.ask({ type: 'message', room_id: room.id, text: 'x', attachments });
      expect(answer).toMatchObject({ type: 'error', code: 'bad_frame' });
    }
  });

  it('shares a batch with plain messages, each with what it has', async () => {
    const { room, a } = await parley.newRoom();
    const socket = await parley.userSocket(a.id);
    const id = await by(a).upload('a.txt', text('a'));
    const answers = await Promise.all(
      Array.from({ length: 9 }, (_, n) =>
        socket.ask({
          type: 'message',
          room_id: room.id,
          text: `${n}`,
          ...(n === 4 ? { attachments: [id] } : {}),
        }),
      ),
    );
    const messages = answers.map((answer) => (answer as unknown as { message: Message }).message);
    expect(messages.map(({ attachments }) => attachments.length)).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
  });

  it('finishes an upload that the server had no time to look at', async () => {
    const { room, a } = await parley.newRoom();
    const id = await by(a).upload(
      'a.png',
      await sharp(await photo(100, 50))
        .png()
        .toBuffer(),
    );
    const [row] = await parley.sql<{ key: string }>('SELECT key FROM attachments WHERE id = $1', [id]);
    const content = await sharp(await photo(100, 50))
      .png()
      .toBuffer();
    const storage = parley.app.get<FileStorage>(FILE_STORAGE);
    await storage.put(`${row!.key}/part-0-${content.length}`, content);
    await parley.sql(
      `UPDATE attachments SET type = NULL, width = NULL, size = $2::int, received = $2::int, parts = ARRAY[$2::int] WHERE id = $1`,
      [id, content.length],
    );
    const { body } = await sendFiles(parley, room, a, [id]);
    expect(body.attachments[0]).toMatchObject({ type: 'image/png', width: 100, height: 50 });
  });
});

describe('the file of a message', () => {
  it('is served to the two members and to nobody else, as if it did not exist', async () => {
    const { a, b, attachment } = await sent('a.txt', text('secret'));
    const stranger = await parley.newUser();
    for (const member of [a, b]) expect((await fetchFile(attachment.url, member)).status).toBe(200);
    const open = await by(a).upload('b.txt', text('not sent'));
    const answers = await Promise.all([
      fetchFile(attachment.url, stranger),
      fetchFile('/api/attachments/999999999/a.txt', stranger),
      fetchFile(`/api/attachments/${open}/b.txt`, b),
      fetchFile('/api/attachments/abc/a.txt', stranger),
      fetchFile(`/api/attachments/${attachment.id}/thumbnail/a.webp`, b),
    ]);
    const texts = new Set(await Promise.all(answers.map((answer) => answer.text())));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect(texts.size).toBe(1);
  });

  it('has headers that keep it a file', async () => {
    const { a, attachment } = await sent('a.txt', text('hello'));
    const { headers } = await fetchFile(attachment.url, a);
    expect(Object.fromEntries(headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      'content-disposition': `attachment; filename="a.txt"; filename*=UTF-8''a.txt`,
      'content-length': '5',
      'content-type': 'text/plain; charset=utf-8',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'none';.*; sandbox;/);
    const etag = headers.get('ETag')!;
    expect((await fetchFile(attachment.url, a, { 'If-None-Match': etag })).status).toBe(304);
    expect((await fetchFile(attachment.url, a, { 'If-None-Match': '"other"' })).status).toBe(200);
  });

  it.each([
    ['bytes=0-3', 206, 'bytes 0-3/10', '0123'],
    ['bytes=4-', 206, 'bytes 4-9/10', '456789'],
    ['bytes=-2', 206, 'bytes 8-9/10', '89'],
    ['bytes=5-99', 206, 'bytes 5-9/10', '56789'],
    ['bytes=10-', 416, 'bytes */10', null],
    ['bytes=-0', 416, 'bytes */10', null],
    ['bytes=3-1', 200, null, '0123456789'],
    ['bytes=0-1,3-4', 200, null, '0123456789'],
    ['lines=0-1', 200, null, '0123456789'],
  ])('obeys Range: %s', async (range, status, contentRange, content) => {
    const { a, attachment } = await (rangeFile ??= sent('n.txt', text('0123456789')));
    const answer = await fetchFile(attachment.url, a, { Range: range });
    expect([answer.status, answer.headers.get('Content-Range')]).toEqual([status, contentRange]);
    if (content !== null) expect(await answer.text()).toBe(content);
    const stale = await fetchFile(attachment.url, a, { Range: range, 'If-Range': '"old"' });
    expect([stale.status, await stale.text()]).toEqual([200, '0123456789']);
  });
  let rangeFile: ReturnType<typeof sent> | undefined;

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\boot.ini', 'boot.ini'],
    ['..', 'file'],
    ['a\u0000b\r\nSet-Cookie: x.txt', 'abSet-Cookie: x.txt'],
    ['photo\u202Egnp.exe', 'photognp.exe'],
    ['"; filename="evil.html', '"; filename="evil.html'],
    [`${'x'.repeat(300)}.pdf`, `${'x'.repeat(251)}.pdf`],
    ['Résumé 履歴書.txt', 'Résumé 履歴書.txt'],
  ])('takes the name %j for a name and not for a path', async (name, expected) => {
    const { a, attachment } = await sent(name, text('x'));
    expect(attachment.name).toBe(expected);
    const answer = await fetchFile(attachment.url, a);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Set-Cookie')).toBeNull();
    expect(answer.headers.get('Content-Disposition')).toMatch(
      /^attachment; filename="[^"\\]*"; filename\*=UTF-8''[\w.!#$&+^`|~%-]*$/,
    );
    expect(await readdir(`${parley.filesDir}/..`)).not.toContain(expected);
  });

  it('is gone with the content of its message, and the file with the clean-up', async () => {
    const { a, b, room, attachment, message } = await sent('a.txt', text('gone soon'));
    await parley.sql(
      `WITH room AS (SELECT id, rev FROM rooms WHERE id = $1 FOR NO KEY UPDATE),
            target AS (SELECT room_id, seq FROM messages WHERE room_id = $1 AND seq = $2), ${(await import('../../../src/messages/content-removal.sql.js')).REMOVE_CONTENT}
       SELECT 1`,
      [room.id, message.seq],
    );
    for (const user of [a, b]) expect((await fetchFile(attachment.url, user)).status).toBe(404);
    const [shown] = await parley.history(room.id);
    expect(shown).toMatchObject({ text: '', attachments: [] });
    expect(await parley.sql('SELECT name FROM attachments WHERE id = $1', [attachment.id])).toEqual([
      { name: '' },
    ]);
    expect(await filesOf(attachment.id)).toEqual(['file']);
    await removeExpired(parley.app.get(Database), parley.app.get<FileStorage>(FILE_STORAGE));
    expect(await filesOf(attachment.id)).toEqual([]);
    expect(parley.app.get(AttachmentsCleaner)).toBeDefined();
  });
});

describe('the content of a file', () => {
  const zip = Buffer.from(
    'UEsDBBQAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAYVBLAQIUABQAAAAAAAAAIQAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAABhUEsFBgAAAAABAAEALwAAAB8AAAAAAA==',
    'base64',
  );
  const svg = text('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  const html = text('<!doctype html><script>alert(document.domain)</script>');
  const pdf = text('%PDF-1.4\n%âãÏÓ\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF');

  it.each([
    ['a zip that is called a png', 'a.png', zip, 'application/zip', 'attachment'],
    ['HTML that is called a jpg', 'a.jpg', html, 'text/plain', 'attachment'],
    ['a PDF', 'a.pdf', pdf, 'application/pdf', 'inline'],
  ])('decides the type of %s', async (_, name, content, type, disposition) => {
    const { a, attachment } = await sent(name, content, 'image/png');
    expect(attachment.type).toBe(type);
    const answer = await fetchFile(attachment.url, a);
    expect(answer.headers.get('Content-Type')?.split(';')[0]).toBe(type);
    expect(answer.headers.get('Content-Disposition')?.split(';')[0]).toBe(disposition);
  });

  it('never lets an SVG be shown', async () => {
    for (const content of [svg, Buffer.concat([Buffer.from('<?xml version="1.0"?>'), svg])]) {
      const { a, attachment } = await sent('a.svg', content, 'image/svg+xml');
      const answer = await fetchFile(attachment.url, a);
      expect(answer.headers.get('Content-Disposition')).toMatch(/^attachment/);
      expect(attachment.width).toBeUndefined();
    }
  });

  it('of a photo is upright, without where and with what it was taken, and has a thumbnail', async () => {
    const original = await photo();
    expect(original.includes('Camera of alice')).toBe(true);
    expect((await sharp(original).metadata()).exif?.includes(Buffer.from([0x88, 0x25]))).toBeDefined();
    const { b, attachment } = await sent('photo.jpg', original);
    expect(attachment).toMatchObject({ type: 'image/jpeg', width: 800, height: 1_200 });
    const file = await bytesOf(await fetchFile(attachment.url, b));
    const { width, height, exif, xmp, orientation } = await sharp(file).metadata();
    expect({ width, height, exif, xmp, orientation: orientation ?? 1 }).toEqual({
      width: 800,
      height: 1_200,
      exif: undefined,
      xmp: undefined,
      orientation: 1,
    });
    expect(file.includes('Camera of alice')).toBe(false);
    expect(file.length).toBe(attachment.size);
    const answer = await fetchFile(attachment.thumbnail_url!, b);
    expect(answer.headers.get('Content-Type')).toBe('image/webp');
    expect((await sharp(await bytesOf(answer)).metadata()).height).toBe(720);
  });

  it.each(['png', 'webp', 'gif'] as const)('of a %s loses what stands behind its end', async (format) => {
    const image = await sharp(await photo(40, 30))
      .toFormat(format)
      .toBuffer();
    const { a, attachment } = await sent(
      `a.${format}`,
      Buffer.concat([image, Buffer.from('<script>alert(1)</script>'), zip]),
    );
    expect(attachment.type).toBe(`image/${format}`);
    const file = await bytesOf(await fetchFile(attachment.url, a));
    expect(file.includes('<script>')).toBe(false);
  });

  it('of a GIF that moves goes on moving', async () => {
    const frames = await sharp(Buffer.alloc(20 * 40 * 3, 200), {
      raw: { width: 20, height: 40, channels: 3, pageHeight: 20 },
    })
      .gif({ delay: [100, 100] })
      .toBuffer();
    const pages = (await sharp(frames, { animated: true }).metadata()).pages ?? 1;
    const { a, attachment } = await sent('a.gif', frames);
    expect([attachment.width, attachment.height]).toEqual([20, 20]);
    const file = await bytesOf(await fetchFile(attachment.url, a));
    expect((await sharp(file, { animated: true }).metadata()).pages ?? 1).toBe(pages);
  });

  it('with too many pixels is refused before it is decoded', async () => {
    const a = await parley.newUser();
    // 40,000 by 40,000 pixels in a few hundred bytes: decoded they would be 4.8 GB.
    const bomb = bombOf(
      await sharp({ create: { width: 8, height: 8, channels: 3, background: '#000' } })
        .png()
        .toBuffer(),
      40_000,
    );
    const before = process.memoryUsage().rss;
    expect(await by(a).refusal('bomb.png', bomb)).toMatchObject({
      status: 400,
      errors: [{ field: 'file', message: 'must have at most 4000000 pixels, over all frames' }],
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
  });

  it('that begins like an image and is none is refused, and cannot be sent', async () => {
    const { room, a } = await parley.newRoom();
    const image = await photo(64, 64);
    const broken = Buffer.concat([image.subarray(0, 200), randomBytes(3_000)]);
    const { url, id } = await by(a).create('a.jpg', broken.length);
    expect((await by(a).patch(url, 0, broken)).status).toBe(400);
    expect((await by(a).head(url)).status).toBe(404);
    expect((await sendFiles(parley, room, a, [id])).status).toBe(400);
  });

  it('of an image whose place cannot be removed is refused', async () => {
    const a = await parley.newUser();
    const heic = Buffer.concat([
      Buffer.from('0000001c66747970686569630000000068656963', 'hex'),
      Buffer.from('mif1'),
      Buffer.alloc(200),
    ]);
    expect((await by(a).refusal('IMG_0001.HEIC', heic)).errors?.[0]?.message).toContain('image/heic');
  });
});

/** A PNG whose header says that it is larger than it is. */
function bombOf(png: Buffer, side: number): Buffer {
  const bomb = Buffer.from(png);
  bomb.writeUInt32BE(side, 16);
  bomb.writeUInt32BE(side, 20);
  bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
  return bomb;
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
