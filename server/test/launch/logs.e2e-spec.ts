import type { Message, Room, User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import { VERSION } from '../../src/version/version.js';
import { ServerProcess } from '../faults/harness/processes.js';
import { until } from '../faults/harness/wait.js';
import { freePort } from './parley.js';
import { run } from './processes.js';
import { createDatabase } from '../support/database.js';

type Line = Record<string, unknown>;

/** Stands for everything that people write. Nothing of it may ever be in a log. */
const SECRET = 'wombat-7f3a-correct-horse';
const REDIS_PASSWORD = 'redis-pass-91c4';

const linesOf = (output: string): Line[] =>
  output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);

/** What is no line of the log. */
const textIn = (output: string): string[] =>
  output.split('\n').filter((line) => line !== '' && !line.startsWith('{'));

describe('the log of a server at its most talkative', () => {
  let server: ServerProcess;
  let databaseUrl: string;

  beforeAll(async () => {
    databaseUrl = await createDatabase();
    // Nothing listens there: the log about it must not contain the password.
    const redis = `redis://:${REDIS_PASSWORD}@127.0.0.1:${await freePort()}`;
    server = await ServerProcess.start({
      DATABASE_URL: databaseUrl,
      REDIS_URL: redis,
      LOG_LEVEL: 'trace',
      SERVER_ID: 'server-1',
    });
  });
  afterAll(async () => {
    await server.kill('SIGTERM');
  });

  /** The lines with these fields, once there are as many as wanted: they take their time through the pipe. */
  const logged = async (wanted: Line, count = 1): Promise<Line[]> => {
    const deadline = Date.now() + 5_000;
    for (;;) {
      const found = linesOf(server.output).filter((line) =>
        Object.entries(wanted).every(([name, value]) => line[name] === value),
      );
      if (found.length >= count || Date.now() > deadline) return found;
      await sleep(20);
    }
  };
  const post = async <Body>(path: string, body: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.origin}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const id = response.headers.get('X-Request-Id') ?? '';
    return { id, status: response.status, body: (await response.json()) as Body };
  };
  const newRoom = async () => {
    const newUser = async () =>
      (await post<User>('/api/users/', { username: `u${randomUUID().slice(0, 13)}` })).body;
    const [a, b] = [await newUser(), await newUser()];
    const { body: room } = await post<Room>('/api/rooms/create/', { user_id: b.id, active_user_id: a.id });
    return { room, a, b };
  };
  const sql = async (text: string) => {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    await client.query(text);
    await client.end();
  };
  /** A socket, and one that answers `ask` with the frame of its `ref`. */
  const open = async (path: string) => {
    const socket = new WebSocket(`${server.origin.replace('http', 'ws')}${path}`);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    const ask = (frame: object) =>
      new Promise<Line>((resolve) => {
        const ref = randomUUID();
        const listen = (data: Buffer) => {
          const answer = JSON.parse(data.toString()) as Line;
          if (answer.ref !== ref) return;
          socket.off('message', listen);
          resolve(answer);
        };
        socket.on('message', listen);
        socket.send(JSON.stringify({ ...frame, ref }));
      });
    const close = () =>
      new Promise((resolve) => {
        socket.once('close', resolve);
        socket.close();
      });
    return { socket, ask, close };
  };

  it('has a line for every request, by the id that the answer bears, and no query string', async () => {
    const response = await fetch(`${server.origin}/api/users/?search=${SECRET}`);
    const id = response.headers.get('X-Request-Id');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await logged({ request_id: id })).toMatchObject([
      {
        level: 'debug',
        msg: 'Answered',
        method: 'GET',
        path: '/api/users/',
        status: 200,
        ms: expect.any(Number),
      },
    ]);
  });

  it("takes over a proxy's id, unless it is none", async () => {
    const given = await fetch(`${server.origin}/api/users/`, { headers: { 'X-Request-Id': 'proxy-1.a_2' } });
    expect(given.headers.get('X-Request-Id')).toBe('proxy-1.a_2');
    expect(await logged({ request_id: 'proxy-1.a_2' })).toHaveLength(1);
    for (const id of ['{"level":60}', 'a b', 'x'.repeat(129)]) {
      const other = await fetch(`${server.origin}/health/live`, { headers: { 'X-Request-Id': id } });
      expect(other.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('names the server, its version and the level in every line', async () => {
    await logged({ level: 'debug' });
    for (const line of linesOf(server.output)) {
      expect(line).toMatchObject({
        level: expect.stringMatching(/^(trace|debug|info|warn|error|fatal)$/),
        time: expect.stringMatching(/^\d{4}-.+Z$/),
        server: 'server-1',
        version: VERSION,
      });
    }
  });

  it('has no line for probes and scrapes, also when they are refused', async () => {
    for (const path of ['/health/live', '/health/ready', '/health/live/', '/metrics', '/metrics?x=1']) {
      await fetch(`${server.origin}${path}`, { headers: { 'X-Request-Id': 'probe' } });
    }
    await fetch(`${server.origin}/api/users/`, { headers: { 'X-Request-Id': 'afterwards' } });
    await logged({ request_id: 'afterwards' });
    expect(await logged({ request_id: 'probe' }, 0)).toEqual([]);
  });

  it('gives an id to requests that nobody routes, too', async () => {
    for (const path of ['/no/such/address', '/%zz']) {
      const response = await fetch(`${server.origin}${path}`);
      expect(response.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('logs when a socket opens and closes, with its connection', async () => {
    const { a } = await newRoom();
    const { close } = await open(`/ws/?active_user=${a.id}`);
    await close();
    const [opened] = await logged({ msg: 'Open', user: a.id });
    expect(opened).toMatchObject({ level: 'debug', connection: expect.stringMatching(/^c\d+$/) });
    expect(await logged({ msg: 'Closed', connection: opened?.connection })).toMatchObject([{ code: 1005 }]);
  });

  it('logs an internal error with its stack, and the id or the connection', async () => {
    const { room, a } = await newRoom();
    const { ask, close } = await open(`/ws/?active_user=${a.id}`);
    await ask({ type: 'message', room_id: room.id, text: SECRET });
    const message = { text: SECRET, active_user_id: a.id };
    await sql(`ALTER TABLE messages ADD CONSTRAINT no_secrets CHECK (text <> '${SECRET}') NOT VALID`);
    try {
      expect(await ask({ type: 'message', room_id: room.id, text: SECRET })).toMatchObject({
        code: 'internal',
      });
      const { id, status } = await post(`/api/rooms/${room.id}/messages/`, message);
      expect(status).toBe(500);
      const lines = await logged({ request_id: id }, 2);
      expect(lines).toMatchObject([
        {
          level: 'error',
          msg: 'Unexpected error',
          code: '23514',
          stack: expect.stringContaining('no_secrets'),
        },
        { level: 'error', msg: 'Failed', status: 500 },
      ]);
    } finally {
      await sql('ALTER TABLE messages DROP CONSTRAINT no_secrets');
    }
    const [opened] = await logged({ msg: 'Open', user: a.id });
    expect(await logged({ msg: 'Unexpected error', connection: opened?.connection })).toHaveLength(1);
    await close();
  });

  it('withholds the words of an error that quote what was written', async () => {
    const { room, a } = await newRoom();
    await sql(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN NEW.seq := NEW.text::bigint; RETURN NEW; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION refuse()`);
    try {
      const { id } = await post(`/api/rooms/${room.id}/messages/`, { text: SECRET, active_user_id: a.id });
      const [line] = await logged({ request_id: id, msg: 'Unexpected error' });
      expect(line).toMatchObject({ code: '22P02', stack: expect.stringContaining(' at ') });
    } finally {
      await sql('DROP TRIGGER refuse ON messages; DROP FUNCTION refuse');
    }
  });

  it('never has a text, a search, a body, a database address or a password in it', async () => {
    const { room, a, b } = await newRoom();
    const user = await open(`/ws/?active_user=${a.id}`);
    const inRoom = await open(`/ws/chat/${room.id}/`);
    await user.ask({ type: 'message', room_id: room.id, text: SECRET, client_id: randomUUID() });
    await inRoom.ask({ type: 'message', text: SECRET, sender_id: b.id });
    await user.ask({ type: 'message', room_id: room.id, text: `${SECRET}\0` });
    await user.ask({ type: 'message', room_id: room.id, text: [SECRET] });
    await user.ask({ type: 'message', room_id: room.id, text: 'x', [SECRET]: 1 });
    await user.ask({ type: SECRET });
    user.socket.send(`{"text":"${SECRET}`);
    user.socket.send(Buffer.from(SECRET));
    inRoom.socket.send(JSON.stringify({ type: 'message', text: SECRET.repeat(4_000) }));
    await new Promise((resolve) => inRoom.socket.once('close', resolve));

    const path = `/api/rooms/${room.id}/messages/`;
    const { body } = await post<Message>(path, { text: SECRET, active_user_id: a.id });
    expect(body.text).toBe(SECRET);
    await post(path, `{"text":"${SECRET}`);
    await post(path, { text: SECRET, active_user_id: a.id, unknown: SECRET });
    await post(path, { text: SECRET, active_user_id: a.id }, { 'X-Request-Id': `id ${SECRET}` });
    await post(path, { text: SECRET }, { Authorization: `Bearer ${SECRET}`, Cookie: `session=${SECRET}` });
    await fetch(`${server.origin}${path}?active_user=${SECRET}&token=${SECRET}`);
    await open(`/ws/?active_user=${a.id}&token=${SECRET}`).then(({ close }) => close());
    await open(`/ws/?active_user=${SECRET}`).then(({ close }) => close());
    await user.close();
    await server.kill('SIGTERM');

    const { password } = new URL(databaseUrl);
    expect(password.length).toBeGreaterThan(8);
    expect(linesOf(server.output).length).toBeGreaterThan(50);
    expect(textIn(server.output)).toEqual([]);
    for (const secret of [SECRET, password, REDIS_PASSWORD, 'postgres://', 'redis://']) {
      expect(server.output.split('\n').filter((line) => line.includes(secret))).toEqual([]);
    }
  });
});

/** Headers by which the proxy says whom it speaks for. */
const from = (ip: string) => ({ 'X-Forwarded-For': ip });

const wrongPassword = async () => {
  const url = new URL(await createDatabase());
  url.password = 'wrong';
  return url.href;
};

describe('security events', () => {
  let server: ServerProcess;
  const events = (event: string) => linesOf(server.output).filter((line) => line.event === event);

  beforeAll(async () => {
    server = await ServerProcess.start({
      DATABASE_URL: await createDatabase(),
      LOG_LEVEL: 'info',
      RATE_LIMIT: 'on',
      TRUSTED_PROXIES: 'loopback',
      MESSAGES_PER_SECOND: '1',
      MESSAGES_BURST: '1',
      SOCKETS_PER_USER: '1',
      SOCKETS_PER_ADDRESS: '2',
    });
  });
  afterAll(async () => {
    await server.kill('SIGTERM');
  });

  const handshake = (path: string, headers: Record<string, string>) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(`${server.origin.replace('http', 'ws')}${path}`, { headers });
      socket.once('close', resolve);
      socket.once('error', () => undefined);
    });

  it('are logged at info: a foreign origin, a closed socket, too many sockets and sends', async () => {
    await fetch(`${server.origin}/api/users/`, {
      headers: { Origin: 'https://evil.example', ...from('192.0.2.1') },
    });
    await handshake('/ws/?active_user=1', { Origin: 'https://evil.example', ...from('192.0.2.2') });
    const open = new WebSocket(`${server.origin.replace('http', 'ws')}/ws/?active_user=1`, {
      headers: from('192.0.2.3'),
    });
    await new Promise((resolve) => void open.once('open', resolve));
    expect(await handshake('/ws/?active_user=1', from('192.0.2.3'))).toBe(1008);
    const others = ['2', '3'].map((id) => handshake(`/ws/?active_user=${id}`, from('192.0.2.4')));
    await sleep(100);
    await handshake('/ws/?active_user=4', from('192.0.2.4'));
    const headers = { 'Content-Type': 'application/json', ...from('192.0.2.5') };
    const post = (path: string, body: object) =>
      fetch(`${server.origin}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const { id } = (await (
      await post('/api/rooms/create/', { user_id: 2, active_user_id: 1 })
    ).json()) as Room;
    for (const text of ['a', 'b']) await post(`/api/rooms/${id}/messages/`, { text, active_user_id: 1 });
    open.close();

    await until('all are logged', () => events('rate_limited').length === 2);
    expect(events('origin_refused')).toMatchObject([
      { level: 'warn', context: 'Security', ip: '192.0.2.1', origin: 'https://evil.example' },
      { level: 'warn', context: 'Security', ip: '192.0.2.2', origin: 'https://evil.example' },
    ]);
    await until('the closed socket is logged', () => events('socket_closed').length > 0);
    expect(events('socket_closed')).toMatchObject([
      { level: 'warn', ip: '192.0.2.3', user: 1, code: 1008, reason: 'more than 1 sockets of one user' },
    ]);
    expect(events('rate_limited')).toMatchObject([
      { level: 'info', ip: '192.0.2.4', reason: 'too many sockets of one IP' },
      { level: 'info', ip: '192.0.2.5', method: 'POST', path: `/api/rooms/${id}/messages/` },
    ]);
    await server.kill('SIGTERM');
    await Promise.all(others);
  });

  it('do not flood the log: ten lines of one event a minute, then one with the count', async () => {
    await server.restart();
    const ips = [...Array<string>(8).fill('192.0.2.7'), ...Array<string>(42).fill('192.0.2.8')];
    for (const ip of ips) {
      await fetch(`${server.origin}/api/users/`, {
        headers: { Origin: 'https://evil.example', 'X-Forwarded-For': ip },
      });
    }
    expect(events('origin_refused')).toHaveLength(10);
    // The rest of the count is not lost when the server stops within the minute.
    await server.kill('SIGTERM');
    expect(events('origin_refused')).toHaveLength(11);
    expect(events('origin_refused').at(-1)).toMatchObject({
      level: 'warn',
      count: 40,
      top_ip: '192.0.2.8',
      top_ip_count: 40,
    });
  });
});

/** Runs a built program that ends by itself. */
const outputOf = async (script: string, settings: Record<string, string>) => {
  const env = { ...process.env, AUTH_MODE: 'simulation', SERVER_ID: 'once', ...settings };
  const { ended, output } = run(process.execPath, [join(__dirname, '../../dist', script)], { env });
  const code = await ended;
  expect(textIn(output())).toEqual([]);
  return { code, lines: linesOf(output()) };
};

describe('what ends at once', () => {
  it.each(['serve.js', 'migrate.js'])(
    '%s says in JSON why it cannot start, also when silent',
    async (script) => {
      const { code, lines } = await outputOf(script, { PORT: 'x', LOG_LEVEL: 'silent' });
      expect(code).toBe(1);
      expect(lines).toMatchObject([
        { level: 'fatal', server: 'once', version: VERSION, msg: expect.stringContaining('PORT must be') },
      ]);
    },
  );

  it.each(['serve.js', 'migrate.js'])('%s says in JSON that its password is wrong', async (script) => {
    const { code, lines } = await outputOf(script, {
      DATABASE_URL: await wrongPassword(),
      PORT: String(await freePort()),
    });
    expect(code).toBe(1);
    expect(lines).toMatchObject([
      { level: 'fatal', server: 'once', msg: expect.stringMatching(/refuses this user and password/) },
    ]);
  });

  it.each(['serve.js', 'migrate.js'])(
    '%s writes one line that names DATABASE_URL when nothing answers there',
    async (script) => {
      const databaseUrl = `postgres://parley:${SECRET}@127.0.0.1:${await freePort()}/parley`;
      const { code, lines } = await outputOf(script, {
        DATABASE_URL: databaseUrl,
        PORT: String(await freePort()),
      });
      expect([code, lines]).toMatchObject([
        1,
        [{ level: 'fatal', msg: expect.stringMatching(/nothing answers there\. Check DATABASE_URL\.$/) }],
      ]);
      expect(JSON.stringify(lines)).not.toContain(SECRET);
    },
  );

  it('serve.js writes one line that names PORT when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, lines } = await outputOf('serve.js', {
      DATABASE_URL: await createDatabase(),
      PORT: String(port),
    });
    expect([code, lines]).toMatchObject([
      1,
      [{ level: 'fatal', msg: expect.stringMatching(new RegExp(`^Port ${port} is taken.* set PORT`)) }],
    ]);
    other.close();
  });

  it('migrate.js says in JSON that it has done its work', async () => {
    const { code, lines } = await outputOf('migrate.js', { DATABASE_URL: await createDatabase() });
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatchObject({ level: 'info', server: 'once' });
  });
});

it('LOG_LEVEL=info has nothing to say about what goes well, LOG_LEVEL=silent about nothing', async () => {
  for (const LOG_LEVEL of ['info', 'silent']) {
    const server = await ServerProcess.start({ DATABASE_URL: await createDatabase(), LOG_LEVEL });
    await fetch(`${server.origin}/api/users/`);
    await server.kill('SIGTERM');
    expect(linesOf(server.output).filter(({ msg }) => !String(msg).startsWith('Parley serves'))).toEqual([]);
    expect(linesOf(server.output)).toHaveLength(LOG_LEVEL === 'info' ? 1 : 0);
    expect(textIn(server.output)).toEqual([]);
  }
});
