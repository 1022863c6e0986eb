import { showNotice } from '../ui/notices';
import { attachmentWords } from '../words/words';
import { FILES_DATABASE } from './files-database';

/** A file that is to be sent. */
export interface KeptFile {
  key: string;
  content: Blob;
  /** Where its upload has begun; null: nowhere. */
  url: string | null;
  /** Its id on the server, once it is complete. */
  id: number | null;
}

const STORE = 'files';

/** Those that the browser does not keep, for as long as this window is open. */
const inMemory = new Map<string, KeptFile>();
let opening: Promise<IDBDatabase> | null = null;

/** Keeps a file until its message is sent, also after a reload. Says so when the browser cannot. */
export async function keepFile(file: KeptFile): Promise<void> {
  try {
    await run('readwrite', (store) => store.put(file));
    inMemory.delete(file.key);
  } catch {
    // No storage, or no space: the file lives as long as the window.
    inMemory.set(file.key, file);
    showNotice({ id: 'files-not-kept', text: attachmentWords.notKept }, { once: true });
  }
}

/** Null: it is not there any more. */
export async function keptFile(key: string): Promise<KeptFile | null> {
  const held = inMemory.get(key);
  if (held) return held;
  try {
    return (await run<KeptFile | undefined>('readonly', (store) => store.get(key))) ?? null;
  } catch {
    return null;
  }
}

export async function dropFile(key: string): Promise<void> {
  inMemory.delete(key);
  // A file that stays behind is dropped by the next attempt, or with the data of the site.
  await run('readwrite', (store) => store.delete(key)).catch(() => undefined);
}

async function run<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  opening ??= open().catch((error: unknown) => {
    opening = null;
    throw error;
  });
  const transaction = (await opening).transaction(STORE, mode);
  const request = work(transaction.objectStore(STORE));
  return new Promise<T>((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve(request.result));
    transaction.addEventListener('abort', () => reject(transaction.error));
  });
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(FILES_DATABASE, 1);
    request.addEventListener('upgradeneeded', () =>
      request.result.createObjectStore(STORE, { keyPath: 'key' }),
    );
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });
}
