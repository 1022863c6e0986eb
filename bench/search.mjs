import { setTimeout as sleep } from 'node:timers/promises';
import { goal, quantile } from './lib/figures.mjs';
import { settle } from './lib/rows.mjs';
import { makeDatabase, startServer, withClient } from './lib/stack.mjs';
import { TextMaker } from './lib/texts.mjs';

/** Messages of the user who searches, and how many rooms they are in; MESSAGES of others in the same tables. */
const MESSAGES = Number(process.env.MESSAGES ?? 1_000_000);
const OTHERS = Number(process.env.OTHERS ?? 0);
const ROOMS = (process.env.ROOMS ?? '1,200').split(',').map(Number);
const BATCH = 10_000;
/** Searches of each kind. */
const TURNS = Number(process.env.TURNS ?? 40);

/** Searches of a user with a million messages, in one room and in many: all pages that a search needs until it has its results. */
export async function search(postgres) {
  const rows = [];
  const goals = [];
  for (const rooms of ROOMS) {
    const { url, searcher, texts } = await fill(postgres, rooms);
    const server = await startServer('server/dist/serve.js', {
      DATABASE_URL: url,
      SEARCH_INDEX_SECONDS: '1',
    });
    const [cpuBefore, startedAt] = [server.cpu() + postgres.cpu(), performance.now()];
    await untilIndexed(url);
    const indexedUs = (server.cpu() + postgres.cpu() - cpuBefore) / (MESSAGES + OTHERS);
    const seconds = (performance.now() - startedAt) / 1_000;
    await settle(url);
    const size = await sizeOf(url);
    const cpu = () => server.cpu() + postgres.cpu();
    const { searches, reads } = await measure(server.port, cpu, searcher, kindsOf(texts));
    for (const [kind, { times, pages, hits, cpuMs }] of searches) {
      rows.push({
        name: `${rooms} rooms: ${kind}`,
        cpu_ms: cpuMs,
        p50_ms: quantile(times, 0.5),
        p95_ms: quantile(times, 0.95),
        reads: quantile(times, 0.5) / quantile(reads, 0.5),
        requests: Math.max(...pages),
        hits: hits / TURNS,
      });
    }
    const all = [...searches.values()].flatMap(({ times }) => times);
    for (const [name, times] of [
      ['all searches', all],
      ['the read of a room', reads],
    ]) {
      rows.push({
        name: `${rooms} rooms: ${name}`,
        p50_ms: quantile(times, 0.5),
        p95_ms: quantile(times, 0.95),
        reads: quantile(times, 0.5) / quantile(reads, 0.5),
      });
    }
    rows.push({
      name: `${rooms} rooms: index, per message`,
      cpu_us: indexedUs,
      bytes: size.index / (MESSAGES + OTHERS),
      table_bytes: size.messages / (MESSAGES + OTHERS),
      seconds,
    });
    goals.push(goal(`p95 of all searches, ${rooms} rooms, ms`, quantile(all, 0.95), 50));
    await server.stop();
  }
  return { rows, goals };
}

/**
 * Times of each kind of search, and of a request that reads one row, before each search: what the machine, HTTP and a statement take
 * at that moment. And the CPU time of a search, server and PostgreSQL together, which others on the machine change less.
 */
async function measure(port, cpu, searcher, kinds) {
  const reads = [];
  const read = () => fetchJson(port, `/api/rooms/1/?${new URLSearchParams({ active_user: searcher })}`);
  const before = cpu();
  for (let turn = 0; turn < TURNS; turn++) await read();
  const cpuOfRead = (cpu() - before) / TURNS;
  const searches = new Map();
  for (const [kind, queries] of Object.entries(kinds)) {
    const [times, pages] = [[], []];
    let hits = 0;
    const startedAt = cpu();
    for (let turn = 0; turn < TURNS; turn++) {
      reads.push(await timeOf(read));
      times.push(
        await timeOf(async () => {
          const found = await searchAll(port, searcher, queries(turn));
          pages.push(found.pages);
          hits += found.hits;
        }),
      );
    }
    const cpuMs = ((cpu() - startedAt) / TURNS - cpuOfRead) / 1_000;
    searches.set(kind, { times, pages, hits, cpuMs });
  }
  return { searches, reads };
}

async function timeOf(work) {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function fetchJson(port, path) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  const body = await response.json();
  if (response.status !== 200) throw new Error(JSON.stringify(body));
  return body;
}

/** The kinds of searches, each with its parameters by turn. */
export function kindsOf(texts) {
  const at = (turn, share) => texts.words[Math.floor(texts.words.length * share) + turn];
  return {
    'a frequent letter': () => ({ q: 'a' }),
    'a frequent word': (turn) => ({ q: texts.words[turn] }),
    'a rare word': (turn) => ({ q: at(turn, 0.9) }),
    'a part of a rare word': (turn) => ({ q: at(turn, 0.9).slice(1, -1) }),
    'two words in a row': (turn) => ({ q: `${at(turn, 0.01)} ${at(turn, 0.3)}` }),
    'nothing: two frequent words': (turn) => ({
      q: `${texts.words[turn]}${texts.words[turn + 1]}${texts.words[turn + 2]}`,
    }),
    'nothing: a letter': () => ({ q: 'ж' }),
    'nothing: two letters': () => ({ q: 'qx' }),
    'nothing: frequent parts': (turn) => ({
      q: `${texts.words[turn].slice(0, 3)}${texts.words[turn + 5].slice(-3)}`,
    }),
    'of a sender with few messages': (turn) => ({ q: texts.words[turn], from: 'rare' }),
    'a frequent letter of a day long ago': () => ({
      q: 'a',
      before: '2024-03-02T00:00:00Z',
      after: '2024-03-01T00:00:00Z',
    }),
    'a rare word in one room': (turn) => ({ q: at(turn, 0.9), room: 1 }),
  };
}

/** Follows the cursor until there are results, as the page does. */
export async function searchAll(port, user, query) {
  let cursor = null;
  for (let pages = 1; ; pages++) {
    const parameters = new URLSearchParams({ active_user: user, ...query, ...(cursor ? { cursor } : {}) });
    const body = await fetchJson(port, `/api/search/?${parameters}`);
    if (body.results.length > 0 || body.next === null) return { pages, hits: body.results.length };
    cursor = body.next;
  }
}

/** A user with messages in many rooms, from 2024 on, and others with theirs between them. Of one room in ten one message in 1,000 is of `rare`. */
export async function fill(postgres, roomCount) {
  const otherRooms = OTHERS > 0 ? 100 : 0;
  const { url } = await makeDatabase(postgres, 1);
  const texts = new TextMaker();
  const searcher = await withClient(url, async (client) => {
    await client.query(`INSERT INTO users (username, display_name) VALUES ('searcher', 'searcher')`);
    await client.query(
      `INSERT INTO users (username, display_name) SELECT 's' || n, 's' || n FROM generate_series(1, $1::int) n`,
      [roomCount - 1],
    );
    await client.query(`INSERT INTO users (username, display_name) VALUES ('rare', 'rare')`);
    await client.query(
      `INSERT INTO users (username, display_name) SELECT 'o' || n, 'o' || n FROM generate_series(1, $1::int) n`,
      [otherRooms * 2],
    );
    const {
      rows: [{ id }],
    } = await client.query(`SELECT id::int FROM users WHERE username = 'searcher'`);
    await client.query(`DELETE FROM rooms`);
    await client.query(`ALTER TABLE rooms ALTER COLUMN id RESTART`);
    await client.query(
      `INSERT INTO rooms (user_a_id, user_b_id) SELECT $1, id FROM users WHERE username = 'rare' OR username ~ '^s[0-9]' ORDER BY id DESC`,
      [id],
    );
    await client.query(
      `INSERT INTO rooms (user_a_id, user_b_id) SELECT a.id, b.id FROM generate_series(1, $1::int) n
       JOIN users a ON a.username = 'o' || n JOIN users b ON b.username = 'o' || (n + $1)`,
      [otherRooms],
    );
    await insert(client, texts, roomCount, otherRooms);
    return id;
  });
  return { url, searcher, texts };
}

async function insert(client, texts, roomCount, otherRooms) {
  const total = MESSAGES + OTHERS;
  const seqs = new Map();
  const byB = new Map();
  const STEP_MS = (2 * 365 * 86_400_000) / total;
  for (let done = 0; done < total; done += BATCH) {
    const columns = [[], [], [], [], [], []];
    for (let n = done; n < Math.min(total, done + BATCH); n++) {
      const isOther = (n * MESSAGES) % total >= MESSAGES;
      const room = isOther
        ? roomCount + 1 + (n % otherRooms)
        : 1 + Math.floor(Math.random() ** 2 * roomCount);
      const seq = (seqs.get(room) ?? 0) + 1;
      seqs.set(room, seq);
      const isB = n % 1_000 === 0;
      const senderSeq = isB ? (byB.get(room) ?? 0) + 1 : seq - (byB.get(room) ?? 0);
      if (isB) byB.set(room, senderSeq);
      [room, seq, isB, senderSeq, texts.next(), new Date(1_704_067_200_000 + n * STEP_MS)].forEach(
        (value, i) => columns[i].push(value),
      );
    }
    await client.query(
      `INSERT INTO messages (room_id, seq, sender_id, sender_seq, client_id, text, created_at, rev)
       SELECT m.room_id, m.seq, CASE WHEN m.is_b THEN r.user_b_id ELSE r.user_a_id END, m.sender_seq, gen_random_uuid(), m.text, m.created_at, m.seq
       FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::bigint[], $5::text[], $6::timestamptz[])
         WITH ORDINALITY AS m (room_id, seq, is_b, sender_seq, text, created_at, n) JOIN rooms r ON r.id = m.room_id ORDER BY m.n`,
      columns,
    );
  }
  const rooms = [...seqs.keys()];
  await client.query(
    `UPDATE rooms SET last_seq = f.seq, rev = f.seq, sent_a = f.seq - f.by_b, sent_b = f.by_b, unread_b = f.seq - f.by_b, unread_a = f.by_b
     FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS f (id, seq, by_b) WHERE rooms.id = f.id`,
    [rooms, rooms.map((room) => seqs.get(room)), rooms.map((room) => byB.get(room) ?? 0)],
  );
}

/** Until everything is in the index, as it is for rooms whose newest messages are older than ten minutes (here: seconds). */
export async function untilIndexed(url) {
  await withClient(url, async (client) => {
    for (;;) {
      const {
        rows: [row],
      } = await client.query(
        `SELECT count(*)::int AS rooms FROM rooms r LEFT JOIN message_search_rooms p ON p.room_id = r.id
         WHERE r.last_seq > coalesce(p.seq, 0)`,
      );
      if (row.rooms === 0) return;
      await sleep(200);
    }
  });
}

export async function sizeOf(url) {
  return withClient(url, async (client) => {
    const {
      rows: [row],
    } = await client.query(
      `SELECT (pg_total_relation_size('message_search_pages') + pg_total_relation_size('message_search_segments'))::float8 AS index,
         pg_total_relation_size('messages')::float8 AS messages`,
    );
    return row;
  });
}
