import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config/config.js';
import { ChatError } from '../errors/chat-error.js';
import { VERSION } from '../version/version.js';
import { Database, poolOf } from './database.js';
import { readSchemaState, schemaProblem } from './schema.js';

/** Interval between checks of a schema that does not fit, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * Refuses every statement while the schema of the database does not fit this version. A schema that has fitted once is
 * not checked again: in a rolling upgrade the newer version migrates while servers of this version still run, and
 * migrations only expand.
 */
@Injectable()
export class SchemaCheck implements OnModuleInit, OnModuleDestroy {
  readonly #logger = new Logger('Schema');
  #fits = false;
  /** The check in progress: readiness probes and the timer share it. */
  #checking: Promise<void> | null = null;
  /** The last reason that was logged. */
  #logged: string | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly database: Database,
  ) {}

  async onModuleInit(): Promise<void> {
    const check = () => this.assertFits().catch((error: unknown) => this.#onProblem(error));
    await check();
    if (!this.#fits) this.#timer = setInterval(() => void check(), RETRY_MS);
  }

  onModuleDestroy(): void {
    this.#stopTimer();
  }

  /** @throws ChatError `unavailable` with the reason when the schema does not fit; the driver's error when it is unknown. */
  async assertFits(): Promise<void> {
    if (this.#fits) return;
    this.#checking ??= this.#check().finally(() => (this.#checking = null));
    return this.#checking;
  }

  async #check(): Promise<void> {
    const state = await readSchemaState(poolOf(this.dataSource));
    const problem = schemaProblem(state, this.config.allowNewerDatabase, VERSION);
    if (problem !== null) {
      this.database.refusal = new ChatError('unavailable', problem, { retryAfterMs: RETRY_MS });
      throw this.database.refusal;
    }
    this.#fits = true;
    this.database.refusal = null;
    this.#stopTimer();
    if (this.#logged !== null) this.#logger.warn('The schema of the database fits now: this server is ready');
    if (state.unknown.length > 0) {
      const unknown = state.unknown.join(', ');
      this.#logger.warn({ msg: 'The database is newer than this version, which is allowed here', unknown });
    }
  }

  /** Logs each reason once. */
  #onProblem(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    // A database whose schema is unknown is not used.
    this.database.refusal ??= new ChatError(
      'unavailable',
      'The schema of the database could not be checked yet.',
      {
        retryAfterMs: RETRY_MS,
      },
    );
    if (reason === this.#logged) return;
    this.#logged = reason;
    this.#logger.error(reason);
  }

  #stopTimer(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }
}
