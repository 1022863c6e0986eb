import type { ChangeRoomSettings, Room, User } from '@parley/shared';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@parley/embedded-postgres';
import { Server } from './support/server';
import { setUpStage } from './support/stage';
import { shown } from './support/chat-window';

const DIST = join(__dirname, '../../server/dist');
const execute = promisify(execFile);

/** One of the server's commands, on the embedded database of a data folder. */
const command = (name: 'migrate' | 'backup' | 'restore', env: Record<string, string>, ...args: string[]) =>
  execute(process.execPath, [join(DIST, `${name}.js`), ...args], {
    env: { ...process.env, DATABASE_URL: '', DATA_DIR: '', ...env },
  });

describe('after an older backup was restored', () => {
  let folder: string;
  let url: string;
  const databases: EmbeddedPostgres[] = [];

  const database = async (dataDir: string) => {
    const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
    databases.push(postgres);
    return postgres.url;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-restore-'));
    url = await database(join(folder, 'data'));
    await command('migrate', { DATABASE_URL: url });
  });
  const stage = setUpStage(() => ({ DATABASE_URL: url }));
  afterAll(async () => {
    await Promise.all(databases.map((postgres) => postgres.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  async function keep(user: User, room: Room, settings: ChangeRoomSettings): Promise<void> {
    const path = `${stage.server.origin}/api/rooms/${room.id}/settings/?active_user=${user.id}`;
    const headers = { 'content-type': 'application/json' };
    const { status } = await fetch(path, { method: 'PATCH', headers, body: JSON.stringify(settings) });
    expect(status).toBe(200);
  }

  it('open pages show what the server has, and send what waits in them', async () => {
    const { server } = stage;
    const { alice, bob, room } = await stage.pair();
    const hers = await stage.roomWindow(room, alice);
    const his = await stage.roomWindow(room, bob);
    await hers.send('Kept');
    await shown(his.message('Kept'));
    await keep(alice, room, { pinned: true });
    const file = join(folder, 'older.backup.gz');
    await command('backup', { DATA_DIR: join(folder, 'data') }, file);
    await hers.send('Lost 1');
    await his.send('Lost 2');
    await shown(his.message('Lost 1'));
    await shown(his.message('Lost 2').getByText('Read'));
    // Of how they keep the chat the backup has hers, and nothing of him.
    await keep(alice, room, { archived: true });
    await keep(bob, room, { pinned: true });
    await shown(his.entry(alice).getByText('pinned'));

    await server.kill();
    await hers.send('Typed meanwhile');
    await command('restore', {}, file, '--to', join(folder, 'restored'));
    url = await database(join(folder, 'restored'));
    // As much as was lost, before the pages are back: by number alone they would not miss anything.
    const other = await Server.start({ DATABASE_URL: url });
    for (const text of ['Other 1', 'Other 2']) await other.send(room, bob, text);
    await other.kill();
    await server.up();

    const expected = ['Kept', 'Other 1', 'Other 2', 'Typed meanwhile'];
    for (const text of expected) {
      await shown(hers.message(text), 30_000);
      await shown(his.message(text), 30_000);
    }
    expect(await server.texts(room, alice)).toEqual(expected);
    expect(await hers.texts()).toEqual(expected);
    expect(await his.texts()).toEqual(expected);
    await shown(hers.message('Typed meanwhile').getByText('Read'), 30_000);
    await his.entry(alice).getByText('pinned').waitFor({ state: 'detached' });
    await shown(hers.entry(bob).getByText('pinned'));
    await keep(bob, room, { pinned: true });
    await shown(his.entry(alice).getByText('pinned'));
  }, 120_000);
});
