import { heldLocks, holdLock } from '../../ui/locks';
import { openDatabase } from '../../ui/open-database';
import { RECORDINGS_DATABASE } from '../files-database';

const PARTS = 'parts';

/** A part of a recording, and what was measured of it up to its end. */
export interface RecordedPart {
  data: Blob;
  seconds: number;
  /** How loud this part is, in the steps of a recording. */
  levels: readonly number[];
}

/** What the browser stores of a recording while it goes on, so that a reload does not lose it. */
export interface RecordingStore {
  add(part: RecordedPart): void;
  /** Nothing of it is stored any more, and the next recording may begin. */
  drop(): Promise<void>;
}

const lockOf = (key: string) => `parley-recording-${key}`;
const partsOf = (key: string) => IDBKeyRange.bound([key, 0], [key, Number.POSITIVE_INFINITY]);

/**
 * Begins to store a recording, in place of an earlier one of the same key; `isFound`: goes on with what is stored. Other windows leave it
 * alone as long as this one has it. Where the browser stores nothing, the recording lives as long as the window.
 * @param key of the user and the chat.
 */
export function storeRecording(key: string, isFound = false): RecordingStore {
  const release = holdLock(lockOf(key), 'exclusive');
  const opening = openDatabase(RECORDINGS_DATABASE, [PARTS], 'key').then((database) => {
    // A log-out removes the database, which an open connection would delay.
    database.addEventListener('versionchange', () => database.close());
    return database;
  });
  let count = 0;
  // One after the other: each opens its own transaction, and they end in this order.
  let last = isFound ? Promise.resolve() : run((store) => store.delete(partsOf(key)));

  function run(work: (store: IDBObjectStore) => void): Promise<void> {
    return opening.then((database) => inTransaction(database, 'readwrite', work)).catch(() => undefined);
  }

  return {
    add(part) {
      const index = count++;
      last = last.then(() => run((store) => store.put({ key: [key, index], ...part })));
    },
    async drop() {
      await last;
      await run((store) => store.delete(partsOf(key)));
      await opening.then((database) => database.close()).catch(() => undefined);
      release();
    },
  };
}

/** The parts of a recording that a window has left behind, oldest first; none while another window has it. Never rejects. */
export async function storedParts(key: string): Promise<RecordedPart[]> {
  if ((await heldLocks()).has(lockOf(key))) return [];
  try {
    const database = await openDatabase(RECORDINGS_DATABASE, [PARTS], 'key');
    let request: IDBRequest<RecordedPart[]> | undefined;
    await inTransaction(database, 'readonly', (store) => (request = store.getAll(partsOf(key))));
    database.close();
    return request?.result ?? [];
  } catch {
    // Blocked: then nothing is stored.
    return [];
  }
}

function inTransaction(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => void,
): Promise<void> {
  const transaction = database.transaction(PARTS, mode);
  work(transaction.objectStore(PARTS));
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () => reject(transaction.error));
  });
}
