import { Agent, request } from 'node:http';
import { ServerProcess } from '../faults/harness/processes.js';
import { createDatabase } from '../support/database.js';

/** CPU that a body which is refused may cost the server, in milliseconds. */
const MAX_CPU_MS = 5;
const REQUESTS = 50;
/** Just below the limit of the body, where reading it costs most, and far beyond it. */
const SIZES = [31 * 1024, 120 * 1024];

const ROUTES = ['/api/users/', '/api/rooms/create/', '/api/rooms/1/messages/', '/api/messages/1/read/'];

/** As much of `part` as fits into so many bytes. */
const list = (part: string, bytes: number) =>
  Array.from({ length: Math.floor(bytes / (part.length + 1)) }, () => part).join(',');

/** Bodies that were dear to refuse. Whatever the route, the fields and values are none of its own. */
const SHAPES: Record<string, (bytes: number) => string> = {
  'one long string': (bytes) => `{"x":"${'x'.repeat(bytes - 8)}"}`,
  'a list of objects': (bytes) => `{"x":[${list('{}', bytes - 8)}]}`,
  'very many keys': (bytes) => {
    const count = Math.floor(bytes / 11);
    return `{${Array.from({ length: count }, (_, i) => `"${String(i).padStart(6, 'k')}":1`).join(',')}}`;
  },
  'lists 30 deep': (bytes) => `{"x":[${list(`${'['.repeat(29)}${']'.repeat(29)}`, bytes - 8)}]}`,
  'known fields with objects in them': (bytes) => {
    const each = `[${list('{"a":[{}]}', Math.floor(bytes / 5) - 16)}]`;
    return `{"username":${each},"user_id":${each},"text":${each},"client_id":${each}}`;
  },
};

let server: ServerProcess;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
beforeAll(async () => {
  // Without limits: a request that is refused for being one too many costs even less.
  server = await ServerProcess.start({ DATABASE_URL: await createDatabase(), RATE_LIMIT: 'off' });
});
afterAll(async () => {
  agent.destroy();
  await server.kill();
});

function post(path: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
    const sent = request(`${server.origin}${path}`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    // A body that is too large need not be read to its end.
    sent.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' || error.code === 'ECONNRESET' ? resolve(413) : reject(error),
    );
    sent.end(body);
  });
}

/** CPU of the server process so far, in milliseconds. */
async function cpuMs(): Promise<number> {
  const text = await (await fetch(`${server.origin}/metrics`)).text();
  return Number(/^process_cpu_seconds_total(?:\{[^}]*\})? (\S+)/m.exec(text)?.[1]) * 1_000;
}

describe.each(Object.entries(SHAPES))('a body that is refused costs at most 5 ms of CPU: %s', (_, shape) => {
  it.each(ROUTES)('POST %s', async (path) => {
    for (const size of SIZES) {
      const body = shape(size);
      // Also what is compiled at the first call.
      for (let i = 0; i < 5; i++) await post(path, body);
      const before = await cpuMs();
      const statuses = new Set<number>();
      for (let i = 0; i < REQUESTS; i++) statuses.add(await post(path, body));
      const perRequest = ((await cpuMs()) - before) / REQUESTS;
      expect(Math.min(...statuses)).toBeGreaterThanOrEqual(400);
      expect(perRequest).toBeLessThan(MAX_CPU_MS);
    }
  });
});
