import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { medians } from './lib/figures.mjs';
import { makeDatabase, startServer } from './lib/stack.mjs';

/** Messages of each kind in a round, one after the other. */
const MESSAGES = 50;
/** So many come first and are not counted: until then the server loads and compiles the code of uploads and of images. */
const WARM_UP = 50;

/** CPU-µs of server and PostgreSQL for a message over HTTP, alone and with a file of each kind, in turns. */
export async function attachments(postgres, { rounds = 3 }) {
  const { url, rooms } = await makeDatabase(postgres, 1);
  const [{ id: roomId, a: senderId }] = rooms;
  const files = await mkdtemp(join(tmpdir(), 'parley-bench-files-'));
  const server = await startServer('server/dist/serve.js', { DATABASE_URL: url, STORAGE_DIR: files });
  const sender = { origin: `http://127.0.0.1:${server.port}`, roomId, senderId };
  const runs = new Map();
  try {
    const kinds = await makeKinds();
    for (const { file } of kinds) await sendAll(sender, file, WARM_UP);
    for (let round = 0; round < rounds; round++) {
      for (const { name, file } of kinds) {
        const before = [server.cpu(), postgres.cpu()];
        await sendAll(sender, file, MESSAGES);
        const [server_us, database_us] = [server.cpu() - before[0], postgres.cpu() - before[1]].map(
          (used) => used / MESSAGES,
        );
        const run = { server_us, database_us, total_us: server_us + database_us };
        runs.set(name, [...(runs.get(name) ?? []), run]);
      }
    }
  } finally {
    await server.stop();
    await rm(files, { recursive: true, force: true });
  }
  const rows = [...runs].map(([name, all]) => ({ name, ...medians(all) }));
  const [{ total_us: message }] = rows;
  return { rows: rows.map((row) => ({ ...row, messages: row.total_us / message })), goals: [] };
}

/** Noise, which no compression makes smaller, and a picture as a phone takes it, made of noise that was blurred. */
async function makeKinds() {
  const [width, height] = [1_632, 1_224];
  const photo = await sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } })
    .blur(3)
    .jpeg({ quality: 85 })
    .toBuffer();
  return [
    { name: 'no file' },
    { name: 'file of 10 kB', file: { type: 'application/octet-stream', bytes: randomBytes(10_000) } },
    { name: 'file of 1 MB', file: { type: 'application/octet-stream', bytes: randomBytes(1_000_000) } },
    { name: 'JPEG of 2 megapixels', file: { type: 'image/jpeg', bytes: photo } },
  ];
}

async function sendAll(sender, file, count) {
  for (let n = 0; n < count; n++) {
    const ids = file ? [await upload(sender, file)] : [];
    await post(sender, `/api/rooms/${sender.roomId}/messages/`, {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ text: 'x'.repeat(100), attachments: ids }),
    });
  }
}

/** As the page does it: the upload is created, then gets its bytes in one piece. @returns its id. */
async function upload(sender, { type, bytes }) {
  const tus = { 'Tus-Resumable': '1.0.0' };
  const created = await post(sender, '/api/uploads/', {
    headers: {
      ...tus,
      'Upload-Length': String(bytes.length),
      'Upload-Metadata': `filename ${btoa('file')},filetype ${btoa(type)}`,
    },
  });
  const path = new URL(created.headers.get('Location'), sender.origin).pathname;
  await post(sender, path, {
    method: 'PATCH',
    headers: { ...tus, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' },
    body: bytes,
  });
  return Number(/uploads\/(\d+)/.exec(path)[1]);
}

/** @throws Error with what the server answered when it refuses. */
async function post({ origin, senderId }, path, init) {
  const response = await fetch(`${origin}${path}?active_user=${senderId}`, { method: 'POST', ...init });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return response;
}
