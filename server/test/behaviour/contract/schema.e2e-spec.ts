import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../../src/database/data-source.js';
import { migrate } from '../../../src/database/migrator.js';
import { createDatabase, createEmptyDatabase } from '../../support/database.js';

const SIMULATION = { exampleUsers: true, allowNewerDatabase: false };

const open: DataSource[] = [];
async function connect(url: string): Promise<DataSource> {
  const dataSource = await new DataSource(dataSourceOptions(url)).initialize();
  open.push(dataSource);
  return dataSource;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((dataSource) => dataSource.destroy()));
});

/** Everything that the migrations make, as the catalogues have it. */
function shapeOf(dataSource: DataSource): Promise<unknown[]> {
  return dataSource.query(`
    SELECT 'column' AS kind, table_name || '.' || column_name AS name,
      data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') AS definition
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
    UNION ALL SELECT 'sequence', sequencename, '' FROM pg_sequences WHERE schemaname = 'public'
    ORDER BY 1, 2`);
}

describe('the migrations', () => {
  it('make exactly what the entities say', async () => {
    const dataSource = await connect(await createDatabase());
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('can be taken back to nothing, and applied again to the same', async () => {
    const dataSource = await connect(await createDatabase());
    const before = await shapeOf(dataSource);
    for (let i = 0; i < dataSource.migrations.length; i++) await dataSource.undoLastMigration();
    const left = (await shapeOf(dataSource)) as { name: string }[];
    expect(left.filter(({ name }) => !name.includes('migrations') && !name.startsWith('PK_'))).toEqual([]);
    await dataSource.runMigrations();
    expect(await shapeOf(dataSource)).toEqual(before);
  });

  it('are applied once, by the first of two calls, and leave what is stored alone', async () => {
    const url = await createEmptyDatabase();
    const applied = await migrate(url, SIMULATION);
    expect(applied.length).toBeGreaterThan(0);
    const dataSource = await connect(url);
    await dataSource.query(`INSERT INTO users (username, display_name) VALUES ('frida', 'Frida')`);
    const before = await shapeOf(dataSource);
    expect(await migrate(url, SIMULATION)).toEqual([]);
    expect(await shapeOf(dataSource)).toEqual(before);
    const users: { username: string }[] = await dataSource.query('SELECT username FROM users ORDER BY id');
    expect(users.map(({ username }) => username)).toEqual(['alice', 'bob', 'carol', 'dave', 'erin', 'frida']);
  });

  it('are applied once by three processes that start at the same instant', async () => {
    const url = await createEmptyDatabase();
    const applied = await Promise.all([1, 2, 3].map(() => migrate(url, SIMULATION)));
    const dataSource = await connect(url);
    expect(applied.flat()).toEqual(dataSource.migrations.map((migration) => migration.constructor.name));
    const users: { id: number; username: string }[] = await dataSource.query(
      'SELECT id, username FROM users ORDER BY id',
    );
    expect(users).toEqual(
      ['alice', 'bob', 'carol', 'dave', 'erin'].map((username, i) => ({ id: i + 1, username })),
    );
  });

  it('give the simulated users only to an empty database', async () => {
    const url = await createEmptyDatabase();
    const dataSource = await connect(url);
    await dataSource.runMigrations();
    await dataSource.query(`INSERT INTO users (username, display_name) VALUES ('zoe', 'Zoe')`);
    await migrate(url, SIMULATION);
    expect(await dataSource.query('SELECT username FROM users')).toEqual([{ username: 'zoe' }]);
  });
});

describe('the tables refuse rows that must never exist', () => {
  it.each<[string, string]>([
    ['a room of one', 'INSERT INTO rooms (user_a_id, user_b_id) VALUES (1, 1)'],
    ['a pair the wrong way round', 'INSERT INTO rooms (user_a_id, user_b_id) VALUES (2, 1)'],
    ['a second room of a pair', 'INSERT INTO rooms (user_a_id, user_b_id) VALUES (1, 2), (1, 2)'],
    ['a room with nobody', 'INSERT INTO rooms (user_a_id, user_b_id) VALUES (1, 999)'],
    ['a username twice', `INSERT INTO users (username, display_name) VALUES ('ALICE', 'x')`],
    ['a watermark past the end', 'INSERT INTO rooms (user_a_id, user_b_id, read_seq_a) VALUES (1, 2, 1)'],
    [
      'more read than delivered',
      'INSERT INTO rooms (user_a_id, user_b_id, last_seq, sent_a, read_seq_b) VALUES (1, 2, 1, 1, 1)',
    ],
    ['a count that is none', 'INSERT INTO rooms (user_a_id, user_b_id, last_seq) VALUES (1, 2, 1)'],
    [
      'a seq twice',
      `INSERT INTO messages (room_id, seq, sender_id, sender_seq, text, created_at, rev)
       SELECT 1, 1, 1, 1, 'x', now(), 1 FROM generate_series(1, 2)`,
    ],
    [
      'a client_id twice',
      `INSERT INTO messages (room_id, seq, sender_id, sender_seq, client_id, text, created_at, rev)
       SELECT 1, n, 1, n, '00000000-0000-4000-8000-000000000000', 'x', now(), n FROM generate_series(1, 2) n`,
    ],
  ])('%s', async (_, sql) => {
    const dataSource = await connect(await createDatabase());
    await expect(dataSource.query(sql)).rejects.toThrow(/constraint/);
  });
});
