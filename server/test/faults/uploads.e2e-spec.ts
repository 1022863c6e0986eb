import type { Message } from '@parley/shared';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../launch/processes.js';
import { ADMIN, runAdmin } from '../support/admin.js';
import { ChatClient } from './harness/chat-client.js';
import { expectAllWell } from './harness/checker.js';
import { makePairs, sql } from './harness/database.js';
import type { ServerProcess } from './harness/processes.js';
import { Stack, through } from './harness/stack.js';
import type { Direction, Fate, Link, TcpProxy } from './harness/tcp-proxy.js';
import { TusUploads } from './harness/tus-uploads.js';
import { until } from './harness/wait.js';

jest.setTimeout(60_000);

const MEGABYTE = 1024 * 1024;

const stack = new Stack();
let url: string;
let filesDir: string;
/** Before PostgreSQL. */
let database: TcpProxy;
/** Before the server, for uploads alone. */
let line: TcpProxy;
let server: ServerProcess;

beforeAll(async () => {
  url = await stack.database();
  filesDir = stack.keep(await mkdtemp(join(tmpdir(), 'parley-uploads-')), (folder) =>
    rm(folder, { recursive: true, force: true }),
  );
  database = await stack.proxy(Number(new URL(url).port));
  server = await stack.server({ DATABASE_URL: through(database, url), STORAGE_DIR: filesDir });
  line = await stack.proxy(server.port);
});
afterAll(() => stack.end());

/** Two users, of whom the first has a file to send. */
async function meet(content: Buffer, name = 'data.bin') {
  const [pair] = await makePairs(url, 1);
  if (!pair) throw new Error('There is no room.');
  const uploads = new TusUploads(`http://127.0.0.1:${line.port}`, pair.a);
  const a = new ChatClient(pair.a, [server.origin], { uploads });
  const b = new ChatClient(pair.b, [server.origin], { reads: true });
  for (const client of [a, b]) {
    stack.keep(client, () => client.stop());
    client.start();
  }
  await until('both have connected', () => a.isSynced && b.isSynced);
  return { pair, uploads, a, b, file: uploads.add(name, content) };
}

/**
 * The first connection with this statement carries nothing more in this direction.
 * @returns resolves when that has begun.
 */
function holdStatement(statement: string, direction: Direction): Promise<void> {
  const before = database.inspect;
  let held: Link | null = null;
  return new Promise((resolve) => {
    database.inspect = (chunk, way, link): Fate => {
      if (!held && way === 'up' && chunk.includes(statement) && before(chunk, way, link) === 'pass')
        held = link;
      if (link !== held || way !== direction) return before(chunk, way, link);
      resolve();
      return 'drop';
    };
  });
}

async function killAndRestart(): Promise<void> {
  await server.kill();
  database.inspect = () => 'pass';
  line.inspect = () => 'pass';
  await server.restart();
}

const received = async (id: number | null) =>
  (await sql<{ received: number }>(url, 'SELECT received::int FROM attachments WHERE id = $1', [id]))[0]
    ?.received ?? 0;
const urlOf = (message: Message, userId: number) =>
  `${server.origin}${message.attachments[0]?.url}?active_user=${userId}`;

/** The message is there once for both, and its file is what was sent. */
async function expectArrived(
  { pair, a, b }: Awaited<ReturnType<typeof meet>>,
  message: Message,
  content: Buffer,
): Promise<void> {
  await until('the other has the message', () => b.room(pair.roomId).lastSeq === message.seq);
  expect(b.room(pair.roomId).messages.at(-1)?.attachments).toEqual(message.attachments);
  expect((await expectAllWell(url, [a, b])).stored).toBe(1);
  const file = await fetch(urlOf(message, pair.b));
  expect(Buffer.from(await file.arrayBuffer()).equals(content)).toBe(true);
}

/** What `npm run admin -- storage:clean` says. */
async function clean(...more: string[]) {
  const settings = { DATABASE_URL: url, STORAGE_DIR: filesDir };
  const { code, output } = await runAdmin(settings, ['storage:clean', '--json', ...more]);
  return {
    code,
    report: JSON.parse(output) as {
      orphans: { files: number };
      expired: number;
      missing: { attachments: number };
    },
  };
}

async function storedFiles(): Promise<string[]> {
  const entries = await readdir(filesDir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

const remove = (message: Message, userId: number) =>
  fetch(`${server.origin}/api/messages/${message.id}/?active_user=${userId}`, { method: 'DELETE' });

type Meeting = Awaited<ReturnType<typeof meet>>;

const begin = (meeting: Meeting) => ({
  ...meeting,
  sent: meeting.a.send(meeting.pair.roomId, 'with a file-1', null, [meeting.file]),
});

describe('A server that is killed while files are uploaded', () => {
  const large = randomBytes(3 * MEGABYTE);
  const small = randomBytes(MEGABYTE / 2);
  const notes = Buffer.from('a text that is complete');
  let inRequest: Meeting & { sent: Promise<Message>; acked: number };
  let beforeOffset: Meeting & { sent: Promise<Message> };
  let beforeLook: Meeting & { sent: Promise<Message> };

  beforeAll(async () => {
    const [one, two, three] = [await meet(large), await meet(small), await meet(notes, 'notes.txt')];
    let held = holdStatement('upload-finish', 'up');
    beforeLook = begin(three);
    await held;
    held = holdStatement('upload-advance', 'up');
    beforeOffset = begin(two);
    await held;
    // The line carries the first part of the request, and then nothing.
    let carried = 0;
    line.inspect = (chunk, direction): Fate => {
      if (direction === 'up') carried += chunk.length;
      return direction === 'up' && carried > 1.5 * MEGABYTE ? 'drop' : 'pass';
    };
    const sending = begin(one);
    await until('a part is stored', async () => (await received(one.uploads.idOf(one.file))) > 0);
    inRequest = { ...sending, acked: await received(one.uploads.idOf(one.file)) };
    expect([inRequest.acked < large.length, await received(two.uploads.idOf(two.file))]).toEqual([true, 0]);
    two.uploads.chunkBytes = 100_000;
    await killAndRestart();
  });

  it('F1: in the middle of a request: it goes on where the upload was', async () => {
    const message = await inRequest.sent;
    expect(inRequest.uploads.resumedAt).toEqual([inRequest.acked]);
    expect(message.attachments).toMatchObject([{ name: 'data.bin', size: large.length }]);
    await expectArrived(inRequest, message, large);
  });

  it('F3: after a part is stored and before its offset has moved: it takes the part again, cut in another way', async () => {
    await expectArrived(beforeOffset, await beforeOffset.sent, small);
    // The part that no row names stays, until the clean-up.
    expect((await clean('--dry-run')).report.orphans.files).toBe(1);
  });

  it('F3: with the last byte and before it has looked at the file: it does so for the message', async () => {
    const message = await beforeLook.sent;
    expect(beforeLook.uploads.resumedAt).toEqual([notes.length]);
    expect(message.attachments).toMatchObject([{ type: 'text/plain' }]);
    await expectArrived(beforeLook, message, notes);
  });
});

describe('A server that is killed while messages with files are stored and deleted', () => {
  const content = randomBytes(1_000);
  let uncommitted: Meeting & { message: Message };
  let committed: Meeting & { message: Message };

  beforeAll(async () => {
    const sending = await meet(content);
    const meetings = [await meet(content), await meet(content)] as const;
    const [one, two] = await Promise.all(
      meetings.map(async (meeting) => ({
        ...meeting,
        message: await meeting.a.send(meeting.pair.roomId, 'soon deleted-1', null, [meeting.file]),
      })),
    );
    [uncommitted, committed] = [one!, two!];
    const broken: Promise<unknown>[] = [];
    for (const [{ message, pair }, direction] of [
      [uncommitted, 'up'],
      [committed, 'down'],
    ] as const) {
      const held = holdStatement('message-delete', direction);
      broken.push(expect(remove(message, pair.a)).rejects.toThrow());
      await held;
    }
    const held = holdStatement('messages-append', 'up');
    const sent = sending.a.send(sending.pair.roomId, 'uploaded-1', null, [sending.file]);
    await held;
    unsent = { ...sending, sent };
    await killAndRestart();
    await Promise.all(broken);
  });
  let unsent: Meeting & { sent: Promise<Message> };

  it('F3: after the upload and before the message is committed: there is one message with the file', async () => {
    await expectArrived(unsent, await unsent.sent, content);
  });

  it('F3: after the message is committed and before its ack: there is one message with the file', async () => {
    const meeting = await meet(content);
    const held = holdStatement('messages-append', 'down');
    const sent = meeting.a.send(meeting.pair.roomId, 'committed-1', null, [meeting.file]);
    await held;
    expect(meeting.a.acked.size).toBe(0);
    await killAndRestart();
    await expectArrived(meeting, await sent, content);
  });

  it('F2: before a deletion is committed: message and file are whole, and can be deleted again', async () => {
    const { message, pair, a, b } = uncommitted;
    await expectArrived(uncommitted, message, content);
    expect((await remove(message, pair.a)).status).toBe(204);
    expect((await fetch(urlOf(message, pair.b))).status).toBe(404);
    await until('both see that it is deleted', () =>
      [a, b].every((client) => isDeleted(client, pair.roomId)),
    );
  });

  it('F2: after a deletion is committed: both are gone, and deleting it again is no error', async () => {
    const { message, pair, a, b } = committed;
    expect((await fetch(urlOf(message, pair.b))).status).toBe(404);
    await until('both see that it is deleted', () =>
      [a, b].every((client) => isDeleted(client, pair.roomId)),
    );
    expect((await remove(message, pair.a)).status).toBe(204);
  });

  it('leaves no orphan after the clean-up, which is killed itself once, and every file of a message', async () => {
    const held = holdStatement('DELETE FROM attachments', 'up');
    const command = run(process.execPath, [ADMIN, 'storage:clean', '--json'], {
      env: { ...process.env, DATABASE_URL: through(database, url), STORAGE_DIR: filesDir },
    });
    // The files of deleted messages are removed, their rows are not.
    await held;
    command.child.kill('SIGKILL');
    expect(await command.ended).toBe('SIGKILL');
    database.inspect = () => 'pass';

    const { code, report } = await clean();
    expect([code, report]).toMatchObject([
      0,
      { orphans: { files: 1 }, expired: 2, missing: { attachments: 0 } },
    ]);
    expect((await clean('--dry-run')).report).toMatchObject({
      orphans: { files: 0 },
      expired: 0,
      missing: { attachments: 0 },
    });
    const kept = await sql(url, 'SELECT FROM attachments');
    expect(kept).toHaveLength(5);
    expect(await storedFiles()).toEqual(kept.map(() => 'file'));
  });
});

const isDeleted = (client: ChatClient, roomId: number) =>
  client.room(roomId).messages.at(-1)?.attachments.length === 0;
