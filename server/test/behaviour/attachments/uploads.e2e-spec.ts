import type { Message, MessagePage, Problem, Room } from '@parley/shared';
import { randomBytes, randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { removeExpired } from '../../../src/attachments/clean-up.js';
import { FILE_STORAGE, type FileStorage } from '../../../src/attachments/storage/file-storage.js';
import { Database } from '../../../src/database/database.js';
import { Parley } from '../../support/parley.js';
import { bytes, bytesOf, fileTools, photo, sendFiles, TUS } from '../../support/uploads.js';

const QUOTA = 4_000_000;
const MAX_BYTES = 2_000_000;

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'silent',
    ATTACHMENT_MAX_BYTES: String(MAX_BYTES),
    ATTACHMENTS_MAX: '3',
    ATTACHMENT_QUOTA_BYTES: String(QUOTA),
  });
});
afterAll(() => parley.stop());

const { by, fetchFile, filesOf } = fileTools(() => parley);

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

  it('waits while the storage does not work, and goes on from where it was', async () => {
    const a = await parley.newUser();
    const { url } = await by(a).create('a.txt', 6);
    expect((await by(a).patch(url, 0, bytes('one'))).status).toBe(204);
    const { url: large } = await by(a).create('large.bin', 1_900_000);
    // The folder of the files is a file.
    await rename(parley.filesDir, `${parley.filesDir}-away`);
    await writeFile(parley.filesDir, '');
    try {
      const refused = await by(a).patch(url, 3, bytes('two'));
      expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '5']);
      expect(await refused.json()).toMatchObject({
        code: 'unavailable',
        detail: 'Files cannot be stored or read right now. Try again.',
      });
      expect(await by(a).offset(url)).toBe(3);
      // Also when it fails before all of a request is read.
      expect((await by(a).patch(large, 0, randomBytes(1_900_000))).status).toBe(503);
    } finally {
      await rm(parley.filesDir);
      await rename(`${parley.filesDir}-away`, parley.filesDir);
    }
    expect((await by(a).patch(url, 3, bytes('two'))).status).toBe(204);
  });

  it('is refused at another offset than its own', async () => {
    const a = await parley.newUser();
    const { url } = await by(a).create('a.txt', 10);
    const refused = await by(a).patch(url, 5, bytes('hello'));
    expect([refused.status, ((await refused.json()) as Problem).code]).toEqual([409, 'conflict']);
    expect(await by(a).offset(url)).toBe(0);
  });

  it('takes no more bytes than it announced', async () => {
    const a = await parley.newUser();
    const { url } = await by(a).create('a.txt', 3);
    expect((await by(a).patch(url, 0, bytes('hello'))).status).toBe(413);
    const unannounced = new Response(bytes('hello')).body!;
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
    const answers = await Promise.all([foreign, none].map((path) => by(stranger).patch(path, 0, bytes('x'))));
    const [one, other] = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
    expect(one).toBe(other);
    expect((await by(a).patch(url, 0, bytes('0123456789'))).status).toBe(204);
  });

  it('is gone when it is given up, and 24 hours after it began', async () => {
    const { room, a } = await parley.newRoom();
    const { url, id } = await by(a).create('a.txt', 5);
    await by(a).patch(url, 0, bytes('he'));
    expect((await by(a).remove(url)).status).toBe(204);
    expect((await by(a).head(url)).status).toBe(404);
    expect((await by(a).remove(url)).status).toBe(404);

    const late = await by(a).upload('b.txt', bytes('late'));
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
      body: bytes('{"text":"x"}'),
    });
    expect(answer.status).toBe(415);
  });
});

describe('a message with attachments', () => {
  it('reaches both members with them, by socket, history, room list and sync', async () => {
    const { room, a, b } = await parley.newRoom();
    const [sender, receiver] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    const ids = [await by(a).upload('one.txt', bytes('1')), await by(a).upload('two.txt', bytes('22'))];
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
    const id = await by(a).upload('a.txt', bytes('a'));
    expect((await sendFiles(parley, room, a, [])).status).toBe(400);
    expect((await sendFiles(parley, room, a, [id], { text: '  ' })).body.text).toBe('');
  });

  it('is one message when it is sent again with its client_id, and a conflict with other attachments', async () => {
    const { room, a } = await parley.newRoom();
    const [one, two] = [await by(a).upload('a.txt', bytes('a')), await by(a).upload('b.txt', bytes('b'))];
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
    const foreign = await by(b).upload('b.txt', bytes('b'));
    const { id: begun } = await by(a).create('half.txt', 10);
    const used = await by(a).upload('used.txt', bytes('used'));
    await sendFiles(parley, room, a, [used]);
    const whole = await by(a).upload('a.txt', bytes('a'));
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
    const id = await by(a).upload('a.txt', bytes('a'));
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
