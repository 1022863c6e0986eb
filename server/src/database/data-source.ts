import type { PostgresDataSourceOptions } from 'typeorm/driver/postgres/PostgresDataSourceOptions.js';
import { MessageEntity } from '../messages/message.entity.js';
import { RoomEntity } from '../rooms/room.entity.js';
import { UserEntity } from '../users/user.entity.js';
import { Init1763856000000 } from './migrations/1763856000000-init.js';
import { UserSearch1764072000000 } from './migrations/1764072000000-user-search.js';

/** All that this version knows, in the order in which they are applied. */
export const MIGRATIONS = [Init1763856000000, UserSearch1764072000000] as const;

/** How many connections one server opens at most. */
const POOL_SIZE = 10;

/** A statement that takes longer has lost its reader: within 2 s a sender receives `unavailable`. Milliseconds. */
const QUERY_TIMEOUT_MS = 1_800;
/** So has one that waits this long for a connection: a PostgreSQL that hangs still accepts, and says nothing. */
const ACQUIRE_TIMEOUT_MS = 1_800;
/** Longest wait for a row that somebody else keeps locked, in milliseconds. A batch is split then, and waits again. */
const LOCK_TIMEOUT_MS = 300;

/** The one data source: the same for the embedded PostgreSQL and for any other. */
export function dataSourceOptions(databaseUrl: string): PostgresDataSourceOptions {
  return {
    type: 'postgres',
    url: databaseUrl,
    entities: [UserEntity, RoomEntity, MessageEntity],
    migrations: [...MIGRATIONS],
    migrationsTransactionMode: 'each',
    // Ids and counters are far below 2^53: numbers, as on the wire.
    parseInt8: true,
    installExtensions: false,
    poolSize: POOL_SIZE,
    applicationName: 'parley',
    connectTimeoutMS: 5_000,
    // An idle connection that breaks is replaced by the pool; it must not end the process. Database looks into it.
    poolErrorHandler: () => undefined,
    extra: {
      // Plans are prepared while tables are small, where a scan looks cheap, and are kept while they grow. No statement
      // of ours ever gains from a scan of a whole table, or from compiling itself.
      options: '-c enable_seqscan=off -c jit=off',
    },
  };
}

/** The same for a running server: nothing may keep a client waiting. (A migration may take its time.) */
export function servingOptions(databaseUrl: string): PostgresDataSourceOptions {
  const options = dataSourceOptions(databaseUrl);
  const timeouts = {
    query_timeout: QUERY_TIMEOUT_MS,
    statement_timeout: 10_000,
    lock_timeout: LOCK_TIMEOUT_MS,
  };
  return { ...options, connectTimeoutMS: ACQUIRE_TIMEOUT_MS, extra: { ...options.extra, ...timeouts } };
}
