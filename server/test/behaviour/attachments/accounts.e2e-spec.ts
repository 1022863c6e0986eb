import type { Message, Room } from '@parley/shared';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { cleanStorage } from '../../../src/attachments/clean-up.js';
import { FILE_STORAGE, type FileStorage } from '../../../src/attachments/storage/file-storage.js';
import { Database } from '../../../src/database/database.js';
import { accountTools, PASSWORD, type Person } from '../../support/accounts.js';
import { runAdmin } from '../../support/admin.js';
import { Parley } from '../../support/parley.js';
import { bearer } from '../../support/sessions.js';
import { Uploader } from '../../support/uploads.js';

// Commands are processes of their own.
jest.setTimeout(60_000);

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ AUTH_MODE: 'accounts', REGISTRATION: 'open', RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

const { newPerson, registered, roomOf, statusOf } = accountTools(() => parley);
const by = ({ user, token }: Person) => new Uploader(parley, user.id, token);
const text = (content: string) => new TextEncoder().encode(content);

async function sendFile(sender: Person, room: Room, name: string, content: string): Promise<Message> {
  const attachments = [await by(sender).upload(name, text(content))];
  const path = `/api/rooms/${room.id}/messages/`;
  const answer = await parley.call<Message>('POST', path, {
    body: { text: '', attachments },
    headers: bearer(sender.token),
  });
  expect(answer.status).toBe(201);
  return answer.body;
}

const urlOf = (message: Message) => message.attachments[0]!.url;
const statusFor = ({ token }: Person, message: Message) => statusOf('GET', urlOf(message), token);

const keyOf = async ({ attachments: [attachment] }: Message) =>
  (await parley.sql<{ key: string }>('SELECT key FROM attachments WHERE id = $1', [attachment!.id]))[0]!.key;
const folder = (key: string) => `${parley.filesDir}/${key.slice(0, 2)}/${key}`;
const clean = (...more: string[]) =>
  runAdmin({ DATABASE_URL: parley.databaseUrl, STORAGE_DIR: parley.filesDir }, [
    'storage:clean',
    '--json',
    ...more,
  ]);

describe('with accounts an attachment', () => {
  it('is served with a session only, whatever user the URL names', async () => {
    const [a, b, c] = [await newPerson(), await newPerson(), await newPerson()];
    const message = await sendFile(a, await roomOf(a, b), 'a.txt', 'secret');
    expect([await statusFor(a, message), await statusFor(b, message), await statusFor(c, message)]).toEqual([
      200, 200, 404,
    ]);
    expect(await statusOf('GET', urlOf(message), null)).toBe(401);
    expect(await statusOf('GET', `${urlOf(message)}?active_user=${a.user.id}`, c.token)).toBe(403);
  });

  it('that a blocked user sends is stored, and not there for the user who has blocked', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    await sendFile(a, room, 'first.txt', 'x');
    const before = await sendFile(b, room, 'before.txt', 'x');
    expect(await statusOf('POST', `/api/users/${b.user.id}/block/`, a.token)).toBe(204);
    const after = await sendFile(b, room, 'after.txt', 'x');
    expect([await statusFor(a, before), await statusFor(a, after)]).toEqual([200, 404]);
    expect([await statusFor(b, before), await statusFor(b, after)]).toEqual([200, 200]);
  });

  it('is in the export of both, and goes with the account of its sender if the messages go', async () => {
    const [a, b] = [await registered(), await registered()];
    const room = await roomOf(a, b);
    const message = await sendFile(a, room, 'Bericht: "1".txt', 'the whole content of the file');
    const exported = await fetch(`${parley.origin}/api/me/export/`, {
      method: 'POST',
      headers: bearer(b.token),
    });
    const archive = Buffer.from(await exported.arrayBuffer()).toString('latin1');
    expect(archive).toContain(`files/${message.attachments[0]!.id}-Bericht_ _1_.txt`);
    expect(archive).toContain('the whole content of the file');

    const { id: open } = await by(a).create('open.txt', 10);
    const answer = await parley.call('DELETE', '/api/me/', {
      body: { password: PASSWORD, messages: 'remove' },
      headers: bearer(a.token),
    });
    expect(answer.status).toBe(204);
    let status = 200;
    for (let n = 0; status === 200 && n < 400; n++) {
      status = await statusFor(b, message);
      if (status === 200) await sleep(25);
    }
    expect(status).toBe(404);
    const rows = await parley.sql<object>(
      'SELECT name, expires_at < now() AS over FROM attachments WHERE id = ANY ($1)',
      [[message.attachments[0]!.id, open]],
    );
    expect(rows).toEqual([
      { name: '', over: true },
      { name: '', over: true },
    ]);
  });

  it('without a file, and a file without an attachment, are found by storage:clean', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    const [kept, lost] = [
      await sendFile(a, room, 'kept.txt', 'kept'),
      await sendFile(a, room, 'lost.txt', 'lost'),
    ];
    const { url } = await by(a).create('half.txt', 10);
    await by(a).patch(url, 0, text('half'));
    const [keptKey, lostKey] = [await keyOf(kept), await keyOf(lost)];
    await rm(folder(lostKey), { recursive: true });
    const orphanKey = '00000000-0000-4000-8000-000000000000';
    await mkdir(folder(orphanKey), { recursive: true });
    await writeFile(`${folder(orphanKey)}/file`, 'nobody has me');
    await writeFile(`${folder(keptKey)}/part-0-4`, 'kept');

    const found = {
      orphans: {
        files: 2,
        bytes: 17,
        paths: expect.arrayContaining([`${orphanKey}/file`, `${keptKey}/part-0-4`]) as string[],
      },
      missing: { attachments: 1, ids: [lost.attachments[0]!.id] },
    };
    for (const isDryRun of [true, false]) {
      const { code, output } = await clean(...(isDryRun ? ['--dry-run'] : []));
      expect([code, JSON.parse(output)]).toEqual([
        4,
        expect.objectContaining({ ...found, dry_run: isDryRun }),
      ]);
    }
    const storage = parley.app.get<FileStorage>(FILE_STORAGE);
    const after = await cleanStorage(parley.app.get(Database), storage, true);
    expect(after.orphans.files).toBe(0);
    expect(await readFile(`${folder(keptKey)}/file`, 'utf8')).toBe('kept');
    expect((await by(a).patch(url, 4, text('whole!'))).status).toBe(204);
  });
});
