import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** A room with its two users, `a` the lower id. */
export interface Pair {
  roomId: number;
  a: number;
  b: number;
}

/** SQL beside the servers: what they stored, and what a suite puts in their way. */
export async function sql<Row>(url: string, statement: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(statement, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** Rooms of two new users each. */
export async function makePairs(url: string, count: number): Promise<Pair[]> {
  const name = `f${randomUUID().slice(0, 8)}-`;
  await sql(
    url,
    `INSERT INTO users (username, display_name)
     SELECT $1 || n, $1 || n FROM generate_series(1, $2::int) n ORDER BY n`,
    [name, count * 2],
  );
  await sql(
    url,
    `INSERT INTO rooms (user_a_id, user_b_id)
     SELECT a.id, b.id FROM generate_series(1, $2::int) n
     JOIN users a ON a.username = $1 || (2 * n - 1) JOIN users b ON b.username = $1 || (2 * n)
     ORDER BY n`,
    [name, count],
  );
  return sql<Pair>(
    url,
    `SELECT r.id::int AS "roomId", r.user_a_id::int AS a, r.user_b_id::int AS b
     FROM rooms r JOIN users u ON u.id = r.user_a_id WHERE starts_with(u.username, $1) ORDER BY r.id`,
    [name],
  );
}

/** Three new users, and the room of each two of them: room n is that of users n and n + 1. */
export async function makeTriangle(url: string): Promise<{ users: number[]; rooms: Pair[] }> {
  const [row] = await sql<{ users: number[] }>(
    url,
    `WITH made AS (
       INSERT INTO users (username, display_name)
       SELECT $1 || n, $1 || n FROM generate_series(1, 3) n ORDER BY n RETURNING id::int
     ) SELECT array_agg(id ORDER BY id) AS users FROM made`,
    [`t${randomUUID().slice(0, 8)}-`],
  );
  const users = row?.users ?? [];
  const rooms: Pair[] = [];
  for (let n = 0; n < 3; n++) {
    const pair = [users[n] ?? 0, users[(n + 1) % 3] ?? 0];
    const [room] = await sql<Pair>(
      url,
      `INSERT INTO rooms (user_a_id, user_b_id) VALUES ($1, $2)
       RETURNING id::int AS "roomId", user_a_id::int AS a, user_b_id::int AS b`,
      [Math.min(...pair), Math.max(...pair)],
    );
    if (room) rooms.push(room);
  }
  return { users, rooms };
}

/** Makes the insert of a message fail, or last, by a trigger that looks at its text. */
export async function trapMessages(url: string, body: string): Promise<void> {
  await sql(url, 'CREATE SEQUENCE IF NOT EXISTS trapped');
  await sql(
    url,
    `CREATE OR REPLACE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN NEW; END $$`,
  );
  await sql(
    url,
    'CREATE OR REPLACE TRIGGER trap BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION trap()',
  );
}

/** The same for the row of a room. */
export async function trapRooms(url: string, body: string): Promise<void> {
  await sql(url, 'CREATE SEQUENCE IF NOT EXISTS trapped');
  await sql(
    url,
    `CREATE OR REPLACE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body} RETURN NEW; END $$`,
  );
  await sql(
    url,
    'CREATE OR REPLACE TRIGGER trap BEFORE UPDATE ON rooms FOR EACH ROW EXECUTE FUNCTION trap()',
  );
}

export async function removeTraps(url: string): Promise<void> {
  await sql(url, 'DROP FUNCTION IF EXISTS trap() CASCADE');
  await sql(url, 'DROP SEQUENCE IF EXISTS trapped');
}

/** The messages that a room has in PostgreSQL. */
export async function countStored(url: string, roomId: number): Promise<number> {
  const rows = await sql<{ n: number }>(url, 'SELECT count(*)::int AS n FROM messages WHERE room_id = $1', [
    roomId,
  ]);
  return rows[0]?.n ?? 0;
}
