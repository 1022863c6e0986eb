import { startEmbeddedPostgres, type EmbeddedPostgres } from '@parley/embedded-postgres';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startAsEarlierVersion } from '../../../embedded-postgres/test/support/earlier-version.js';
import { newFolder, removeFolders } from '../../../embedded-postgres/test/support/folders.js';
import { query } from '../../../embedded-postgres/test/support/query.js';
import { migrate } from '../../src/database/migrator.js';

const PARTITIONS = resolve(__dirname, '../../../docs/partition-messages.sql');
const running: EmbeddedPostgres[] = [];

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } });
  running.push(postgres);
  return postgres;
}

const note = (url: string, text: string) =>
  query(url, `CREATE TABLE IF NOT EXISTS notes (text text); INSERT INTO notes VALUES ('${text}')`);
const notes = async (url: string) =>
  (await query(url, 'SELECT text FROM notes ORDER BY text')).map(({ text }) => text);

const passwordIn = (dataDir: string, role: string) => join(dataDir, 'postgres', `${role}.password`);

afterEach(async () => {
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
});
afterAll(removeFolders);

describe('the role of the program, with the schema of Parley', () => {
  const ROLES = `SELECT rolname AS name, rolsuper AS super, rolcreaterole AS roles, rolreplication AS replication
    FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname`;
  const TWO_ROLES = [
    { name: 'parley', super: false, roles: false, replication: false },
    { name: 'parley_admin', super: true, roles: true, replication: true },
  ];
  const NOT_OWNED = `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'extra') AND c.relowner <> 'parley'::regrole`;

  it('is no superuser: it reaches no files and no programs of the machine', async () => {
    const dataDir = join(newFolder(), 'data');
    const { url, adminUrl } = await start(dataDir);
    expect(await query(url, ROLES)).toEqual(TWO_ROLES);
    await expect(query(url, `COPY (SELECT 1) TO PROGRAM 'true'`)).rejects.toThrow('permission denied');
    await expect(query(url, `SELECT pg_read_file('/etc/hostname')`)).rejects.toThrow('permission denied');
    await expect(query(url, 'ALTER ROLE parley SUPERUSER')).rejects.toThrow('permission denied');
    await migrate(url, { exampleUsers: true, allowNewerDatabase: false });
    expect(
      await query(adminUrl(), 'SELECT current_user::text AS name, count(*)::int AS users FROM users'),
    ).toEqual([{ name: 'parley_admin', users: 5 }]);
    const [own, admin] = ['parley', 'parley_admin'].map((role) => passwordIn(dataDir, role));
    for (const file of [own, admin]) expect(statSync(file ?? '').mode & 0o777).toBe(0o600);
    expect(readFileSync(own ?? '', 'utf8')).not.toBe(readFileSync(admin ?? '', 'utf8'));
  });

  it('stops being one in a data folder of an earlier version, which keeps its password and all its data', async () => {
    const dataDir = join(newFolder(), 'data');
    const before = await startAsEarlierVersion(dataDir);
    expect(await query(before.url, ROLES)).toEqual([
      expect.objectContaining({ name: 'parley', super: true }),
    ]);
    await migrate(before.url, { exampleUsers: true, allowNewerDatabase: false });
    // Tables, partitions, sequences of columns and by themselves, views, extensions.
    await query(before.url, readFileSync(PARTITIONS, 'utf8'));
    await query(
      before.url,
      `CREATE SCHEMA extra; CREATE TABLE extra."Odd name" (id serial, n bigint GENERATED ALWAYS AS IDENTITY);
       CREATE VIEW extra.seen AS SELECT * FROM users; CREATE MATERIALIZED VIEW extra.kept AS SELECT * FROM users;
       CREATE EXTENSION citext`,
    );
    await note(before.url, 'kept');
    // An earlier attempt was killed before it had changed anything.
    const password = 'of-the-first-attempt';
    writeFileSync(passwordIn(dataDir, 'parley_admin'), password, { mode: 0o600 });
    const programPassword = readFileSync(passwordIn(dataDir, 'parley'), 'utf8');
    await before.stop();

    for (let i = 0; i < 2; i++) {
      const { url, adminUrl, stop } = await start(dataDir);
      expect(await query(url, ROLES)).toEqual(TWO_ROLES);
      expect(await query(url, NOT_OWNED)).toEqual([]);
      expect(await notes(url)).toEqual(Array.from({ length: i + 1 }, (_, n) => ['kept', 'later'][n]));
      await note(url, 'later');
      await query(
        url,
        `INSERT INTO users (username, display_name) VALUES ('u${i}', 'u'); ALTER TABLE messages ADD m${i} int`,
      );
      expect(new URL(adminUrl()).password).toBe(password);
      expect(await query(adminUrl(), 'SELECT count(*)::int AS users FROM users')).toEqual([{ users: 6 + i }]);
      await stop();
    }
    expect(readFileSync(passwordIn(dataDir, 'parley'), 'utf8')).toBe(programPassword);
  });
});
