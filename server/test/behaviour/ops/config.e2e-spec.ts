import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readConfig } from '../../../src/config/config.js';
import { mistakesOf } from './mistakes-of.js';

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
});
