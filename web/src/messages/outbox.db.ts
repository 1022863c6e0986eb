import type { ErrorCode } from '@parley/shared';

/** A message as it waits on disk for its acknowledgement. */
export interface StoredEntry {
  client_id: string;
  user_id: number;
  room_id: number;
  text: string;
  created_at: string;
  /** Why the server refused it; null while it has not. A sentence if a build before error codes stored it. */
  reason: ErrorCode | null;
}

const DATABASE = 'parley';
const STORE = 'outbox';
/** A disk that takes longer, in milliseconds, must not keep a message from being sent. */
const TIMEOUT_MS = 2_000;

/** The outbox on disk. Every method rejects when the browser does not let us store anything. */
export class OutboxDb {
  #database: Promise<IDBDatabase> | null = null;

  /** What this user has not got through, oldest first. */
  async load(userId: number): Promise<StoredEntry[]> {
    const all = await this.#run<StoredEntry[]>('readonly', (store) => store.getAll());
    return all
      .filter((entry) => entry.user_id === userId)
      .toSorted((a, b) => (a.client_id < b.client_id ? -1 : 1));
  }

  async put(entry: StoredEntry): Promise<void> {
    await this.#run('readwrite', (store) => store.put(entry));
  }

  async has(clientId: string): Promise<boolean> {
    return (await this.#run<number>('readonly', (store) => store.count(clientId))) > 0;
  }

  async remove(clientId: string): Promise<void> {
    await this.#run('readwrite', (store) => store.delete(clientId));
  }

  async #run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    this.#database ??= withTimeout(open());
    const database = await this.#database;
    const transaction = database.transaction(STORE, mode);
    const request = work(transaction.objectStore(STORE));
    return withTimeout(
      new Promise<T>((resolve, reject) => {
        // Done means on disk, not only accepted.
        transaction.addEventListener('complete', () => resolve(request.result));
        transaction.addEventListener('abort', () => reject(transaction.error));
      }),
    );
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.addEventListener('upgradeneeded', () => {
      request.result.createObjectStore(STORE, { keyPath: 'client_id' });
    });
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}

function withTimeout<T>(promise: Promise<T>): Promise<T> {
  const timeout = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('The disk takes too long.')), TIMEOUT_MS);
  });
  return Promise.race([promise, timeout]);
}
