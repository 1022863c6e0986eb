import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { FileMissing, type ByteRange, type FileStorage, type StoredFile } from './file-storage.js';

/** Name of a file that is being written. */
const TEMPORARY = /\.[0-9a-f-]{36}\.tmp$/;
/** No write takes so long: what is older was left by a process that was killed. In milliseconds. */
const ABANDONED_MS = 3_600_000;

/** Files in a folder of this machine, or one that all servers mount. The first two digits of a folder are one above it. */
export class DiskStorage implements FileStorage {
  readonly place: string;

  constructor(private readonly root: string) {
    this.place = root;
  }

  async put(path: string, content: Buffer): Promise<void> {
    const target = this.#on(path);
    const temporary = `${target}.${randomUUID()}.tmp`;
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    try {
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(dirname(target));
  }

  async read(path: string, range?: ByteRange): Promise<Readable> {
    const stream = createReadStream(this.#on(path), range);
    return new Promise((resolve, reject) => {
      stream.once('open', () => resolve(stream));
      stream.once('error', (error) => reject(isMissing(error) ? new FileMissing(path) : error));
    });
  }

  async remove(path: string): Promise<void> {
    await rm(this.#on(path), { force: true });
  }

  async removeFolder(folder: string): Promise<void> {
    await rm(this.#on(folder), { recursive: true, force: true });
  }

  async *list(): AsyncGenerator<StoredFile> {
    const isThere = await stat(this.root).then(
      () => true,
      (error: unknown) => {
        if (isMissing(error)) return false;
        throw error;
      },
    );
    if (!isThere) return;
    for await (const entry of await opendir(this.root, { recursive: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      const state = await stat(file).catch((error: unknown) => {
        if (isMissing(error)) return null;
        throw error;
      });
      if (!state || (TEMPORARY.test(entry.name) && Date.now() - state.mtimeMs < ABANDONED_MS)) continue;
      const [, ...path] = relative(this.root, file).split(sep);
      yield { path: path.join('/'), size: state.size };
    }
  }

  #on(path: string): string {
    return join(this.root, path.slice(0, 2), path);
  }
}

/** A rename is on the disk when its folder is. Windows cannot sync folders, and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
}
