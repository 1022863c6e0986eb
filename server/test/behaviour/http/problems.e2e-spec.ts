import { ERROR_CODES, HTTP_ERROR_CODES, type Problem } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { Parley } from '../../support/parley.js';

const LEGACY_PAGE = 'http://localhost:5173';
const NOBODY = 999_999_999;

let parley: Parley;
beforeAll(async () => {
  parley = await Parley.start({ LOG_LEVEL: 'silent', MESSAGES_PER_SECOND: '2', MESSAGES_BURST: '4' });
});
afterAll(() => parley.stop());

describe('a problem', () => {
  it('has a code of the catalogue, which distinguishes what one status does not', async () => {
    const { room, a } = await parley.newRoom();
    const messages = `/api/rooms/${room.id}/messages/`;
    const as = `?active_user=${a.id}`;
    const clientId = randomUUID();
    await parley.post(messages + as, { text: 'first', client_id: clientId });
    const json = { 'Content-Type': 'application/json' };
    const calls: [expected: string, method: string, path: string, body?: unknown, headers?: object][] = [
      ['400 bad_json', 'POST', '/api/users/', '{', json],
      ['400 bad_frame', 'POST', '/api/users/', { username: '' }],
      ['400 bad_frame', 'GET', '/api/rooms/?active_user=x'],
      ['400 too_long', 'POST', messages + as, { text: 'x'.repeat(4_001) }],
      ['400 bad_request', 'GET', '/api/%zz'],
      ['403 forbidden', 'GET', '/api/users/', undefined, { Origin: 'https://evil.example' }],
      ['404 not_found', 'GET', `/api/rooms/${room.id}/?active_user=${NOBODY}`],
      ['404 not_found', 'GET', '/api/nothing/'],
      ['405 method_not_allowed', 'DELETE', '/api/users/'],
      ['426 upgrade_required', 'GET', '/ws/'],
      ['426 upgrade_required', 'GET', '/ws/chat/1/'],
      ['409 conflict', 'POST', '/api/users/', { username: 'alice' }],
      ['409 conflict', 'POST', messages + as, { text: 'second', client_id: clientId }],
      ['413 too_large', 'POST', '/api/users/', { username: 'x'.repeat(200_000) }],
      ['415 unsupported_media_type', 'POST', '/api/users/', 'x', { 'Content-Type': 'text/plain' }],
    ];
    const catalogue = Object.keys({ ...ERROR_CODES, ...HTTP_ERROR_CODES });
    for (const [expected, method, path, body, headers] of calls) {
      const call = {
        ...(body === undefined ? {} : { body }),
        ...(headers ? { headers: { ...headers } } : {}),
      };
      const { status, body: problem } = await parley.call<Problem>(method, path, call);
      expect(`${method} ${path}: ${status} ${problem.code}`).toBe(`${method} ${path}: ${expected}`);
      expect(problem).toMatchObject({ type: 'about:blank', status });
      expect(catalogue).toContain(problem.code);
    }
  });
});

describe('a required field that was not sent', () => {
  it.each<[field: string, path: string, body: object]>([
    ['username', '/api/users/', {}],
    ['user_id', '/api/rooms/create/', { active_user_id: 1 }],
    ['active_user_id', '/api/rooms/create/', {}],
    ['active_user_id', '/api/rooms/create/?active_user=1', { user_id: 2 }],
    ['text', '/api/rooms/1/messages/', { active_user_id: 1 }],
    ['active_user_id', '/api/rooms/1/messages/', { text: 'hello' }],
  ])('is named as missing when it is %s of POST %s', async (field, path, body) => {
    const { status, body: problem } = await parley.post<Problem>(path, body);
    expect(status).toBe(400);
    expect(problem.errors).toEqual([{ field, message: expect.stringMatching(/^is missing/) }]);
  });
});

describe('a page of an allowed origin', () => {
  it('may read what it needs for a retry, a report, a link and an upload', async () => {
    const { headers } = await parley.call('GET', '/api/users/', { headers: { Origin: LEGACY_PAGE } });
    expect(headers.get('Access-Control-Expose-Headers')?.split(', ').toSorted()).toEqual([
      'Accept-Ranges',
      'Allow',
      'Content-Disposition',
      'Content-Range',
      'ETag',
      'Location',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'Tus-Extension',
      'Tus-Max-Size',
      'Tus-Resumable',
      'Tus-Version',
      'Upload-Expires',
      'Upload-Length',
      'Upload-Metadata',
      'Upload-Offset',
      'X-Request-Id',
    ]);
  });
});

describe('the rate limit headers', () => {
  it('count down while a user sends, and agree with the refusal', async () => {
    const { room, a } = await parley.newRoom();
    const remaining: number[] = [];
    let refused: { status: number; headers: Headers } | undefined;
    for (let i = 0; i < 20 && !refused; i++) {
      const answer = await parley.post<unknown>(`/api/rooms/${room.id}/messages/?active_user=${a.id}`, {
        text: `${i}`,
      });
      const [, left, reset] =
        /^"messages";r=(\d+);t=(\d+)$/.exec(answer.headers.get('RateLimit') ?? '') ?? [];
      expect(answer.headers.get('RateLimit-Policy')).toBe('"messages";q=4;w=2');
      expect(Number(reset)).toBeLessThanOrEqual(2);
      remaining.push(Number(left));
      if (answer.status === 429) refused = answer;
      else expect(answer.status).toBe(201);
    }
    expect(remaining[0]).toBe(3);
    expect(remaining.at(-1)).toBe(0);
    expect(refused?.headers.get('Retry-After')).toBe('1');
  });

  it('are left out where there is no limit', async () => {
    const unlimited = await Parley.start({ LOG_LEVEL: 'silent', RATE_LIMIT: 'off' });
    try {
      const { room, a } = await unlimited.newRoom();
      const { status, headers } = await unlimited.post(
        `/api/rooms/${room.id}/messages/?active_user=${a.id}`,
        { text: 'free' },
      );
      expect([status, headers.has('RateLimit'), headers.has('RateLimit-Policy')]).toEqual([
        201,
        false,
        false,
      ]);
    } finally {
      await unlimited.stop();
    }
  });
});

describe('a new room', () => {
  it('says where it is', async () => {
    const [a, b] = [await parley.newUser(), await parley.newUser()];
    const body = { user_id: b.id, active_user_id: a.id };
    const created = await parley.post<{ id: number }>('/api/rooms/create/', body);
    expect(created.headers.get('Location')).toBe(`/api/rooms/${created.body.id}/`);
    const { status } = await parley.get(`${created.headers.get('Location')}?active_user=${a.id}`);
    expect(status).toBe(200);
    expect((await parley.post('/api/rooms/create/', body)).headers.get('Location')).toBeNull();
  });
});
