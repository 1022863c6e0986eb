import { once } from 'node:events';
import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** Fast rather than small: texts become a third either way. */
const COMPRESSION_LEVEL = 3;

/** A ZIP archive as a stream, written file by file as fast as it is read. It keeps a name for each file, and one file. */
export class Archive {
  readonly stream: Readable;
  readonly #zip = new ZipFile();
  readonly #closed: Promise<never>;

  constructor() {
    // yazl types the PassThrough that it is as what is common to all streams.
    this.stream = this.#zip.outputStream as Readable;
    this.#closed = once(this.stream, 'close').then(() => {
      throw new Error('The archive was closed before it was complete.');
    });
    this.#closed.catch(() => undefined);
  }

  /** Resolves when the file has been read. @throws Error when the reader of the archive is gone. */
  add(path: string, content: string): Promise<void> {
    return this.#add(path, Readable.from([Buffer.from(content)]), COMPRESSION_LEVEL);
  }

  /** A file that is compressed already. Resolves and throws as `add` does, and when the stream fails. */
  addFile(path: string, content: Readable): Promise<void> {
    return this.#add(path, content, 0);
  }

  async #add(path: string, content: Readable, compressionLevel: number): Promise<void> {
    // The archive keeps this function until its end, and must not keep the content with it.
    let source: Readable | null = content;
    const isRead = once(source, 'end');
    const options = { mtime: new Date(), compressionLevel };
    this.#zip.addReadStreamLazy(path, options, (use) => {
      const stream = source!;
      source = null;
      use(null, stream);
    });
    await Promise.race([isRead, this.#closed]);
  }

  end(): void {
    this.#zip.end();
  }

  fail(error: Error): void {
    this.stream.destroy(error);
  }
}
