import { readdir } from 'node:fs/promises';
import { AttachmentsCleaner } from '../../../src/attachments/attachments-cleaner.js';
import { removeExpired, type Queries } from '../../../src/attachments/clean-up.js';
import { FILE_STORAGE, type FileStorage } from '../../../src/attachments/storage/file-storage.js';
import { Database, type Statement } from '../../../src/database/database.js';
import { Parley } from '../../support/parley.js';
import { bytes, fileTools } from '../../support/uploads.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

const { by, fetchFile, filesOf, sent } = fileTools(() => parley);

describe('the file of a message', () => {
  it('is served to the two members and to nobody else, as if it did not exist', async () => {
    const { a, b, attachment } = await sent('a.txt', bytes('secret'));
    const stranger = await parley.newUser();
    for (const member of [a, b]) expect((await fetchFile(attachment.url, member)).status).toBe(200);
    const open = await by(a).upload('b.txt', bytes('not sent'));
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
    const { a, attachment } = await sent('a.txt', bytes('hello'));
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
    const { a, attachment } = await (rangeFile ??= sent('n.txt', bytes('0123456789')));
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
    const { a, attachment } = await sent(name, bytes('x'));
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
    const { a, b, room, attachment, message } = await sent('a.txt', bytes('gone soon'));
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

  it('goes with 10,000 others in batches of 100, each looked at once', async () => {
    const owner = await parley.newUser();
    await parley.sql(
      `INSERT INTO attachments (user_id, key, name, declared_type, size, expires_at)
       SELECT $1, gen_random_uuid(), '', '', 1, '-infinity' FROM generate_series(1, 10001)`,
      [owner.id],
    );
    let statements = 0;
    let mostRows = 0;
    const counted: Queries = {
      async query<Row extends object>(statement: Statement, values: unknown[]) {
        const rows = await parley.app.get(Database).query<Row>(statement, values);
        statements += 1;
        mostRows = Math.max(mostRows, rows.length);
        return rows;
      },
    };
    expect(await removeExpired(counted, parley.app.get<FileStorage>(FILE_STORAGE))).toBe(10_001);
    expect([statements, mostRows]).toEqual([2 * 101 + 1, 100]);
    expect(await parley.sql('SELECT FROM attachments WHERE user_id = $1', [owner.id])).toEqual([]);
  });
});
