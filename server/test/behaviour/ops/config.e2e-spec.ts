import { redisAddresses } from '../../../src/config/redis-url.js';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigError, readConfig } from '../../../src/config/config.js';

/** The reported mistakes of these settings. */
function mistakesOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}

/** The settings of lines `#NAME=value`. */
const settingsIn = (text: string) =>
  Object.fromEntries([...text.matchAll(/^#(\w+)=(.*)$/gm)].map(([, name, value]) => [name!, value!]));

describe('.env.example', () => {
  const [, defaults = '', examples = ''] = readFileSync(
    join(__dirname, '../../../../.env.example'),
    'utf8',
  ).split(/^# (?:The values shown are the defaults|Not set by default; the values are examples)\.$/m);

  it('shows the default of a setting that has one', () => {
    expect(Object.keys(settingsIn(defaults))).toContain('PORT');
    for (const [name, value] of Object.entries(settingsIn(defaults)))
      expect({ name, config: readConfig({ [name]: value }) }).toEqual({ name, config: readConfig({}) });
  });

  it('shows a value that is accepted of a setting that has no default', () => {
    expect(Object.keys(settingsIn(examples))).toContain('DATABASE_URL');
    expect(mistakesOf(settingsIn(examples))).toEqual([]);
    // METRICS_HOST alone changes nothing: it needs METRICS_PORT.
    const { METRICS_HOST: _, ...others } = settingsIn(examples);
    for (const [name, value] of Object.entries(others))
      expect({ name, config: readConfig({ [name]: value }) }).not.toEqual({ name, config: readConfig({}) });
  });
});

describe('the settings', () => {
  it('have a default each, as documented', () => {
    expect(readConfig({})).toEqual({
      port: 8000,
      host: '127.0.0.1',
      dataDir: resolve('./data'),
      databaseUrl: null,
      redisUrl: null,
      authMode: 'simulation',
      accounts: null,
      allowedOrigins: ['http://localhost:5173', 'http://127.0.0.1:5173'],
      allowedHosts: [],
      trustedProxies: [],
      metrics: null,
      logLevel: 'info',
      exampleUsers: true,
      allowNewerDatabase: false,
      serviceWorker: true,
      searchIndexMs: 60_000,
      retentionMs: null,
      serverId: expect.stringMatching(new RegExp(`^[\\w.-]+-${process.pid}$`)),
      commit: null,
      limits: {
        textLength: 4_000,
        editWindowMs: 900_000,
        deleteWindowMs: 86_400_000,
        frameBytes: 65_536,
        heartbeatMs: 25_000,
        presenceTtlMs: 60_000,
        presenceGraceMs: 15_000,
        typingIntervalMs: 2_000,
        rates: {
          messages: { perSecond: 20, burst: 60 },
          receipts: { perSecond: 5, burst: 20 },
          frames: { perSecond: 40, burst: 120 },
          bytes: { perSecond: 524_288, burst: 524_288 },
          requests: { perSecond: 30, burst: 300 },
          creations: { perSecond: 1, burst: 30 },
          searches: { perSecond: 5, burst: 30 },
          registrationsPerHour: 30,
          newChatsPerHour: 50,
          socketsPerUser: 20,
          socketsPerIp: 1_000,
          connectionsPerIp: 2_000,
        },
      },
      push: { subject: 'mailto:operator@parley.invalid', allowLoopback: false },
      attachments: {
        maxBytes: 26_214_400,
        max: 10,
        quotaBytes: 1_073_741_824,
        maxPixels: 50_000_000,
        dir: resolve('data/files'),
        s3: null,
      },
    });
  });

  it('are taken from the environment, and nothing else is', () => {
    const config = readConfig({
      PORT: '80',
      HOST: '0.0.0.0',
      DATA_DIR: '/var/lib/parley',
      DATABASE_URL: 'postgresql://u:p@db:5432/parley',
      REDIS_URL: 'rediss://:p@redis:6379',
      AUTH_MODE: 'simulation',
      ALLOWED_ORIGINS: 'https://chat.example.com, http://localhost:3000',
      ALLOWED_HOSTS: 'chat.example.com, Server-1, 10.0.0.7, ::1, [2001:DB8::1], bücher.example',
      METRICS_HOST: '10.0.0.5',
      METRICS_PORT: '9100',
      LOG_LEVEL: 'silent',
      ALLOW_NEWER_DATABASE: 'on',
      SERVER_ID: 'server-1.eu_west',
      PARLEY_COMMIT: '0123abc',
      TEXT_MAX_LENGTH: '100',
      EDIT_WINDOW_MINUTES: '0',
      DELETE_WINDOW_HOURS: 'none',
      FRAME_MAX_BYTES: '2048',
      HEARTBEAT_SECONDS: '5',
      PRESENCE_TTL_SECONDS: '11',
      PRESENCE_GRACE_SECONDS: '0',
      TYPING_INTERVAL_SECONDS: '0',
      MESSAGES_PER_SECOND: '1',
      MESSAGES_BURST: '2',
      FRAMES_PER_SECOND: '3',
      FRAMES_BURST: '4',
      RECEIPTS_PER_SECOND: '5',
      RECEIPTS_BURST: '6',
      REQUESTS_PER_SECOND: '9',
      REQUESTS_BURST: '10',
      CREATIONS_PER_SECOND: '11',
      CREATIONS_BURST: '12',
      SEARCHES_PER_SECOND: '13',
      SEARCHES_BURST: '14',
      SEARCH_INDEX_SECONDS: '5',
      RETENTION_DAYS: '0.5',
      SOCKETS_PER_USER: '7',
      SOCKETS_PER_ADDRESS: '8',
      CONNECTIONS_PER_ADDRESS: '9',
      TRUSTED_PROXIES: '10.0.0.0/8, loopback',
      ATTACHMENT_MAX_BYTES: '1024',
      ATTACHMENTS_MAX: '1',
      ATTACHMENT_QUOTA_BYTES: '2048',
      IMAGE_MAX_PIXELS: '3',
      STORAGE_DIR: '/srv/files',
      STORAGE_URL: 's3://key:a%2Fsecret@s3.example:9000/bucket/parley/files?region=eu-central-1&tls=off',
      PATH: '/usr/bin',
    });
    expect(config).toEqual({
      port: 80,
      host: '0.0.0.0',
      dataDir: '/var/lib/parley',
      databaseUrl: 'postgresql://u:p@db:5432/parley',
      redisUrl: 'rediss://:p@redis:6379',
      authMode: 'simulation',
      accounts: null,
      allowedOrigins: ['https://chat.example.com', 'http://localhost:3000'],
      allowedHosts: [
        'chat.example.com',
        'server-1',
        '10.0.0.7',
        '[::1]',
        '[2001:db8::1]',
        'xn--bcher-kva.example',
      ],
      trustedProxies: ['10.0.0.0/8', 'loopback'],
      metrics: { host: '10.0.0.5', port: 9_100 },
      logLevel: 'silent',
      exampleUsers: true,
      allowNewerDatabase: true,
      serviceWorker: true,
      searchIndexMs: 5_000,
      retentionMs: 43_200_000,
      serverId: 'server-1.eu_west',
      commit: '0123abc',
      limits: {
        textLength: 100,
        editWindowMs: 0,
        deleteWindowMs: null,
        frameBytes: 2_048,
        heartbeatMs: 5_000,
        presenceTtlMs: 11_000,
        presenceGraceMs: 0,
        typingIntervalMs: 0,
        rates: {
          messages: { perSecond: 1, burst: 2 },
          receipts: { perSecond: 5, burst: 6 },
          frames: { perSecond: 3, burst: 4 },
          bytes: { perSecond: 524_288, burst: 524_288 },
          requests: { perSecond: 9, burst: 10 },
          creations: { perSecond: 11, burst: 12 },
          searches: { perSecond: 13, burst: 14 },
          registrationsPerHour: 30,
          newChatsPerHour: 50,
          socketsPerUser: 7,
          socketsPerIp: 8,
          connectionsPerIp: 9,
        },
      },
      push: { subject: 'mailto:operator@parley.invalid', allowLoopback: false },
      attachments: {
        maxBytes: 1_024,
        max: 1,
        quotaBytes: 2_048,
        maxPixels: 3,
        dir: '/srv/files',
        s3: {
          endpoint: 'http://s3.example:9000',
          bucket: 'bucket',
          prefix: 'parley/files',
          region: 'eu-central-1',
          accessKeyId: 'key',
          secretAccessKey: 'a/secret',
        },
      },
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('that are empty count as unset', () => {
    const names = [
      'PORT',
      'HOST',
      'DATA_DIR',
      'DATABASE_URL',
      'REDIS_URL',
      'AUTH_MODE',
      'ALLOWED_ORIGINS',
      'ALLOWED_HOSTS',
      'TRUSTED_PROXIES',
      'METRICS_HOST',
      'METRICS_PORT',
      'LOG_LEVEL',
      'SERVER_ID',
      'RATE_LIMIT',
    ];
    expect(readConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(readConfig({}));
  });

  it('of accounts have defaults of their own', () => {
    const config = readConfig({ AUTH_MODE: 'accounts', NODE_ENV: 'production' });
    expect(config).toMatchObject({
      authMode: 'accounts',
      host: '0.0.0.0',
      allowedOrigins: [],
      exampleUsers: false,
      accounts: { registration: 'invite', sessionIdleMs: 30 * 86_400_000, sessionMaxMs: 180 * 86_400_000 },
    });
    const own = {
      REGISTRATION: 'closed',
      SESSION_IDLE_DAYS: '0.5',
      SESSION_MAX_DAYS: '7',
      HOST: '127.0.0.1',
    };
    expect(readConfig({ AUTH_MODE: 'accounts', ...own })).toMatchObject({
      host: '127.0.0.1',
      accounts: { registration: 'closed', sessionIdleMs: 43_200_000, sessionMaxMs: 604_800_000 },
    });
    const wrong = {
      AUTH_MODE: 'accounts',
      REGISTRATION: 'all',
      SESSION_IDLE_DAYS: '0',
      SESSION_MAX_DAYS: '1e3',
    };
    expect(mistakesOf(wrong)).toEqual([
      'REGISTRATION must be open or invite or closed, not "all"',
      'SESSION_IDLE_DAYS must be days, more than 0 and at most 3650, such as 30 or 0.5, not "0"',
      'SESSION_MAX_DAYS must be days, more than 0 and at most 3650, such as 30 or 0.5, not "1e3"',
    ]);
    expect(mistakesOf({ REGISTRATIONS: 'open' })).toEqual([
      'REGISTRATIONS is not a setting: did you mean REGISTRATION?',
    ]);
  });

  it('of identity providers have the id of the provider in their names, and are checked together', () => {
    const corp = { OIDC_PROVIDERS: 'my-corp', OIDC_MY_CORP_ISSUER: 'https://id.example.com' };
    const config = readConfig({
      AUTH_MODE: 'accounts',
      ...corp,
      OIDC_MY_CORP_CLIENT_ID: 'parley',
      OIDC_MY_CORP_CLIENT_SECRET: 'hunter2',
    });
    expect(config.accounts?.providers).toEqual([
      {
        id: 'my-corp',
        name: 'my-corp',
        issuer: 'https://id.example.com',
        clientId: 'parley',
        clientSecret: 'hunter2',
        scopes: 'openid profile',
      },
    ]);
    expect(mistakesOf(corp)).toEqual([expect.stringMatching(/^OIDC_MY_CORP_CLIENT_ID must be set/)]);
    const wrong = {
      OIDC_PROVIDERS: 'a,a,B,register',
      OIDC_A_ISSUER: 'http://id.example.com',
      OIDC_A_CLIENT_ID: 'x',
      OIDC_A_SCOPES: 'profile',
    };
    expect(mistakesOf(wrong).map((mistake) => mistake.split(' ')[0])).toEqual([
      'OIDC_PROVIDERS',
      'OIDC_A_ISSUER',
      'OIDC_A_SCOPES',
      'OIDC_A_ISSUER',
      'OIDC_A_SCOPES',
      'OIDC_PROVIDERS',
      'OIDC_PROVIDERS',
    ]);
    expect(mistakesOf({ ...corp, OIDC_MY_CORP_CLIENT_IDS: 'x' }).join()).toContain('did you mean');
  });

  it('give an empty database example users in simulation, but not in production', () => {
    expect(readConfig({ AUTH_MODE: 'simulation' }).exampleUsers).toBe(true);
    expect(readConfig({ AUTH_MODE: 'simulation', NODE_ENV: 'production' }).exampleUsers).toBe(false);
  });

  it('PUSH_SUBJECT is an address by which somebody is reached', () => {
    for (const subject of ['mailto:operator@example.com', 'https://example.com/contact'])
      expect(readConfig({ PUSH_SUBJECT: subject }).push.subject).toBe(subject);
    for (const subject of ['operator@example.com', 'http://example.com', 'mailto:'])
      expect(mistakesOf({ PUSH_SUBJECT: subject })).toEqual([
        `PUSH_SUBJECT must be a URL that begins with mailto: or https://, not "${subject}"`,
      ]);
  });

  it('SERVICE_WORKER=off removes the service worker from browsers', () => {
    expect(readConfig({}).serviceWorker).toBe(true);
    expect(readConfig({ SERVICE_WORKER: 'off' }).serviceWorker).toBe(false);
  });

  it('RATE_LIMIT=off lifts the limits per user', () => {
    expect(readConfig({ RATE_LIMIT: 'off' }).limits.rates).toBeNull();
    expect(readConfig({ RATE_LIMIT: 'on' })).toEqual(readConfig({}));
  });

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
