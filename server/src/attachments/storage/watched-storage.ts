import { Logger } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { ChatError } from '../../errors/chat-error.js';
import { Outage } from '../../logging/outage.js';
import { FileMissing, type ByteRange, type FileStorage, type StoredFile } from './file-storage.js';

/** The user's client tries again after this long, in milliseconds. */
const RETRY_MS = 5_000;

/** Reading and writing fail for different reasons: a full disk can be read. */
const LINES = {
  read: { began: 'Files cannot be read from the storage', ended: 'Files can be read again' },
  write: {
    began: 'Files cannot be stored: uploads are refused until they can',
    ended: 'Files can be stored again',
  },
};

/** The storage as requests use it: when it is full or away, the operator reads one line, and the user gets `unavailable`. */
export class WatchedStorage implements FileStorage {
  readonly #logger = new Logger('Attachments');
  readonly #outages = {
    read: new Outage(this.#logger, 'error', LINES.read),
    write: new Outage(this.#logger, 'error', LINES.write),
  };

  constructor(private readonly storage: FileStorage) {}

  get place(): string {
    return this.storage.place;
  }

  put(path: string, content: Buffer): Promise<void> {
    return this.#watch('write', this.storage.put(path, content));
  }

  read(path: string, range?: ByteRange): Promise<Readable> {
    return this.#watch('read', this.storage.read(path, range));
  }

  remove(path: string): Promise<void> {
    return this.#watch('write', this.storage.remove(path));
  }

  removeFolder(folder: string): Promise<void> {
    return this.storage.removeFolder(folder);
  }

  list(): AsyncIterable<StoredFile> {
    return this.storage.list();
  }

  async #watch<T>(kind: 'read' | 'write', work: Promise<T>): Promise<T> {
    const outage = this.#outages[kind];
    try {
      const result = await work;
      outage.end();
      return result;
    } catch (error) {
      if (error instanceof FileMissing) throw error;
      const { code, message } = error as NodeJS.ErrnoException;
      outage.begin(code ?? message);
      throw new ChatError('unavailable', 'Files cannot be stored or read right now. Try again.', {
        retryAfterMs: RETRY_MS,
      });
    }
  }
}
