import type { Readable } from 'node:stream';

/** Injection token of the FileStorage. */
export const FILE_STORAGE = Symbol('FILE_STORAGE');

/** Bytes `start` to `end` of a file, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface StoredFile {
  readonly path: string;
  readonly size: number;
}

/**
 * Keeps the files of attachments. A path is `<folder>/<name>`, made by {@link pathOf} from what the server itself chose:
 * never from a name that a user gave.
 */
export interface FileStorage {
  /** Where the files are, for people: without credentials. */
  readonly place: string;
  /** Writes a whole file, or none at all: nobody ever reads a part of it. An existing file is replaced. */
  put(path: string, content: Buffer): Promise<void>;
  /** @throws FileMissing before the first byte; an error in the stream when the storage fails later. */
  read(path: string, range?: ByteRange): Promise<Readable>;
  /** No error when there is no such file. */
  remove(path: string): Promise<void>;
  /** Removes a folder with all its files. No error when there is none. */
  removeFolder(folder: string): Promise<void>;
  /** Every file, in no order. Files that are being written are left out. */
  list(): AsyncIterable<StoredFile>;
}

export class FileMissing extends Error {
  constructor(path: string) {
    super(`There is no file ${path} in the storage.`);
  }
}

/** The storage did not do what it was asked for. The message has no credentials. */
export class StorageError extends Error {}

export type FileName = 'file' | 'thumbnail' | `part-${number}-${number}`;

/** @param key the UUID of the attachment. */
export function pathOf(key: string, name: FileName): string {
  return `${key}/${name}`;
}
