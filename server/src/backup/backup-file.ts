import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

/**
 * The format of a backup, inside gzip:
 *
 * 1. a line of JSON, the header;
 * 2. blocks, table by table: a line of JSON `{table, rows, bytes}`, then that many bytes of PostgreSQL's text COPY format.
 *    A row may begin in one block and end in the next; `rows` counts the rows that end in this block;
 * 3. a line of JSON `{sha256}` over everything before it. A file without it is not complete.
 */
const FORMAT = 'parley-backup';
const FORMAT_VERSION = 1;

export interface BackupTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: number;
  readonly partitioned: boolean;
}

export interface BackupSequence {
  readonly name: string;
  /** A bigint, which need not fit into a number. */
  readonly last_value: string;
  readonly is_called: boolean;
}

export interface BackupHeader {
  readonly format: typeof FORMAT;
  readonly version: number;
  /** Version of Parley that made the backup. */
  readonly program: string;
  /** Version of PostgreSQL that it was made from. */
  readonly postgres: string;
  /** ISO-8601: the time of the snapshot. */
  readonly created_at: string;
  /** Names of the applied migrations, in their order. */
  readonly migrations: readonly string[];
  /** Each table comes after the tables that it references. */
  readonly tables: readonly BackupTable[];
  readonly sequences: readonly BackupSequence[];
}

export interface BackupBlock {
  readonly table: string;
  readonly rows: number;
  readonly data: Buffer;
}

/** A file cannot be restored. The message is a sentence for the person at the terminal. */
export class BackupFileError extends Error {
  override name = 'BackupFileError';
}

/** Longest line, in bytes. A header has some hundred bytes for each table. */
const MAX_LINE = 1024 * 1024;
/** Largest block that is read, in bytes. Blocks are written with 256 kB, or with one longer row. */
const MAX_BLOCK = 64 * 1024 * 1024;

export type NewHeader = Omit<BackupHeader, 'format' | 'version'>;

/** The content of a backup file, before compression. */
export async function* encodeBackup(
  header: NewHeader,
  blocks: AsyncIterable<BackupBlock>,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const hashed = (bytes: Buffer) => {
    hash.update(bytes);
    return bytes;
  };
  yield hashed(line({ format: FORMAT, version: FORMAT_VERSION, ...header }));
  for await (const { table, rows, data } of blocks) {
    yield hashed(line({ table, rows, bytes: data.length }));
    yield hashed(data);
  }
  yield line({ sha256: hash.digest('hex') });
}

const line = (value: unknown) => Buffer.from(`${JSON.stringify(value)}\n`);

export interface OpenBackup {
  readonly header: BackupHeader;
  /** Throws BackupFileError when the file is damaged or not complete. Ends only after the checksum was verified. */
  readonly blocks: AsyncGenerator<BackupBlock>;
  /** Compressed bytes read so far. */
  bytesRead(): number;
  close(): void;
}

/** @throws BackupFileError when the file is not a backup, or has a newer format. */
export async function openBackup(file: string): Promise<OpenBackup> {
  const source = createReadStream(file);
  const content = createGunzip();
  pipeline(source, content, () => undefined); // an error destroys `content`, so that the reader below throws it
  const close = () => void source.destroy();
  const reader = new ByteReader(content, file);
  try {
    const { header, bytes } = await readHeader(reader, file);
    return {
      header,
      blocks: readBlocks(reader, header, bytes, file),
      bytesRead: () => source.bytesRead,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

async function readHeader(
  reader: ByteReader,
  file: string,
): Promise<{ header: BackupHeader; bytes: Buffer }> {
  const bytes = await reader.line();
  const header = parse(bytes, file) as Partial<BackupHeader>;
  if (header.format !== FORMAT) throw new BackupFileError(`${file} is no backup of Parley.`);
  if (typeof header.version !== 'number' || header.version > FORMAT_VERSION) {
    throw new BackupFileError(
      `${file} was made by a newer Parley (${header.program}), in a format that this version does not know. ` +
        'Restore it with that version.',
    );
  }
  return { header: header as BackupHeader, bytes };
}

async function* readBlocks(
  reader: ByteReader,
  header: BackupHeader,
  headerBytes: Buffer,
  file: string,
): AsyncGenerator<BackupBlock> {
  const hash = createHash('sha256').update(headerBytes);
  const missing = new Map(header.tables.map(({ name, rows }) => [name, rows]));
  for (;;) {
    const bytes = await reader.line();
    const block = parse(bytes, file) as { table?: string; rows?: number; bytes?: number; sha256?: string };
    if (block.sha256 !== undefined) {
      const isWhole =
        block.sha256 === hash.digest('hex') && [...missing.values()].every((rows) => rows === 0);
      if (!isWhole || !(await reader.isAtEnd())) throw damaged(file);
      return;
    }
    const { table = '', rows = 0, bytes: length = -1 } = block;
    const before = missing.get(table);
    if (before === undefined || length < 0 || length > MAX_BLOCK) throw damaged(file);
    missing.set(table, before - rows);
    const data = await reader.take(length);
    hash.update(bytes).update(data);
    yield { table, rows, data };
  }
}

function parse(bytes: Buffer, file: string): object {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // said below
  }
  throw damaged(file);
}

const damaged = (file: string) =>
  new BackupFileError(`${file} is damaged: its content does not match its checksum.`);

/** Reads lines and blocks of bytes from a stream. Keeps no more than one of them in memory. */
class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(
    source: AsyncIterable<Buffer>,
    private readonly file: string,
  ) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  /** The next line, with its line feed. */
  async line(): Promise<Buffer> {
    let end = this.#rest.indexOf('\n');
    while (end < 0) {
      if (this.#rest.length > MAX_LINE) throw damaged(this.file);
      const before = this.#rest.length;
      this.#rest = Buffer.concat([this.#rest, await this.#next()]);
      end = this.#rest.indexOf('\n', before);
    }
    return this.#cut(end + 1);
  }

  async take(length: number): Promise<Buffer> {
    const parts = [this.#rest];
    for (let size = this.#rest.length; size < length; size += parts.at(-1)?.length ?? 0) {
      parts.push(await this.#next());
    }
    if (parts.length > 1) this.#rest = Buffer.concat(parts);
    return this.#cut(length);
  }

  async isAtEnd(): Promise<boolean> {
    return this.#rest.length === 0 && (await this.#read()).done === true;
  }

  #cut(length: number): Buffer {
    const bytes = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return bytes;
  }

  async #next(): Promise<Buffer> {
    const { value, done } = await this.#read();
    if (done) throw this.#incomplete();
    return value;
  }

  async #read(): Promise<IteratorResult<Buffer>> {
    try {
      return await this.#chunks.next();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'Z_BUF_ERROR') throw this.#incomplete();
      if (code === 'Z_DATA_ERROR') {
        throw new BackupFileError(`${this.file} is no backup of Parley, or damaged (${message}).`);
      }
      if (code === 'ENOENT') throw new BackupFileError(`There is no file ${this.file}.`);
      throw error;
    }
  }

  #incomplete(): BackupFileError {
    return new BackupFileError(`${this.file} is not complete: its end is missing. Use another backup.`);
  }
}
