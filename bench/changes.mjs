import { open } from './lib/crowd.mjs';
import { medians } from './lib/figures.mjs';
import { fillRooms } from './lib/rows.mjs';
import { makeDatabase, startServer, withClient } from './lib/stack.mjs';

const PAIRS = 50;
/** Frames that each user has in flight. */
const WINDOW = 4;
const TEXT = 'x'.repeat(100);

/** What the sender of a pair sends again and again. Each is acked, and reaches the other user. */
const KINDS = [
  { name: 'message', frameOf: ({ room }) => `"type":"message","room_id":${room.id},"text":"${TEXT}"` },
  {
    name: 'reply',
    frameOf: ({ room, first }) =>
      `"type":"message","room_id":${room.id},"text":"${TEXT}","reply_to":${first}`,
  },
  {
    name: 'edit',
    // A hundred edits of each message, then of the next.
    frameOf: ({ ids }, n) => `"type":"edit","message_id":${ids[Math.floor(n / 99)]},"text":"${TEXT}${n}"`,
  },
  {
    name: 'reaction',
    frameOf: ({ first }, n) => `"type":"react","message_id":${first},"emoji":"👍","on":${n % 2 === 0}`,
  },
  { name: 'deletion', frameOf: ({ ids }, n) => `"type":"delete","message_id":${ids[n]}` },
];
/** Messages of each pair that are there before: as many as can be deleted in a run. */
const PREPARED = 1_000;

/** CPU-µs of server and PostgreSQL for one of each, with a message to compare with, all in the same run, in turns. */
export async function changes(postgres, { rounds = 3, seconds = 4 }) {
  const runs = new Map(KINDS.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const kind of KINDS) runs.get(kind.name).push(await once(postgres, kind, seconds));
  }
  const rows = [...runs].map(([name, all]) => ({ name, ...medians(all) }));
  const [{ total_us: message }] = rows;
  return { rows: rows.map((row) => ({ ...row, messages: row.total_us / message })), goals: [] };
}

async function once(postgres, { frameOf }, seconds) {
  const { url, rooms } = await makeDatabase(postgres, PAIRS);
  await fillRooms(
    url,
    rooms.map(({ id }) => id),
    PREPARED,
  );
  const ids = await messageIds(url);
  const server = await startServer('server/dist/serve.js', { DATABASE_URL: url });
  const pairs = [];
  for (const room of rooms) {
    const own = ids.get(room.id);
    const [sender, receiver] = [await open(server.port, room.a), await open(server.port, room.b)];
    pairs.push({ room, sender, receiver, ids: own, first: own[0] });
  }
  const before = [server.cpu(), postgres.cpu()];
  const done = await run(pairs, frameOf, seconds);
  const [server_us, database_us] = [server.cpu() - before[0], postgres.cpu() - before[1]].map(
    (used) => used / done,
  );
  for (const { sender, receiver } of pairs) {
    sender.terminate();
    receiver.terminate();
  }
  await server.stop();
  return { server_us, database_us, total_us: server_us + database_us };
}

/** Room id to the ids of its messages, in the order of `seq`. */
async function messageIds(url) {
  return withClient(url, async (client) => {
    const { rows } = await client.query(
      'SELECT room_id::int AS id, array_agg(id::int ORDER BY seq) AS ids FROM messages GROUP BY room_id',
    );
    return new Map(rows.map((row) => [row.id, row.ids]));
  });
}

/** @returns how many frames were acked. */
function run(pairs, frameOf, seconds) {
  return new Promise((resolve, reject) => {
    const until = Date.now() + seconds * 1_000;
    let acked = 0;
    let pending = 0;
    for (const pair of pairs) {
      let n = 0;
      const send = () => {
        pending++;
        pair.sender.send(`{${frameOf(pair, n)},"ref":${n++}}`);
      };
      pair.sender.on('message', (data) => {
        if (data.subarray(0, ERROR.length).equals(ERROR)) return reject(new Error(data.toString()));
        if (!data.subarray(0, ACK.length).equals(ACK)) return;
        acked++;
        pending--;
        if (Date.now() < until && n < PREPARED) send();
        else if (pending === 0) resolve(acked);
      });
      for (let i = 0; i < WINDOW; i++) send();
    }
  });
}

const ACK = Buffer.from('{"type":"ack"');
const ERROR = Buffer.from('{"type":"error"');
