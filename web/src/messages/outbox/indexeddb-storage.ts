import type { OutboxStorage, StoredEntry } from '@parley/client';
import { openDatabase } from '../../ui/open-database';

const DATABASE = 'parley';
const STORE = 'outbox';
/** A disk that takes longer, in milliseconds, must not keep a message from being sent. */
const DISK_TIMEOUT_MS = 2_000;

/** The outbox in IndexedDB: every window of the browser shares it. */
export class IndexedDbStorage implements OutboxStorage {
  #database: Promise<IDBDatabase> | null = null;

  async load(userId: number): Promise<StoredEntry[]> {
    const all = await this.#run<StoredEntry[]>('readonly', (store) => store.getAll());
    // In the order of the key: a client_id begins with its time.
    return all.filter((entry) => entry.user_id === userId);
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
    this.#database ??= withTimeout(openDatabase(DATABASE, [STORE], 'client_id'));
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

function withTimeout<T>(promise: Promise<T>): Promise<T> {
  const timeout = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('The disk takes too long.')), DISK_TIMEOUT_MS);
  });
  return Promise.race([promise, timeout]);
}
