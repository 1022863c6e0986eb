import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool, QueryResultRow } from 'pg';
import type { DataSource } from 'typeorm';
import type { ChatError } from '../errors/chat-error.js';
import { Lane } from './batcher.js';

/** A statement with a name is prepared once per connection. */
export interface Statement {
  readonly name: string;
  readonly sql: string;
}

/**
 * Prepared SQL through TypeORM's own pool, for the statements that are hot or that an ORM cannot say
 * (its `save()` costs ten times the statement itself).
 */
@Injectable()
export class Database {
  /** Of the reads that a client makes once it is in: when thousands come back, they go in few, large statements. */
  readonly arrivals = new Lane();
  /** Why no statement may run: the schema is not the one that this version needs (SchemaCheck). Null: all may. */
  refusal: ChatError | null = null;
  readonly #pool: Pool;

  constructor(@InjectDataSource() dataSource: DataSource) {
    this.#pool = poolOf(dataSource);
  }

  /** @throws ChatError `unavailable` while the schema is not the one that this version needs. */
  async query<Row extends QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> {
    if (this.refusal) throw this.refusal;
    const result = await this.#pool.query<Row>({ name: statement.name, text: statement.sql, values });
    return result.rows;
  }
}

/** TypeORM types the driver's pool as `any`: PostgresDriver.master is the pg Pool. */
export function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}
