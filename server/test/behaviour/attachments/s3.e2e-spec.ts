import { randomBytes, randomUUID } from 'node:crypto';
import { cleanStorage, removeExpired } from '../../../src/attachments/clean-up.js';
import {
  FILE_STORAGE,
  FileMissing,
  StorageError,
  type FileStorage,
} from '../../../src/attachments/storage/file-storage.js';
import { S3Storage } from '../../../src/attachments/storage/s3-storage.js';
import { Database } from '../../../src/database/database.js';
import { Parley } from '../../support/parley.js';
import { S3_KEY, SignedS3 } from '../../support/signed-s3.js';
import { photo, sendFiles, Uploader } from '../../support/uploads.js';

let s3: SignedS3;
let parley: Parley;
beforeAll(async () => {
  s3 = await SignedS3.start('files');
  parley = await Parley.start({
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'silent',
    STORAGE_URL: `s3://${S3_KEY}:${S3_KEY}@${s3.host}/files/some/prefix?tls=off`,
  });
});
afterAll(async () => {
  await parley.stop();
  await s3.stop();
});

const storage = () => parley.app.get<FileStorage>(FILE_STORAGE);
const settings = (more: object = {}) => ({
  endpoint: `http://${s3.host}`,
  bucket: 'files',
  prefix: '',
  region: 'us-east-1',
  accessKeyId: S3_KEY,
  secretAccessKey: S3_KEY,
  ...more,
});

async function paths(of: FileStorage): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of of.list()) found.push(path);
  return found.toSorted();
}

describe('S3', () => {
  it('keeps uploads, parts, thumbnails and ranges, and nothing of what is removed', async () => {
    const { room, a, b } = await parley.newRoom();
    const uploader = new Uploader(parley, a.id);
    const content = randomBytes(1_200_000);
    const { url, id } = await uploader.create('data.bin', content.length);
    expect((await uploader.patch(url, 0, content.subarray(0, 700_000))).status).toBe(204);
    expect((await paths(storage())).length).toBe(1);
    expect((await uploader.patch(url, 700_000, content.subarray(700_000))).status).toBe(204);
    const image = await uploader.upload('photo.jpg', await photo());
    const { body } = await sendFiles(parley, room, a, [id, image]);

    const get = (path: string, headers = {}) =>
      fetch(`${parley.origin}${path}?active_user=${b.id}`, { headers });
    const [file, picture] = body.attachments;
    expect(Buffer.from(await (await get(file!.url)).arrayBuffer()).equals(content)).toBe(true);
    const part = await get(file!.url, { Range: 'bytes=699990-700009' });
    expect(Buffer.from(await part.arrayBuffer()).equals(content.subarray(699_990, 700_010))).toBe(true);
    expect((await get(picture!.thumbnail_url!)).headers.get('Content-Type')).toBe('image/webp');
    expect((await paths(storage())).map((path) => path.split('/')[1])).toEqual(
      expect.arrayContaining(['file', 'file', 'thumbnail']),
    );

    await storage().put(`${randomUUID()}/file`, Buffer.from('orphan'));
    expect(await cleanStorage(parley.app.get(Database), storage(), false)).toMatchObject({
      orphans: { files: 1, bytes: 6 },
      missing: { attachments: 0 },
    });
    await parley.sql(`UPDATE attachments SET room_id = NULL, seq = NULL, expires_at = '-infinity'`);
    expect(await removeExpired(parley.app.get(Database), storage())).toBe(2);
    expect(await paths(storage())).toEqual([]);
  });

  it('says what is wrong, without the key', async () => {
    await expect(new S3Storage(settings()).read('none/file')).rejects.toBeInstanceOf(FileMissing);
    const wrongKey = new S3Storage(settings({ accessKeyId: 'nobody', secretAccessKey: 'a-wrong-secret' }));
    const error: unknown = await wrongKey.put('a/file', Buffer.from('x')).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StorageError);
    expect(String(error)).toMatch(/answers 403 InvalidAccessKeyId to PUT/);
    expect(String(error)).not.toContain('a-wrong-secret');
    const nobody = new S3Storage(settings({ endpoint: 'http://127.0.0.1:1' }));
    await expect(nobody.put('a/file', Buffer.from('x'))).rejects.toThrow('does not answer to PUT');
  });

  it('takes only what is signed with the key, for this request and this content', async () => {
    const wrongSecret = new S3Storage(settings({ secretAccessKey: 'a-wrong-secret' }));
    await expect(wrongSecret.put('a/file', Buffer.from('x'))).rejects.toThrow('403 SignatureDoesNotMatch');
    const otherRegion = new S3Storage(settings({ region: 'eu-central-1' }));
    await expect(otherRegion.read('a/file')).rejects.toThrow('403 SignatureDoesNotMatch');

    // The check is one: a request that passed does not pass for another file, method or content.
    const path = `${randomUUID()}/file`;
    const own = new S3Storage(settings());
    await own.put(path, Buffer.from('mine'));
    const { url, headers } = s3.passed.at(-1)!;
    const again = (to: string, method: string, body?: string) =>
      fetch(`http://${s3.host}${to}`, {
        method,
        headers: Object.fromEntries(
          ['authorization', 'x-amz-date', 'x-amz-content-sha256'].map((name) => [
            name,
            String(headers[name]),
          ]),
        ),
        ...(body === undefined ? {} : { body }),
      });
    expect((await again(url, 'PUT', 'mine')).status).toBe(200);
    expect((await again(`${url}2`, 'PUT', 'mine')).status).toBe(403);
    expect((await again(url, 'DELETE')).status).toBe(403);
    await own.remove(path);
  });

  it('lists, cleans and removes more files than one page of a list has', async () => {
    s3.pageSize = 100;
    const folder = randomUUID();
    const put = (n: number) =>
      storage().put(`${n < 5 ? folder : randomUUID()}/part-${n}-1`, Buffer.from('x'));
    for (let n = 0; n < 255; n += 15) await Promise.all(Array.from({ length: 15 }, (_, k) => put(n + k)));
    const before = s3.passed.length;
    const found = await cleanStorage(parley.app.get(Database), storage(), true);
    expect(found.orphans).toMatchObject({ files: 255, bytes: 255 });
    expect(found.orphans.paths).toHaveLength(100);
    expect(s3.passed.length - before).toBe(3);

    await storage().removeFolder(folder);
    expect((await paths(storage())).length).toBe(250);
    // Pages follow each other while what they name is removed.
    expect(await cleanStorage(parley.app.get(Database), storage(), false)).toMatchObject({
      orphans: { files: 250 },
    });
    expect(await paths(storage())).toEqual([]);
  });

  it('that is away makes uploads wait', async () => {
    const a = await parley.newUser();
    const uploader = new Uploader(parley, a.id);
    const { url } = await uploader.create('a.txt', 3);
    s3.isAway = true;
    const refused = await uploader.patch(url, 0, Buffer.from('one'));
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '5']);
    s3.isAway = false;
    expect((await uploader.patch(url, 0, Buffer.from('one'))).status).toBe(204);
  });
});
