/**
 * Why the embedded database does not start. The message is one or two plain sentences for the person at the terminal,
 * and says what to do: print it as it is, without a stack trace.
 */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError';
}

/** PostgreSQL was killed, or crashed, before it took its first connection. Another start may well succeed. */
export class PostgresDied extends EmbeddedPostgresError {
  override name = 'PostgresDied';
}

/** Another start of Parley (or a PostgreSQL that is not ours to stop) has this data folder open. */
export class DataFolderInUse extends EmbeddedPostgresError {
  override name = 'DataFolderInUse';

  constructor(
    readonly dataDir: string,
    readonly pid?: number,
  ) {
    const holder = pid ? ` (its PostgreSQL is process ${pid})` : '';
    super(
      `The data folder ${dataDir} is in use by another start of Parley${holder}. ` +
        'Stop that one first, or set DATA_DIR to another folder.',
    );
  }
}

/** The data folder cannot be made, entered or written to. */
export class DataFolderUnusable extends EmbeddedPostgresError {
  override name = 'DataFolderUnusable';

  constructor(
    readonly dataDir: string,
    reason: string,
    whatToDo = 'Make it writable for the user who starts Parley, or set DATA_DIR to another folder.',
  ) {
    super(`The data folder ${dataDir} cannot be used: ${reason}. ${whatToDo}`);
  }
}
