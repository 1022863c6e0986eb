import type { AuthMode, RegistrationPolicy } from '@parley/shared';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import {
  ATTACHMENT_MAX_BYTES,
  ATTACHMENTS_MAX,
  DELETE_WINDOW_HOURS,
  EDIT_WINDOW_MINUTES,
  HEARTBEAT_SECONDS,
  MAX_FRAME_BYTES,
  MAX_TEXT_LENGTH,
  PRESENCE_GRACE_SECONDS,
  PRESENCE_TTL_SECONDS,
  TYPING_INTERVAL_SECONDS,
} from '@parley/shared';
import { meantBy } from './misspelt.js';
import { readProviders, type OidcProvider } from './providers.js';
import { MAX_NAME_LENGTH, reader } from './reader.js';
import { readStorageUrl, type S3Settings } from './storage.js';

/** All settings, checked once at start. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** null: the in-process bus, one server alone. */
  readonly redisUrl: string | null;
  readonly authMode: AuthMode;
  /** null: in simulation. */
  readonly accounts: AccountSettings | null;
  readonly allowedOrigins: readonly string[];
  /** Host names and IPs, without ports, under which the server is reached besides loopback, `host` and `allowedOrigins`. */
  readonly allowedHosts: readonly string[];
  /** IPs and ranges of the proxies whose X-Forwarded-For and X-Forwarded-Proto are trusted. */
  readonly trustedProxies: readonly string[];
  /** Where `/metrics` is served; null: on the port of everything else. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  readonly logLevel: LogLevel;
  /** Example users go into an empty database: in simulation, but never in production. */
  readonly exampleUsers: boolean;
  /** Work on a database that a newer version has migrated: to go back by one version. */
  readonly allowNewerDatabase: boolean;
  /** Browsers may store the page; off: they remove what they have stored. */
  readonly serviceWorker: boolean;
  /** Interval at which new messages are added to the search index. */
  readonly searchIndexMs: number;
  /** Names this server in every line of its log. Servers with the same name cannot be distinguished in a log. */
  readonly serverId: string;
  /** Commit of this build. null: not known. */
  readonly commit: string | null;
  /** Messages disappear this long after they were sent; null: never. */
  readonly retentionMs: number | null;
  readonly limits: Limits;
  readonly attachments: AttachmentSettings;
  readonly push: PushSettings;
}

/** Web Push. */
export interface PushSettings {
  /** How push services reach the operator of this server: a `mailto:` or https URL. */
  readonly subject: string;
  /** Push services may be on this machine, by plain http: for tests. */
  readonly allowLoopback: boolean;
}

/** Uploads, and where files are kept. */
export interface AttachmentSettings {
  /** Of one file. */
  readonly maxBytes: number;
  /** Of one message. */
  readonly max: number;
  /** Of all files of one user. */
  readonly quotaBytes: number;
  /** Of one image, all frames together. */
  readonly maxPixels: number;
  /** Folder of the files, unless they are in S3. */
  readonly dir: string;
  /** null: files are kept in `dir`. */
  readonly s3: S3Settings | null;
}

/** Settings of AUTH_MODE=accounts. */
export interface AccountSettings {
  readonly registration: RegistrationPolicy;
  /** A session ends when it was not used for this long. */
  readonly sessionIdleMs: number;
  /** A session ends this long after login, whether it is used or not. */
  readonly sessionMaxMs: number;
  readonly providers: readonly OidcProvider[];
}

/** Limits of what a client may do. */
export interface Limits {
  readonly textLength: number;
  /** How long after sending a message can be edited, and deleted for both. 0: never; null: for ever. */
  readonly editWindowMs: number | null;
  readonly deleteWindowMs: number | null;
  readonly frameBytes: number;
  readonly heartbeatMs: number;
  readonly presenceTtlMs: number;
  readonly presenceGraceMs: number;
  readonly typingIntervalMs: number;
  /** null: no limits per user (load tests). */
  readonly rates: Rates | null;
}

/** A token bucket: `perSecond` refills, `burst` is the most that can be saved up. */
export interface Bucket {
  readonly perSecond: number;
  readonly burst: number;
}

/** Rates of a user, a socket or an IP. */
export interface Rates {
  /** Per user, over all connections. */
  readonly messages: Bucket;
  /** Per user. Receipts over the rate are delayed, not refused. */
  readonly receipts: Bucket;
  /** Per socket; all sockets of one user together may send four times that. */
  readonly frames: Bucket;
  /** Bytes per user, over all sockets. Bytes over the rate are read later, not refused. */
  readonly bytes: Bucket;
  /** HTTP calls per user; all users of one IP together may make ten times that. Sending has its own limit. */
  readonly requests: Bucket;
  /** New users and rooms per user; all users of one IP together may make four times that. */
  readonly creations: Bucket;
  /** Searches for messages per user. */
  readonly searches: Bucket;
  /** Attempts to register, per IP. */
  readonly registrationsPerHour: number;
  /** Chats that a user opens with people who are new to it. */
  readonly newChatsPerHour: number;
  /** Open at once, on one server. */
  readonly socketsPerUser: number;
  readonly socketsPerIp: number;
  /** Open TCP connections, sockets included. Those of trusted proxies are not counted. */
  readonly connectionsPerIp: number;
}

const AUTH_MODES = ['simulation', 'accounts'] as const satisfies readonly AuthMode[];
const REGISTRATIONS = ['open', 'invite', 'closed'] as const satisfies readonly RegistrationPolicy[];
const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Injection token of the Config. */
export const CONFIG = Symbol('CONFIG');

/** Every mistake in the settings at once, one sentence each. */
export class ConfigError extends Error {
  constructor(readonly mistakes: readonly string[]) {
    super(`Invalid configuration:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
  }
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** The highest value of ATTACHMENTS_MAX: no list of ids in a request is longer. */
export const MOST_ATTACHMENTS = 100;
/** Nobody is reached by it: services that want somebody refuse pushes until PUSH_SUBJECT is set. */
const DEFAULT_SUBJECT = 'mailto:operator@parley.invalid';
const DEV_ORIGINS = ['http://localhost:5173', 'http://127.0.0.1:5173'];

/**
 * Reads the settings from environment variables. Unset or empty means the default.
 * @throws ConfigError with the full list of mistakes, names that are nearly those of settings included.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const mistakes: string[] = [];
  const settings = new Set<string>();
  const env = recorded(environment, settings);
  const read = reader(env, mistakes);

  const authMode = read.choice('AUTH_MODE', AUTH_MODES, 'simulation');
  if (env.NODE_ENV === 'production' && !env.AUTH_MODE) {
    mistakes.push(
      'AUTH_MODE is not set, and in simulation anyone can be anyone: to run that in production all the same, set AUTH_MODE=simulation',
    );
  }
  const accounts: AccountSettings = {
    registration: read.choice('REGISTRATION', REGISTRATIONS, 'invite'),
    sessionIdleMs: read.days('SESSION_IDLE_DAYS', 30, 3_650),
    sessionMaxMs: read.days('SESSION_MAX_DAYS', 180, 3_650),
    providers: readProviders(env, mistakes),
  };
  const presenceTtlMs = read.seconds('PRESENCE_TTL_SECONDS', PRESENCE_TTL_SECONDS, 0.1, 3_600);
  const heartbeatMs = read.seconds('HEARTBEAT_SECONDS', HEARTBEAT_SECONDS, 0.1, 600);
  if (presenceTtlMs <= heartbeatMs) {
    mistakes.push(
      'PRESENCE_TTL_SECONDS must be more than HEARTBEAT_SECONDS, else users flap between online and offline',
    );
  }
  const rates: Rates = {
    messages: {
      perSecond: read.integer('MESSAGES_PER_SECOND', 20, 1, 100_000),
      burst: read.integer('MESSAGES_BURST', 60, 1, 100_000),
    },
    receipts: {
      perSecond: read.integer('RECEIPTS_PER_SECOND', 5, 1, 100_000),
      burst: read.integer('RECEIPTS_BURST', 20, 1, 100_000),
    },
    frames: {
      perSecond: read.integer('FRAMES_PER_SECOND', 40, 1, 100_000),
      burst: read.integer('FRAMES_BURST', 120, 1, 100_000),
    },
    bytes: {
      perSecond: read.integer('BYTES_PER_SECOND', 524_288, 1_024, 1_073_741_824),
      burst: read.integer('BYTES_BURST', 524_288, 1_024, 1_073_741_824),
    },
    requests: {
      perSecond: read.integer('REQUESTS_PER_SECOND', 30, 1, 100_000),
      burst: read.integer('REQUESTS_BURST', 300, 1, 100_000),
    },
    creations: {
      perSecond: read.integer('CREATIONS_PER_SECOND', 1, 1, 100_000),
      burst: read.integer('CREATIONS_BURST', 30, 1, 100_000),
    },
    searches: {
      perSecond: read.integer('SEARCHES_PER_SECOND', 5, 1, 100_000),
      burst: read.integer('SEARCHES_BURST', 30, 1, 100_000),
    },
    registrationsPerHour: read.integer('REGISTRATIONS_PER_HOUR', 30, 1, 100_000),
    newChatsPerHour: read.integer('NEW_CHATS_PER_HOUR', 50, 1, 100_000),
    socketsPerUser: read.integer('SOCKETS_PER_USER', 20, 1, 100_000),
    socketsPerIp: read.integer('SOCKETS_PER_ADDRESS', 1_000, 1, 1_000_000),
    connectionsPerIp: read.integer('CONNECTIONS_PER_ADDRESS', 2_000, 1, 1_000_000),
  };
  const port = read.integer('PORT', 8000, 1, 65_535);
  const isSimulation = authMode === 'simulation';
  // In simulation anyone can be anyone: other machines are let in only when the settings say so.
  const host = env.HOST || (isSimulation ? '127.0.0.1' : '0.0.0.0');
  const metricsPort = env.METRICS_PORT ? read.integer('METRICS_PORT', 0, 1, 65_535) : null;
  if (metricsPort === port) mistakes.push('METRICS_PORT must be another port than PORT');
  if (metricsPort === null && env.METRICS_HOST) {
    mistakes.push(
      'METRICS_HOST must come with METRICS_PORT: without it the figures are served at HOST and PORT',
    );
  }
  const dataDir = resolve(env.DATA_DIR || './data');
  const maxBytes = read.integer('ATTACHMENT_MAX_BYTES', ATTACHMENT_MAX_BYTES, 1_024, 104_857_600);
  const config: Config = {
    port,
    host,
    dataDir,
    databaseUrl: read.url('DATABASE_URL', ['postgres:', 'postgresql:']),
    redisUrl: read.redis('REDIS_URL'),
    authMode,
    accounts: isSimulation ? null : accounts,
    allowedOrigins: read.origins('ALLOWED_ORIGINS', isSimulation ? DEV_ORIGINS : []),
    allowedHosts: read.hosts('ALLOWED_HOSTS'),
    trustedProxies: read.addresses('TRUSTED_PROXIES'),
    metrics: metricsPort === null ? null : { host: env.METRICS_HOST || host, port: metricsPort },
    logLevel: read.choice('LOG_LEVEL', LOG_LEVELS, 'info'),
    exampleUsers: isSimulation && env.NODE_ENV !== 'production',
    allowNewerDatabase: read.choice('ALLOW_NEWER_DATABASE', ['on', 'off'] as const, 'off') === 'on',
    serviceWorker: read.choice('SERVICE_WORKER', ['on', 'off'] as const, 'on') === 'on',
    searchIndexMs: read.seconds('SEARCH_INDEX_SECONDS', 60, 0.1, 3_600),
    serverId: read.name('SERVER_ID', defaultServerId()),
    commit: read.commit('PARLEY_COMMIT'),
    retentionMs: env.RETENTION_DAYS ? read.days('RETENTION_DAYS', 0, 36_500) : null,
    limits: {
      textLength: read.integer('TEXT_MAX_LENGTH', MAX_TEXT_LENGTH, 1, 16_000),
      editWindowMs: read.window('EDIT_WINDOW_MINUTES', EDIT_WINDOW_MINUTES, MINUTE_MS),
      deleteWindowMs: read.window('DELETE_WINDOW_HOURS', DELETE_WINDOW_HOURS, HOUR_MS),
      frameBytes: read.integer('FRAME_MAX_BYTES', MAX_FRAME_BYTES, 1_024, 1_048_576),
      heartbeatMs,
      presenceTtlMs,
      presenceGraceMs: read.seconds('PRESENCE_GRACE_SECONDS', PRESENCE_GRACE_SECONDS, 0, 3_600),
      typingIntervalMs: read.seconds('TYPING_INTERVAL_SECONDS', TYPING_INTERVAL_SECONDS, 0, 60),
      rates: read.choice('RATE_LIMIT', ['on', 'off'] as const, 'on') === 'off' ? null : rates,
    },
    push: {
      subject: read.contact('PUSH_SUBJECT', DEFAULT_SUBJECT),
      allowLoopback: read.choice('PUSH_LOOPBACK', ['on', 'off'] as const, 'off') === 'on',
    },
    attachments: {
      maxBytes,
      max: read.integer('ATTACHMENTS_MAX', ATTACHMENTS_MAX, 1, MOST_ATTACHMENTS),
      quotaBytes: read.integer('ATTACHMENT_QUOTA_BYTES', 1_073_741_824, 1_024, Number.MAX_SAFE_INTEGER),
      maxPixels: read.integer('IMAGE_MAX_PIXELS', 50_000_000, 1, 268_402_689),
      dir: resolve(env.STORAGE_DIR || join(dataDir, 'files')),
      s3: readStorageUrl(env, mistakes),
    },
  };
  mistakes.push(...misspelt(environment, settings));
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return Object.freeze(config);
}

/** The host and the process: in a container the container's id, and 1. */
export function defaultServerId(): string {
  return `${hostname().replaceAll(/[^\w.-]/g, '-')}-${process.pid}`.slice(-MAX_NAME_LENGTH);
}

/** Collects the names of all settings from what is read, so that no second list can be incomplete. */
function recorded<Env extends object>(env: Env, names: Set<string>): Env {
  return new Proxy(env, {
    get(target, name) {
      names.add(String(name));
      return Reflect.get(target, name) as unknown;
    },
  });
}

function misspelt(env: Readonly<Record<string, string | undefined>>, settings: Set<string>): string[] {
  // Windows does not know small letters from capitals here.
  const isSetting = (name: string) => settings.has(process.platform === 'win32' ? name.toUpperCase() : name);
  return Object.keys(env)
    .filter((name) => env[name] && !isSetting(name))
    .flatMap((name) => {
      const setting = meantBy(name, settings);
      return setting ? [`${name} is not a setting: did you mean ${setting}?`] : [];
    });
}
