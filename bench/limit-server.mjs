// What the hardware allows: bare `ws` and `pg`, nothing else. LIMIT=store commits the same rows as the real server in
// hand-written groups; LIMIT=relay stores nothing. No checks, no users, numbers kept in memory: not a chat, a measure.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../server/package.json', import.meta.url));
const { WebSocketServer } = require('ws');
const { Pool } = require('pg');

const stores = process.env.LIMIT === 'store';
const pool = stores ? new Pool({ connectionString: process.env.DATABASE_URL, max: 2 }) : null;
const sockets = new Map();
const rooms = new Map();
let queue = [];
let writing = false;

if (pool) {
  const { rows } = await pool.query('SELECT id::int, user_a_id::int AS a, user_b_id::int AS b FROM rooms');
  for (const room of rows) rooms.set(room.id, { ...room, seq: 0 });
}

const server = new WebSocketServer({
  port: Number(process.env.PORT),
  host: '127.0.0.1',
  perMessageDeflate: false,
});
server.on('connection', (socket, request) => {
  const user = Number(new URL(request.url, 'ws://host').searchParams.get('active_user'));
  sockets.set(user, socket);
  socket.on('message', (data) => {
    const frame = JSON.parse(data);
    if (!stores)
      deliver(user, frame, { text: frame.text, room_id: frame.room_id, client_id: frame.client_id });
    else {
      queue.push({ user, frame });
      if (!writing) void write();
    }
  });
});
server.on('listening', () => process.stdout.write('ready\n'));
process.once('SIGTERM', () => process.exit(0));

const INSERT = `
  WITH stored AS (
    INSERT INTO messages (room_id, seq, sender_id, sender_seq, client_id, text, created_at, rev)
    SELECT room_id, seq, sender_id, seq, client_id, text, now(), seq
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::uuid[], $5::text[]) AS m (room_id, seq, sender_id, client_id, text)
    RETURNING id, seq, room_id, created_at
  ), moved AS (
    UPDATE rooms SET last_seq = g.seq, sent_a = g.seq, rev = g.seq, unread_b = g.seq, last_activity_at = now()
    FROM (SELECT room_id, max(seq) AS seq FROM stored GROUP BY room_id) g WHERE rooms.id = g.room_id
  )
  SELECT * FROM stored`;

async function write() {
  writing = true;
  await Promise.resolve();
  while (queue.length > 0) {
    const batch = queue.splice(0, 500);
    for (const item of batch) item.seq = ++rooms.get(item.frame.room_id).seq;
    const { rows } = await pool.query({
      name: 'insert',
      text: INSERT,
      values: [
        batch.map((item) => item.frame.room_id),
        batch.map((item) => item.seq),
        batch.map((item) => item.user),
        batch.map((item) => item.frame.client_id),
        batch.map((item) => item.frame.text),
      ],
    });
    rows.forEach((row, position) => {
      const { user, frame } = batch[position];
      deliver(user, frame, { ...row, text: frame.text, client_id: frame.client_id, sender_id: user });
    });
  }
  writing = false;
}

function deliver(user, frame, message) {
  const room = rooms.get(frame.room_id);
  const other = room ? (room.a === user ? room.b : room.a) : user + 1;
  const json = JSON.stringify(message);
  sockets.get(user).send(`{"type":"ack","ref":${frame.ref},"message":${json}}`);
  sockets.get(other)?.send(`{"type":"message","message":${json}}`);
}
