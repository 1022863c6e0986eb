import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
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
import { photo, sendFiles, Uploader } from '../../support/uploads.js';

/** A server that speaks S3. It knows keys, and does not check signatures; lists of more than 1,000 files fail on current Node. */
let server: S3rver;
let folder: string;
let origin: string;
let parley: Parley;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-s3-'));
  server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: [{ name: 'files', configs: [] }],
  });
  const address = (await server.run()) as unknown as AddressInfo;
  origin = `127.0.0.1:${address.port}`;
  parley = await Parley.start({
    RATE_LIMIT: 'off',
    STORAGE_URL: `s3://S3RVER:S3RVER@${origin}/files/some/prefix?tls=off`,
  });
});
afterAll(async () => {
  await parley.stop();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const storage = () => parley.app.get<FileStorage>(FILE_STORAGE);
const settings = (more: object = {}) => ({
  endpoint: `http://${origin}`,
  bucket: 'files',
  prefix: '',
  region: 'us-east-1',
  accessKeyId: 'S3RVER',
  secretAccessKey: 'S3RVER',
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
});
