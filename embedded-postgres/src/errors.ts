/**
 * The embedded database does not start. The message is one or two sentences for the person at the terminal and says what
 * to do: print it without a stack trace.
 */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError';
}

/** PostgreSQL was killed or crashed before it accepted its first connection. Another start may succeed. */
export class PostgresDied extends EmbeddedPostgresError {
  override name = 'PostgresDied';
}

/** Another process uses this data folder: Parley, or a PostgreSQL that Parley must not stop. */
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

/** The data folder cannot be created, entered or written to. */
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
