import type { Problem, Room } from '@parley/shared';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountTools, type Person } from '../../support/accounts.js';
import { Parley } from '../../support/parley.js';
import { bearer } from '../../support/sessions.js';

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ AUTH_MODE: 'accounts', REGISTRATION: 'open', RATE_LIMIT: 'off' });
});
afterAll(() => parley.stop());

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

const { newPerson, accessToken, roomOf, statusOf } = accountTools(() => parley);

const HOSTILE = `</p></li><script>alert(1)</script><img src=x onerror=alert(2)> & "quoted" 'it' \u202e <!-- ]]>`;

const OUR_TAGS = new Set(
  'html head meta title style body h1 h2 p a bdi small time dl dt dd ul ol li nav span'.split(' '),
);

const post = ({ token }: Person, room: Room, text: string) =>
  statusOf('POST', `/api/rooms/${room.id}/messages/`, token, { text });

/** Messages of both members in turn, by SQL, which is quicker. */
async function fill(
  room: Room,
  [a, b]: [Person, Person],
  count: number,
  text = `'text ' || n`,
): Promise<void> {
  await parley.sql(
    `WITH m AS (
       INSERT INTO messages (room_id, seq, sender_id, sender_seq, text, created_at, rev)
       SELECT $1, n, CASE WHEN n % 2 = 1 THEN $2::bigint ELSE $3::bigint END, (n + 1) / 2, ${text}, now(), n
       FROM generate_series(1, $4::int) n)
     UPDATE rooms SET last_seq = $4, rev = $4, sent_a = ($4 + 1) / 2, sent_b = $4 / 2 WHERE id = $1`,
    [room.id, Math.min(a.user.id, b.user.id), Math.max(a.user.id, b.user.id), count],
  );
}

/** SQL: 1,600 characters, half of which remain when they are compressed. */
const DENSE_TEXT = `(SELECT string_agg(md5(n || '/' || i), '') FROM generate_series(1, 50) i)`;

/** How often the progress is noted, in milliseconds. */
const PROGRESS_MS = 500;

const start = ({ token }: Person, signal?: AbortSignal) =>
  fetch(`${parley.origin}/api/me/export/`, {
    method: 'POST',
    headers: bearer(token),
    ...(signal ? { signal } : {}),
  });
const progressOf = async ({ token }: Person) =>
  (
    await parley.call<{ running: boolean; messages: number; total: number }>('GET', '/api/me/export/', {
      headers: bearer(token),
    })
  ).body;

/** The files of the archive, unpacked by another program, which checks it. */
async function unpack(response: Response): Promise<Map<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-export-'));
  folders.push(folder);
  const zip = join(folder, 'export.zip');
  writeFileSync(zip, Buffer.from(await response.arrayBuffer()));
  execFileSync('python3', ['-m', 'zipfile', '-e', zip, join(folder, 'files')]);
  const paths = readdirSync(join(folder, 'files'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    paths.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(join(folder, 'files').length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

describe('the export of a user', () => {
  it('has nothing of messages that have disappeared, but all others', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    await fill(room, [a, b], 12);
    await parley.sql(
      `UPDATE messages SET expires_at = now() - interval '1 second' WHERE room_id = $1 AND seq <= 9`,
      [room.id],
    );

    const files = await unpack(await start(a));
    const exported = JSON.parse(files.get(`chats/${room.id}/000001.json`) ?? '') as { seq: number }[];
    expect(exported.map(({ seq }) => seq)).toEqual([10, 11, 12]);
    expect(files.get(`chats/${room.id}/000001.html`)?.match(/class="message/g)).toHaveLength(3);
    expect(await progressOf(a)).toEqual({ running: false, messages: 12, total: 12 });
  });

  it('has every message that the user can see, as JSON and as pages, and nothing of others', async () => {
    const [a, b, c] = [await newPerson(), await newPerson(), await newPerson()];
    const [long, short, foreign] = [await roomOf(a, b), await roomOf(a, c), await roomOf(b, c)];
    await fill(long, [a, b], 2_001);
    await post(a, short, HOSTILE);
    await post(b, foreign, 'a secret of others');
    await statusOf('PATCH', '/api/me/', c.token, { display_name: `<i>"c"</i>` });

    const bot = await accessToken(a);
    await statusOf('POST', `/api/users/${c.user.id}/block/`, a.token);
    const report = { category: 'spam', reason: 'Too long.' };
    await statusOf('POST', `/api/rooms/${long.id}/report/`, a.token, report);

    const response = await start(a);
    expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'application/zip']);
    expect(response.headers.get('Content-Disposition')).toMatch(
      /^attachment; filename="parley-export-[\d-]+\.zip"$/,
    );
    expect(response.headers.get('Cache-Control')).toContain('no-store');
    const files = await unpack(response);
    const chat = (room: Room, file: string) => files.get(`chats/${room.id}/00000${file}`) ?? '';
    expect([...files.keys()].toSorted()).toEqual(
      [
        'account.json',
        'index.html',
        ...['1', '2', '3'].flatMap((n) => [
          `chats/${long.id}/00000${n}.html`,
          `chats/${long.id}/00000${n}.json`,
        ]),
        ...['1'].flatMap((n) => [`chats/${short.id}/00000${n}.html`, `chats/${short.id}/00000${n}.json`]),
      ].toSorted(),
    );
    const messages = ['1', '2', '3'].flatMap(
      (n) => JSON.parse(chat(long, `${n}.json`)) as { seq: number; text: string; sender_id: number }[],
    );
    expect(messages.map(({ seq, text }) => [seq, text])).toEqual(
      Array.from({ length: 2_001 }, (_, i) => [i + 1, `text ${i + 1}`]),
    );
    expect(JSON.parse(chat(short, '1.json'))).toMatchObject([{ text: HOSTILE, sender_id: a.user.id }]);
    expect(JSON.parse(files.get('account.json') ?? '')).toMatchObject({
      user: { id: a.user.id },
      settings: { theme: 'system', quiet_hours: null },
      devices: [{ current: true }],
      login: { passkeys: [], has_password: true },
      identities: [],
      access_tokens: [{ name: 'A bot' }],
      blocked: [{ id: c.user.id }],
      reports: [{ room_id: long.id, category: 'spam', reason: 'Too long.' }],
      chats: expect.arrayContaining([expect.objectContaining({ id: short.id })]) as unknown,
    });
    const everything = [...files.values()].join('');
    for (const secret of ['a secret of others', bot.token, a.token]) expect(everything).not.toContain(secret);

    for (const [path, content] of files) {
      if (!path.endsWith('.html')) continue;
      // No tag but ours, and nothing that runs or loads.
      expect(content).toMatch(
        /content="default-src 'none'; style-src 'sha256-[\w+/=]{44}'; base-uri 'none'; form-action 'none'"/,
      );
      const tags = [...content.matchAll(/<(\w+)/g)].map(([, tag]) => tag!);
      expect(tags.filter((tag) => !OUR_TAGS.has(tag))).toEqual([]);
      for (const [, href] of content.matchAll(/href="([^"]*)"/g)) {
        expect(files.has(join(path, '..', href!))).toBe(true);
      }
    }
    expect(chat(short, '1.html')).toContain('&#60;script&#62;alert(1)');
    expect(chat(long, '2.html')).toContain('text 1001<');
    expect(await progressOf(a)).toEqual({ running: false, messages: 2_002, total: 2_002 });
  });

  it('is one at a time, five an hour, and reads no more from the database while its client reads nothing', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    // Some 40 MB of archive: more than the buffers of the sockets hold.
    await fill(await roomOf(a, b), [a, b], 25_000, DENSE_TEXT);
    expect(await progressOf(a)).toEqual({ running: false, messages: 0, total: 0 });
    // A client that takes the headers and then reads nothing.
    const stuck = await new Promise<import('node:http').IncomingMessage>((resolve) => {
      httpGet(`${parley.origin}/api/me/export/`, { method: 'POST', headers: bearer(a.token) }, resolve);
    });
    const refusal = await start(a);
    expect([refusal.status, ((await refusal.json()) as Problem).code]).toEqual([409, 'conflict']);
    // It goes on until the buffers are full, and waits for the client then, instead of keeping the archive in memory.
    let before = -1;
    for (let now = await progressOf(a); now.running && now.messages !== before; now = await progressOf(a)) {
      before = now.messages;
      await sleep(PROGRESS_MS * 3);
    }
    const { running, messages, total } = await progressOf(a);
    expect([running, total]).toEqual([true, 25_000]);
    expect(messages).toBeLessThan(total / 2);
    stuck.destroy();
    for (let i = 0; (await progressOf(a)).running; i++) {
      if (i > 100) throw new Error('The export goes on without a client.');
      await sleep(50);
    }
    const person = await newPerson();
    for (let i = 0; i < 5; i++) await (await start(person)).arrayBuffer();
    const limited = await start(person);
    expect([limited.status, ((await limited.json()) as Problem).code]).toEqual([429, 'rate_limited']);
    expect(Number(limited.headers.get('Retry-After'))).toBeGreaterThan(3_500);
    expect((await start(b)).status).toBe(200);
  });

  it('breaks off when the session ends, and is not a whole archive then', async () => {
    const [a, b] = [await newPerson(), await newPerson()];
    await fill(await roomOf(a, b), [a, b], 60_000);
    const response = await start(a);
    await statusOf('POST', '/api/auth/logout/', a.token);
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect(await statusOf('POST', '/api/me/export/', a.token)).toBe(401);
    expect(await statusOf('GET', '/api/me/export/', null)).toBe(401);
  });
});
