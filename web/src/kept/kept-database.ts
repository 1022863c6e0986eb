import type { Message, Room } from '@parley/shared';

/** Rooms as the list shows them, by id. */
export const ROOMS = 'rooms';
/** The newest messages of each room, as of the same revision. */
export const PAGES = 'pages';

export interface KeptPage {
  /** Of the room. */
  id: number;
  /** Revision of the room. */
  rev: number;
  /** Oldest first, without a gap up to the newest one. */
  messages: readonly Message[];
}

function nameOf(userId: number): string {
  return `parley-kept-${userId}`;
}

/** Opens what this browser keeps of a user's chats. Rejects where it stores nothing. */
export function openKept(userId: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(nameOf(userId));
    request.addEventListener('upgradeneeded', () => {
      for (const store of [ROOMS, PAGES]) request.result.createObjectStore(store, { keyPath: 'id' });
    });
    request.addEventListener('success', () => {
      const database = request.result;
      // Another window removes it: the session has ended.
      database.addEventListener('versionchange', () => database.close());
      resolve(database);
    });
    request.addEventListener('error', () => reject(request.error));
  });
}

/** What requests of one transaction bring, once it is on disk. */
export function finished<T>(transaction: IDBTransaction, result: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve(result()));
    transaction.addEventListener('abort', () => reject(transaction.error));
  });
}

/** The rooms that are kept of a user, and the messages of one of them. */
export async function readKept(
  userId: number,
  roomId: number | null,
): Promise<{ rooms: Room[]; page: KeptPage | undefined }> {
  const database = await openKept(userId);
  const transaction = database.transaction([ROOMS, PAGES]);
  const rooms: IDBRequest<Room[]> = transaction.objectStore(ROOMS).getAll();
  const page: IDBRequest<KeptPage | undefined> = transaction.objectStore(PAGES).get(roomId ?? 0);
  const kept = await finished(transaction, () => ({ rooms: rooms.result, page: page.result }));
  database.close();
  return kept;
}

/** Removes all that is kept of a user's chats; other windows stop keeping them. */
export function wipeKept(userId: number): void {
  try {
    indexedDB.deleteDatabase(nameOf(userId));
  } catch {
    // Blocked: then nothing is kept.
  }
}
