import { Client, type QueryResultRow } from 'pg';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { encodeBackup, type NewHeader } from '../../src/backup/backup-file.js';

export const EMPTY_HEADER: NewHeader = {
  program: '1.0.0',
  postgres: '18',
  created_at: new Date().toISOString(),
  migrations: [],
  tables: [],
  sequences: [],
};

/** Writes a file that has a header and no rows. */
export async function writeBackup(file: string, header: NewHeader): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of encodeBackup(header, (async function* () {})())) parts.push(part);
  writeFileSync(file, gzipSync(Buffer.concat(parts)));
}

export async function query<Row extends QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The names of all tables. */
export async function tablesOf(url: string): Promise<string[]> {
  const sql = `SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`;
  return (await query<{ name: string }>(url, sql)).map(({ name }) => name);
}

/** Every row of every table, every sequence, and the whole schema. @param revStep how far a restore has moved `rev`. */
export async function everythingIn(url: string, revStep: number): Promise<Record<string, unknown>> {
  const rows: Record<string, unknown[]> = {};
  for (const table of await tablesOf(url)) {
    rows[table] = await query(url, `SELECT * FROM ${table} AS t ORDER BY t::text`);
  }
  const {
    rooms = [],
    room_member_settings: listings = [],
    users = [],
    migrations = [],
    message_search_indexer: claims = [],
    ...others
  } = rows;
  const movedBack = (row: { rev: string }) => ({ ...row, rev: String(Number(row.rev) - revStep) });
  return {
    ...others,
    // Which server works on it changes while one runs.
    claims: claims.length,
    rooms: (rooms as { rev: string }[]).map(movedBack),
    listings: (listings as { rev: string }[]).map(movedBack),
    users: (users as { listing_rev: string }[]).map((row) => ({
      ...row,
      listing_rev: String(Number(row.listing_rev) - revStep),
    })),
    migrations: (migrations as { name: string }[]).map(({ name }) => name),
    sequences: await query(
      url,
      `SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`,
    ),
    columns: await query(
      url,
      `SELECT table_name, column_name, data_type, is_nullable, column_default, identity_generation
       FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, ordinal_position`,
    ),
    constraints: await query(
      url,
      `SELECT conname, conrelid::regclass::text AS on_table, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 2, 1`,
    ),
    indexes: await query(url, `SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`),
  };
}

/** Puts a row into every table that has to do with accounts, so that a comparison cannot pass by their being empty. */
export async function fillAccountTables(url: string): Promise<void> {
  await query(
    url,
    `INSERT INTO accounts (user_id, skeleton, password_hash, user_handle) VALUES (1, 'alice', 'hash', '\\x01');
     INSERT INTO sessions (token_hash, user_id, device, ip) VALUES ('\\x02', 1, 'Browser', '192.0.2.1');
     INSERT INTO access_tokens (id, token_hash, user_id, name, scopes)
       VALUES (nextval(pg_get_serial_sequence('sessions', 'id')), '\\x03', 1, 'Bot', '{read,write}');
     INSERT INTO invites (code_hash, max_uses, expires_at) VALUES ('\\x04', 3, now());
     INSERT INTO passkeys (user_id, credential_id, public_key, sign_count, transports, rp_id, name, is_synced)
       VALUES (1, '\\x05', '\\x06', 7, '{internal}', 'localhost', 'Laptop', true);
     INSERT INTO passkey_challenges (challenge, purpose, origin, expires_at)
       VALUES ('challenge', 'login', 'http://localhost', now());
     INSERT INTO identities (user_id, issuer, subject) VALUES (1, 'https://issuer', 'subject');
     INSERT INTO identity_registrations (token_hash, issuer, subject, expires_at)
       VALUES ('\\x08', 'https://issuer', 'other', now());
     INSERT INTO push_keys (id, public_key, private_key) VALUES (true, 'public', 'private');
     INSERT INTO push_subscriptions (user_id, session_id, endpoint, p256dh, auth)
       SELECT 1, min(id), 'https://push.example.com/1', 'key', 'secret' FROM sessions;
     INSERT INTO push_shown (user_id, room_id, seq) VALUES (1, 1, 1);
     INSERT INTO user_settings (user_id, settings) VALUES (1, '{"theme": "dark"}');
     INSERT INTO reports (room_id, reporter_id, reported_id, reason, first_seq, last_seq)
       VALUES (1, 1, 2, 'Spam, "quoted"', 1, 2);
     INSERT INTO account_deletions (user_id, remove_texts) VALUES (2, true);
     INSERT INTO message_search_indexer (id, claimed_until) VALUES (1, now()) ON CONFLICT DO NOTHING;
     INSERT INTO message_search_rooms (room_id, seq) VALUES (1, 1);
     INSERT INTO message_search_segments (room_id, first_seq, last_seq, last_id, size) VALUES (1, 1, 1, 1, 3);
     INSERT INTO message_search_pages (segment_id, gram, data) VALUES (1, 97, '\\x0100');
     INSERT INTO retention_passes (id, finished_at) VALUES (true, now());
     INSERT INTO attachments (user_id, key, name, declared_type, size)
       VALUES (1, gen_random_uuid(), 'a.png', 'image/png', 4);
     INSERT INTO room_member_settings (user_id, room_id, rev, pinned_at) VALUES (1, 1, 1, now());
     INSERT INTO data_exports (user_id, started_at, total) VALUES (1, ARRAY[now()], 0);
     UPDATE rooms SET privacy_a = 33, freeze_a = '{"seq": 1, "rev": 1}' WHERE id = (SELECT max(id) FROM rooms);
     SELECT nextval('session_ends')`,
  );
}

/** Waits until it is true, for 30 s at most. */
export async function until(isTrue: () => Promise<boolean> | boolean): Promise<void> {
  for (const giveUp = Date.now() + 30_000; !(await isTrue()); await sleep(5)) {
    if (Date.now() > giveUp) throw new Error('it did not come true');
  }
}
