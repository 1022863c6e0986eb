import { Injectable } from '@nestjs/common';
import { ERROR_CODES, type ErrorCode } from '@parley/shared';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Upper bounds in seconds: from well below one commit to where a client sends again (ACK_TIMEOUT_MS). */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Upper bounds in items: up to the largest batch that a group commit makes. */
const ITEMS = [1, 2, 5, 10, 20, 50, 100, 200, 500];
/** Statuses that HTTP answers with a problem; others appear when they first happen. */
const STATUSES = [400, 401, 403, 404, 409, 410, 413, 429, 500, 503];

/** The two logs that commit in groups. */
export type CommitLog = 'messages' | 'receipts';

/** Told after every statement of a group commit. */
export type BatchMeter = (items: number, seconds: number) => void;

export interface SocketCounts {
  user: number;
  room: number;
}

export interface BusState {
  isUp: boolean;
  lagMs: number;
}

/**
 * Every figure this server publishes, by name. Whoever has something to count receives it and adds to it: what is on
 * the way of each message costs well below a microsecond and has no labels; gauges are read only when somebody asks.
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

  readonly httpSeconds = new Histogram({
    name: 'parley_http_request_seconds',
    help: 'From the arrival of an HTTP request to the end of its answer.',
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

  readonly #depths = new Map<CommitLog, () => number>();

  constructor() {
    this.#gauge(
      'parley_commit_queue_items',
      'Items that wait for the statement in flight.',
      ['log'],
      (gauge) => {
        for (const [log, depth] of this.#depths) gauge.set({ log }, depth());
      },
    );
    for (const code of Object.keys(ERROR_CODES)) this.#socketErrors.inc({ code }, 0);
    for (const status of STATUSES) this.#problems.inc({ status }, 0);
    collectDefaultMetrics({ register: this.registry });
  }

  /** One of the two logs introduces itself. @returns what it calls after every statement. */
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

  problem(status: number): void {
    this.#problems.inc({ status });
  }

  socketError(code: ErrorCode): void {
    this.#socketErrors.inc({ code });
  }

  /** A figure that is read when somebody asks. */
  #gauge(name: string, help: string, labelNames: string[], read: (gauge: Gauge) => void): void {
    const collect = function (this: Gauge) {
      read(this);
    };
    this.registry.registerMetric(new Gauge({ name, help, labelNames, registers: [], collect }));
  }
}
