import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../src/config/config.js';
import { redisAddresses } from '../../../src/config/redis-url.js';
import { mistakesOf } from './mistakes-of.js';

describe('the settings', () => {
  it.each([
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PORT', '80a'],
    ['PORT', '-1'],
    ['PORT', '8e3'],
    ['PORT', ' 80'],
    ['DATABASE_URL', 'mysql://x'],
    ['DATABASE_URL', 'localhost:5432'],
    ['REDIS_URL', 'http://x'],
    ['REDIS_URL', 'redis://a:6379,b:6379'],
    ['REDIS_URL', 'redis+cluster://a:6379,'],
    ['REDIS_URL', 'redis+cluster://a:6379,b:port'],
    ['AUTH_MODE', 'none'],
    ['ALLOWED_HOSTS', 'https://chat.example.com'],
    ['ALLOWED_HOSTS', 'chat.example.com:8000'],
    ['ALLOWED_HOSTS', 'chat.example.com/path'],
    ['ALLOWED_HOSTS', 'chat.example.com other.example'],
    ['ALLOWED_HOSTS', 'user@chat.example.com'],
    ['ALLOWED_HOSTS', '[chat.example.com]'],
    ['ALLOWED_HOSTS', '[::1]:8000'],
    ['ALLOWED_HOSTS', '*'],
    ['ALLOWED_ORIGINS', '*'],
    ['ALLOWED_ORIGINS', 'null'],
    ['ALLOWED_ORIGINS', 'https://chat.example.com/'],
    ['ALLOWED_ORIGINS', 'https://chat.example.com/path'],
    ['ALLOWED_ORIGINS', 'https://Chat.example.com'],
    ['ALLOWED_ORIGINS', 'chat.example.com'],
    ['ALLOWED_ORIGINS', 'https://a.example,'],
    ['LOG_LEVEL', 'loud'],
    ['METRICS_PORT', '0'],
    ['METRICS_PORT', '8000'],
    ['METRICS_HOST', '127.0.0.1'],
    ['SERVER_ID', 'a b'],
    ['SERVER_ID', 'x'.repeat(65)],
    ['RATE_LIMIT', 'no'],
    ['ALLOW_NEWER_DATABASE', 'yes'],
    ['PARLEY_COMMIT', 'main'],
    ['TEXT_MAX_LENGTH', '0'],
    ['EDIT_WINDOW_MINUTES', '-1'],
    ['EDIT_WINDOW_MINUTES', 'never'],
    ['DELETE_WINDOW_HOURS', '0.5'],
    ['TEXT_MAX_LENGTH', '16001'],
    ['FRAME_MAX_BYTES', '1023'],
    ['HEARTBEAT_SECONDS', '0'],
    ['HEARTBEAT_SECONDS', '1e1'],
    ['PRESENCE_GRACE_SECONDS', '0.0001'],
    ['PRESENCE_TTL_SECONDS', '0'],
    ['PRESENCE_GRACE_SECONDS', '-1'],
    ['TYPING_INTERVAL_SECONDS', '61'],
    ['SEARCH_INDEX_SECONDS', '0'],
    ['RETENTION_DAYS', '0'],
    ['RETENTION_DAYS', '40000'],
    ['SEARCHES_PER_SECOND', '0'],
    ['SEARCHES_BURST', '1.5'],
    ['MESSAGES_PER_SECOND', '0'],
    ['MESSAGES_BURST', 'x'],
    ['FRAMES_PER_SECOND', '1.5'],
    ['FRAMES_BURST', '0'],
    ['RECEIPTS_PER_SECOND', '0'],
    ['RECEIPTS_BURST', '-5'],
    ['SOCKETS_PER_USER', '0'],
    ['SOCKETS_PER_ADDRESS', 'many'],
    ['CONNECTIONS_PER_ADDRESS', '0'],
    ['TRUSTED_PROXIES', 'proxy.example.com'],
    ['TRUSTED_PROXIES', '10.0.0.0/99'],
    ['ATTACHMENT_MAX_BYTES', '1023'],
    ['ATTACHMENT_MAX_BYTES', '104857601'],
    ['ATTACHMENTS_MAX', '101'],
    ['ATTACHMENT_QUOTA_BYTES', '-1'],
    ['IMAGE_MAX_PIXELS', '0'],
  ])('that are wrong are named with the rule: %s=%s', (name, value) => {
    const mistakes = mistakesOf({ [name]: value });
    expect(mistakes.length).toBeGreaterThanOrEqual(1);
    expect(mistakes[0]).toMatch(new RegExp(`^${name} must `));
  });

  describe('that are secrets', () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-files-'));
    const fileWith = (text: string) => {
      const file = join(folder, String(Math.random()));
      writeFileSync(file, text);
      return file;
    };
    afterAll(() => rmSync(folder, { recursive: true }));

    it('are read from files, without the line end', () => {
      const config = readConfig({
        DATABASE_URL_FILE: fileWith('postgres://u:p@db/parley\n'),
        REDIS_URL_FILE: fileWith('redis://:p@redis:6379\r\n'),
      });
      expect(config.databaseUrl).toBe('postgres://u:p@db/parley');
      expect(config.redisUrl).toBe('redis://:p@redis:6379');
    });

    it('are refused by name when the file is missing, empty or wrong, or both are set; nothing is repeated', () => {
      const secret = fileWith('mysql://secret');
      for (const [env, rule] of [
        [{ DATABASE_URL_FILE: join(folder, 'none') }, /^DATABASE_URL_FILE must name .*\(ENOENT\)$/],
        [{ DATABASE_URL_FILE: folder }, /^DATABASE_URL_FILE must name .*\(EISDIR\)$/],
        [{ REDIS_URL_FILE: fileWith(' \n') }, /^REDIS_URL_FILE must name .* is empty$/],
        [{ DATABASE_URL_FILE: secret }, /^DATABASE_URL must be a URL/],
        [{ REDIS_URL_FILE: secret, REDIS_URL: 'redis://secret' }, /^REDIS_URL_FILE must not be set/],
      ] as const) {
        const mistakes = mistakesOf(env);
        expect(mistakes).toEqual([expect.stringMatching(rule)]);
        expect(mistakes.join()).not.toContain('secret');
      }
    });
  });

  it('are milliseconds when they are seconds with a fraction', () => {
    const { limits } = readConfig({
      HEARTBEAT_SECONDS: '0.25',
      PRESENCE_TTL_SECONDS: '0.5',
      PRESENCE_GRACE_SECONDS: '0.001',
      TYPING_INTERVAL_SECONDS: '1.5',
    });
    expect(limits).toMatchObject({
      heartbeatMs: 250,
      presenceTtlMs: 500,
      presenceGraceMs: 1,
      typingIntervalMs: 1_500,
    });
  });

  it('that do not go together are named: everyone would flap offline between two heartbeats', () => {
    expect(mistakesOf({ HEARTBEAT_SECONDS: '60' })).toEqual([
      expect.stringContaining('PRESENCE_TTL_SECONDS'),
    ]);
    expect(mistakesOf({ PRESENCE_TTL_SECONDS: '25' })).toHaveLength(1);
  });

  it('are refused with all mistakes at once, one a line', () => {
    const env = {
      PORT: 'x',
      DATABASE_URL: 'x',
      LOG_LEVEL: 'x',
      ALLOWED_ORIGINS: 'x,y',
      RATE_LIMIT: 'off',
      FRAMES_BURST: 'x',
    };
    expect(mistakesOf(env)).toHaveLength(6);
    expect(() => readConfig(env)).toThrow(/^Invalid configuration:\n( {2}- .+\n){5} {2}- .+$/);
  });

  it.each([
    ['redis://:p@a:6379/0', false, ['redis://:p@a:6379/0']],
    ['redis+cluster://a:7000', true, ['redis://a:7000']],
    [
      'rediss+cluster://u:p@a:7000,[::1]:7001,c/?family=6',
      true,
      ['rediss://u:p@a:7000/?family=6', 'rediss://u:p@[::1]:7001/?family=6', 'rediss://u:p@c/?family=6'],
    ],
  ])('REDIS_URL=%s', (REDIS_URL, isCluster, urls) => {
    expect(readConfig({ REDIS_URL }).redisUrl).toBe(REDIS_URL);
    expect(redisAddresses(REDIS_URL)).toEqual({ isCluster, urls });
  });

  it('repeat no password in a mistake', () => {
    for (const name of ['DATABASE_URL', 'REDIS_URL']) {
      expect(mistakesOf({ [name]: 'http://user:hunter2@host' }).join()).not.toContain('hunter2');
      expect(mistakesOf({ [name]: 'hunter2' }).join()).not.toContain('hunter2');
    }
  });

  it('in production must say AUTH_MODE: in simulation anyone can be anyone', () => {
    expect(mistakesOf({ NODE_ENV: 'production' })).toEqual([expect.stringMatching(/^AUTH_MODE is not set/)]);
    expect(mistakesOf({ NODE_ENV: 'production', AUTH_MODE: '' })).toHaveLength(1);
    expect(mistakesOf({ NODE_ENV: 'production', AUTH_MODE: 'simulation' })).toEqual([]);
    expect(mistakesOf({ NODE_ENV: 'development' })).toEqual([]);
  });
});
