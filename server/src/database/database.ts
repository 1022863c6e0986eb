import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Client, DatabaseError, type Pool, type QueryResultRow } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { ChatError } from '../errors/chat-error.js';
import { Outage } from '../logging/outage.js';
import { Metrics } from '../metrics/metrics.js';
import { StatementQueue } from './batcher.js';
import { Share } from './share.js';
import { isConnectionTrouble, isLockTimeout, NoReplyError } from './database-errors.js';

/** A statement with a name is prepared once per connection. */
export interface Statement {
  readonly name: string;
  readonly sql: string;
}

/** Answers while the database can be asked at all. */
export const PROBE: Statement = { name: 'health-probe', sql: 'SELECT 1' };

/** A server that has asked nothing successfully for between one and two of these asks for a probe, in milliseconds. */
const PROBE_MS = 2_500;
/** How often a database that is away is tried, in milliseconds. */
const RETRY_MS = 500;

/**
 * Prepared SQL through TypeORM's own pool, for the statements that are hot or that an ORM cannot say
 * (its `save()` costs ten times the statement itself). Knows whether the database can be reached.
 */
@Injectable()
export class Database implements OnModuleDestroy {
  /** Of the reads that a client makes once it is in: when thousands come back, they go in few, large statements. */
  readonly syncQueue = new StatementQueue();
  /** Why no statement may run: the schema is not the one that this version needs (SchemaCheck). Null: all may. */
  refusal: ChatError | null = null;
  /** Of searches, each of which may read many rows. */
  readonly searches = new Share(2, 200);
  /** Of lists of rooms, each of which may have a thousand. Many clients ask at once, after a restart. */
  readonly lists = new Share(4, 5_000);
  readonly #pool: Pool;
  readonly #outage = new Outage(new Logger('Database'), 'error', {
    began: 'The database cannot be reached: sends are refused until it is back',
    ended: 'The database can be reached again',
  });
  readonly #timer: NodeJS.Timeout;
  /** Errors with which a connection was given back to the pool: it had been given a statement. */
  readonly #releaseErrors = new WeakSet<Error>();
  /** A statement has succeeded since the timer's last turn. */
  #isProven = true;
  #isChecking = false;
  #isClosing = false;

  constructor(@InjectDataSource() dataSource: DataSource, metrics: Metrics) {
    this.#pool = poolOf(dataSource);
    metrics.watchDatabase(() => {
      const { totalCount, idleCount, waitingCount } = this.#pool;
      return { isUp: this.isUp, inUse: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
    });
    this.#pool.on('error', () => this.#suspect());
    this.#pool.on('release', (error: Error | undefined) => {
      if (error) this.#releaseErrors.add(error);
    });
    this.#timer = setInterval(() => this.#probeIfIdle(), PROBE_MS).unref();
  }

  /** False from when it is known that the database cannot be reached until it answers again. */
  get isUp(): boolean {
    return !this.#outage.isOngoing;
  }

  /**
   * @throws ChatError `unavailable` while the schema is not the one that this version needs; NoReplyError when the
   * statement may have been executed; else what the driver throws, and the statement has had no effect.
   */
  async query<Row extends QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> {
    if (this.refusal) throw this.refusal;
    try {
      const result = await this.#pool.query<Row>({ name: statement.name, text: statement.sql, values });
      this.#isProven = true;
      return result.rows;
    } catch (error) {
      if (isConnectionTrouble(error) && !isLockTimeout(error)) this.#suspect();
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
    // Failing, it has raised the suspicion itself.
    if (!this.#isProven) this.query(PROBE, []).catch(() => undefined);
    this.#isProven = false;
  }

  /** One connection broke, or one statement took too long: is it that one, or the database? */
  #suspect(): void {
    if (this.#isChecking || this.#isClosing) return;
    this.#isChecking = true;
    void this.#check();
  }

  async #check(): Promise<void> {
    while (!this.#isClosing) {
      const reason = await this.#reasonAway();
      if (reason === null) {
        this.#outage.end();
        break;
      }
      if (!this.#isClosing) this.#outage.begin(reason);
      await sleep(RETRY_MS, undefined, { ref: false });
    }
    this.#isChecking = false;
  }

  /** Asks over a connection of its own: those of the pool may all be busy, or broken. @returns null when it answers. */
  async #reasonAway(): Promise<string | null> {
    const client = new Client({ ...this.#pool.options });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(PROBE.sql);
      return null;
    } catch (error) {
      return reasonOf(error);
    } finally {
      // A PostgreSQL that hangs would not answer to this either.
      void client.end().catch(() => undefined);
    }
  }
}

/** TypeORM types the driver's pool as `any`: PostgresDriver.master is the pg Pool. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}

/** A code where there is one; the driver's own sentences have none, and name no address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
