import type { Room } from '@parley/shared';
import { openDatabase } from '../ui/open-database';
import type { Kept, KeptPage } from './last-view';
import { keptName } from './wipe-kept';

/** Rooms as the list shows them, by id. */
export const ROOMS = 'rooms';
/** The newest messages of each room, as of the same revision. */
export const PAGES = 'pages';

export interface KeptRoom extends Room {
  /** When the first of the kept messages expires, ISO-8601 UTC. Absent: none does. */
  due?: string;
  /** Whether a page of its messages is kept, or all of them: else it is fetched, so that there is one. */
  hasPage?: boolean;
}

/** Opens what this browser keeps of a user's chats. Rejects where it stores nothing. */
export async function openKept(userId: number): Promise<IDBDatabase> {
  const database = await openDatabase(keptName(userId), [ROOMS, PAGES], 'id');
  // Another window removes it: the session has ended.
  database.addEventListener('versionchange', () => database.close());
  return database;
}

/** What requests of one transaction bring, once it is on disk. */
export function finished<T>(transaction: IDBTransaction, result: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve(result()));
    transaction.addEventListener('abort', () => reject(transaction.error));
  });
}

/** What is kept of a user's chats, and of the messages of the one that is open. Rejects where the browser stores nothing. */
export async function readKept(userId: number, roomId: number | null): Promise<Kept> {
  const database = await openKept(userId);
  const transaction = database.transaction([ROOMS, PAGES]);
  const rooms: IDBRequest<Room[]> = transaction.objectStore(ROOMS).getAll();
  const page: IDBRequest<KeptPage | undefined> = transaction.objectStore(PAGES).get(roomId ?? 0);
  const kept = await finished(transaction, () => ({ rooms: rooms.result, page: page.result }));
  database.close();
  return kept;
}
