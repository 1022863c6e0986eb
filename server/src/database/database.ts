import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Client, DatabaseError, type Pool, type QueryResultRow } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { ChatError } from '../errors/chat-error.js';
import { Outage } from '../logging/outage.js';
import { Metrics } from '../metrics/metrics.js';
import { StatementQueue } from './batcher.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { isConnectionTrouble, isLockTimeout, NoReplyError } from './database-errors.js';

/** A statement with a name is prepared once per connection. */
export interface Statement {
  readonly name: string;
  readonly sql: string;
}

/** Answers while the database can be asked at all. */
export const PROBE: Statement = { name: 'health-probe', sql: 'SELECT 1' };

/** A server without a successful statement for this long, in milliseconds (twice that at most), sends a probe. */
const PROBE_MS = 2_500;
/** Interval between attempts to reach a database that is unavailable, in milliseconds. */
const RETRY_MS = 500;

/**
 * Runs prepared SQL on TypeORM's own pool, for statements that run often or that an ORM cannot express (`save()` of
 * TypeORM costs ten times the statement itself). Detects whether the database can be reached.
 */
@Injectable()
export class Database implements OnModuleDestroy {
  /** Queue of the reads of a connect storm: thousands of clients that sync at once share a few large statements. */
  readonly syncQueue = new StatementQueue();
  /** Refuses every statement while the schema does not fit this version (set by SchemaCheck). Null: statements run. */
  refusal: ChatError | null = null;
  /** For user searches, each of which may read many rows. */
  readonly searchLimit = new ConcurrencyLimit(2, 200);
  /** For room lists, each of which may have a thousand rooms. After a restart many clients request theirs at once. */
  readonly listLimit = new ConcurrencyLimit(4, 5_000);
  readonly #pool: Pool;
  readonly #outage = new Outage(new Logger('Database'), 'error', {
    began: 'The database cannot be reached: sends are refused until it is back',
    ended: 'The database can be reached again',
  });
  readonly #timer: NodeJS.Timeout;
  /** Errors with which a connection was released to the pool, so a statement had been sent on it. */
  readonly #releaseErrors = new WeakSet<Error>();
  /** Whether a statement has succeeded since the last run of the timer. */
  #hasSucceeded = true;
  #isChecking = false;
  #isClosing = false;

  constructor(@InjectDataSource() dataSource: DataSource, metrics: Metrics) {
    this.#pool = poolOf(dataSource);
    metrics.watchDatabase(() => {
      const { totalCount, idleCount, waitingCount } = this.#pool;
      return { isUp: this.isUp, inUse: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
    });
    this.#pool.on('error', () => this.#startCheck());
    this.#pool.on('release', (error: Error | undefined) => {
      if (error) this.#releaseErrors.add(error);
    });
    this.#timer = setInterval(() => this.#probeIfIdle(), PROBE_MS).unref();
  }

  /** False from the moment an outage is detected until the database answers again. */
  get isUp(): boolean {
    return !this.#outage.isOngoing;
  }

  /**
   * @throws ChatError `unavailable` while the schema is not the one that this version needs; NoReplyError when the
   * statement may have been executed; else the driver's error, and the statement had no effect.
   */
  async query<Row extends QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> {
    if (this.refusal) throw this.refusal;
    try {
      const result = await this.#pool.query<Row>({ name: statement.name, text: statement.sql, values });
      this.#hasSucceeded = true;
      return result.rows;
    } catch (error) {
      if (isConnectionTrouble(error) && !isLockTimeout(error)) this.#startCheck();
      throw this.#isReplyLost(error) ? new NoReplyError(error) : error;
    }
  }

  onModuleDestroy(): void {
    this.#isClosing = true;
    clearInterval(this.#timer);
  }

  /** False when PostgreSQL refused the statement, or the pool had no connection for it. */
  #isReplyLost(error: unknown): error is Error {
    return error instanceof Error && !(error instanceof DatabaseError) && this.#releaseErrors.has(error);
  }

  #probeIfIdle(): void {
    // `query` itself starts the check when the probe fails.
    if (!this.#hasSucceeded) this.query(PROBE, []).catch(() => undefined);
    this.#hasSucceeded = false;
  }

  /** After one broken connection or one slow statement: finds out whether the database as a whole is unavailable. */
  #startCheck(): void {
    if (this.#isChecking || this.#isClosing) return;
    this.#isChecking = true;
    void this.#check();
  }

  async #check(): Promise<void> {
    while (!this.#isClosing) {
      const reason = await this.#outageReason();
      if (reason === null) {
        this.#outage.end();
        break;
      }
      if (!this.#isClosing) this.#outage.begin(reason);
      await sleep(RETRY_MS, undefined, { ref: false });
    }
    this.#isChecking = false;
  }

  /**
   * Probes with a connection of its own, because all connections of the pool may be busy or broken.
   * @returns null when the database answers.
   */
  async #outageReason(): Promise<string | null> {
    const client = new Client({ ...this.#pool.options });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(PROBE.sql);
      return null;
    } catch (error) {
      return reasonOf(error);
    } finally {
      // Not awaited: a PostgreSQL that hangs does not answer this either.
      void client.end().catch(() => undefined);
    }
  }
}

/** TypeORM types the driver's pool as `any`: PostgresDriver.master is the pg Pool. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}

/** The error's code; errors of the driver itself have none, and their messages contain no URL. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
