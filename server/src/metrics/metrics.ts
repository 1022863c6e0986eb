import { Inject, Injectable } from '@nestjs/common';
import { CLOSE_CODES, ERROR_CODES, type ErrorCode } from '@parley/shared';
import { CONFIG, type Config } from '../config/config.js';
import { VERSION } from '../version/version.js';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Upper bounds in seconds: from well below one commit to where a client sends again (ACK_TIMEOUT_MS). */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Upper bounds in items: up to the largest batch that a group commit makes. */
const ITEMS = [1, 2, 5, 10, 20, 50, 100, 200, 500];
/** Statuses that HTTP answers with a problem; others appear when they first happen. */
const STATUSES = [400, 401, 403, 404, 409, 410, 413, 429, 500, 503];

/** Of HTTP requests; what else there may be is `other`. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** Close codes of RFC 6455 and ours: a client may send any of a thousand more, which are `other`. */
const CLOSES: readonly number[] = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1010, 1011].concat(
  Object.values(CLOSE_CODES).map(({ code }) => code),
);

const HANDSHAKE_REFUSALS = [
  'path',
  'origin',
  'host',
  'address_limit',
  'user_limit',
  'unauthorized',
  'not_a_member',
  'no_such_room',
  'unavailable',
  'other',
] as const;
export type HandshakeRefusal = (typeof HANDSHAKE_REFUSALS)[number];

const PUSH_OUTCOMES = ['sent', 'gone', 'refused', 'failed', 'dropped'] as const;
export type PushOutcome = (typeof PUSH_OUTCOMES)[number];

/** The two logs that commit in groups. */
export type CommitLog = 'messages' | 'receipts';

/** Called after every statement of a group commit. */
export type BatchMeter = (items: number, seconds: number) => void;

export interface SocketCounts {
  user: number;
  room: number;
}

/** Connections of the pool, and statements that wait for one. */
export interface DatabaseState {
  isUp: boolean;
  inUse: number;
  idle: number;
  waiting: number;
}

export interface BusState {
  isUp: boolean;
  lagMs: number;
}

/**
 * Every metric of this server, by name. Components that count something inject this class. Counters on the message path
 * cost well below a microsecond and have no labels; gauges are read at each scrape.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  readonly #registers = [this.registry];

  readonly messagesStored = new Counter({
    name: 'parley_messages_stored_total',
    help: 'Messages committed by this server, repetitions not counted.',
    registers: this.#registers,
  });

  readonly ackSeconds = new Histogram({
    name: 'parley_message_ack_seconds',
    help: 'From the arrival of a message frame to its ack, the commit included.',
    buckets: SECONDS,
    registers: this.#registers,
  });

  /** Plain numbers, because they are on the message path. Read at each scrape. */
  eventsDelivered = 0;
  resyncsSent = 0;
  busMessagesMalformed = 0;
  readonly socketsOpened: SocketCounts = { user: 0, room: 0 };

  readonly #httpSeconds = new Histogram({
    name: 'parley_http_request_seconds',
    help: 'From the arrival of an HTTP request to the end of its answer, by route. Without probes and scrapes.',
    labelNames: ['method', 'route'],
    buckets: SECONDS,
    registers: this.#registers,
  });

  readonly #batchItems = new Histogram({
    name: 'parley_commit_batch_items',
    help: 'Items in one statement of a group commit.',
    labelNames: ['log'],
    buckets: ITEMS,
    registers: this.#registers,
  });

  readonly #commitSeconds = new Histogram({
    name: 'parley_commit_seconds',
    help: 'Duration of one statement of a group commit.',
    labelNames: ['log'],
    buckets: SECONDS,
    registers: this.#registers,
  });

  readonly #problems = new Counter({
    name: 'parley_http_problems_total',
    help: 'HTTP requests and handshakes that were answered with an error, by status.',
    labelNames: ['status'],
    registers: this.#registers,
  });

  readonly #socketErrors = new Counter({
    name: 'parley_socket_errors_total',
    help: 'Error frames sent, by code.',
    labelNames: ['code'],
    registers: this.#registers,
  });

  readonly #closes = new Counter({
    name: 'parley_socket_closes_total',
    help: 'Sockets closed, by the close code of the side that closed first; 1006: the connection was lost.',
    labelNames: ['code'],
    registers: this.#registers,
  });

  readonly #handshakesRefused = new Counter({
    name: 'parley_handshakes_refused_total',
    help: 'Refused sockets, by reason.',
    labelNames: ['reason'],
    registers: this.#registers,
  });

  readonly #pushes = new Counter({
    name: 'parley_pushes_total',
    help: 'Pushes to browsers, by outcome. dropped: more than this server can hold at a time.',
    labelNames: ['outcome'],
    registers: this.#registers,
  });

  readonly #depths = new Map<CommitLog, () => number>();

  constructor(@Inject(CONFIG) { commit }: Config) {
    this.#gauge(
      'parley_commit_queue_items',
      'Items that wait for the statement in flight.',
      ['log'],
      (gauge) => {
        for (const [log, depth] of this.#depths) gauge.set({ log }, depth());
      },
    );
    this.#gauge(
      'parley_build_info',
      'Which build this is: always 1.',
      ['version', 'commit', 'node'],
      (gauge) => gauge.set({ version: VERSION, commit: commit ?? '', node: process.version }, 1),
    );
    this.#total(
      'parley_events_delivered_total',
      'Frames of events that were sent to sockets of this server.',
      () => [[{}, this.eventsDelivered]],
    );
    this.#total(
      'parley_resyncs_sent_total',
      'Sockets that were sent a resync because the bus may have lost events.',
      () => [[{}, this.resyncsSent]],
    );
    this.#total(
      'parley_bus_malformed_messages_total',
      'Messages from Redis that were ignored because they are malformed.',
      () => [[{}, this.busMessagesMalformed]],
    );
    this.#total('parley_sockets_opened_total', 'Sockets that were let in, by kind.', () =>
      Object.entries(this.socketsOpened).map(([kind, count]) => [{ kind }, count]),
    );
    for (const reason of HANDSHAKE_REFUSALS) this.#handshakesRefused.inc({ reason }, 0);
    for (const outcome of PUSH_OUTCOMES) this.#pushes.inc({ outcome }, 0);
    for (const code of CLOSES) this.#closes.inc({ code }, 0);
    for (const code of Object.keys(ERROR_CODES)) this.#socketErrors.inc({ code }, 0);
    for (const status of STATUSES) this.#problems.inc({ status }, 0);
    collectDefaultMetrics({ register: this.registry });
  }

  /** Adds the metrics of a group commit. @returns a function to be called after every statement. */
  groupCommit(log: CommitLog, depth: () => number): BatchMeter {
    this.#depths.set(log, depth);
    const batchItems = this.#batchItems.labels({ log });
    const commitSeconds = this.#commitSeconds.labels({ log });
    return (items, seconds) => {
      batchItems.observe(items);
      commitSeconds.observe(seconds);
    };
  }

  watchSockets(read: () => SocketCounts): void {
    const help = 'Open sockets, by kind: of a user (all rooms), or of one room.';
    this.#gauge('parley_sockets_open', help, ['kind'], (gauge) => {
      for (const [kind, count] of Object.entries(read())) gauge.set({ kind }, count);
    });
  }

  watchBus(read: () => BusState): void {
    const up = '1 while other servers can be reached (always with the in-process bus), else 0.';
    this.#gauge('parley_bus_up', up, [], (gauge) => gauge.set(read().isUp ? 1 : 0));
    const lag =
      'How long an event takes through the bus, as of the last probe; while one is overdue, its age.';
    this.#gauge('parley_bus_lag_seconds', lag, [], (gauge) => gauge.set(read().lagMs / 1_000));
  }

  watchDatabase(read: () => DatabaseState): void {
    const up = '1 while the database can be reached, else 0.';
    this.#gauge('parley_database_up', up, [], (gauge) => gauge.set(read().isUp ? 1 : 0));
    const connections = 'Connections of the pool, by state.';
    this.#gauge('parley_database_connections', connections, ['state'], (gauge) => {
      const { inUse, idle } = read();
      gauge.set({ state: 'in_use' }, inUse);
      gauge.set({ state: 'idle' }, idle);
    });
    const waiting = 'Statements that wait for a connection of the pool.';
    this.#gauge('parley_database_waiting', waiting, [], (gauge) => gauge.set(read().waiting));
  }

  watchSearchIndex(read: () => number): void {
    const help =
      'Messages that were in no segment of the search index when this server last filled it, else 0.';
    this.#gauge('parley_search_unindexed_messages', help, [], (gauge) => gauge.set(read()));
  }

  /** @param route the pattern, not the path; undefined: there is none. */
  httpRequest(method: string, route: string | undefined, seconds: number): void {
    const labels = {
      method: METHODS.includes(method) ? method : 'other',
      route: route === undefined || route === '*' ? 'unmatched' : route.replace(/^\/assets\/.*/, '/assets/*'),
    };
    this.#httpSeconds.observe(labels, seconds);
  }

  socketClosed(code: number): void {
    this.#closes.inc({ code: CLOSES.includes(code) ? code : 'other' });
  }

  handshakeRefused(reason: HandshakeRefusal): void {
    this.#handshakesRefused.inc({ reason });
  }

  countPush(outcome: PushOutcome): void {
    this.#pushes.inc({ outcome });
  }

  problem(status: number): void {
    this.#problems.inc({ status });
  }

  socketError(code: ErrorCode): void {
    this.#socketErrors.inc({ code });
  }

  /** A counter whose value is kept elsewhere and read at each scrape. */
  #total(name: string, help: string, read: () => [labels: Record<string, string>, count: number][]): void {
    const labelNames = Object.keys(read()[0]?.[0] ?? {});
    const collect = function (this: Counter) {
      this.reset();
      for (const [labels, count] of read()) this.inc(labels, count);
    };
    this.registry.registerMetric(new Counter({ name, help, labelNames, registers: [], collect }));
  }

  /** A gauge whose value is read at each scrape. */
  #gauge(name: string, help: string, labelNames: string[], read: (gauge: Gauge) => void): void {
    const collect = function (this: Gauge) {
      read(this);
    };
    this.registry.registerMetric(new Gauge({ name, help, labelNames, registers: [], collect }));
  }
}
