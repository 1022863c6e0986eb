import type { Message, Room } from '@parley/shared';
import { openDatabase } from '../ui/open-database';
import { keptName } from './wipe-kept';

/** Rooms as the list shows them, by id. */
export const ROOMS = 'rooms';
/** The newest messages of each room, as of the same revision. */
export const PAGES = 'pages';

export interface KeptRoom extends Room {
  /** When the first of the kept messages expires, ISO-8601 UTC. Absent: none does. */
  due?: string;
}

export interface KeptPage {
  /** Of the room. */
  id: number;
  /** Revision of the room. */
  rev: number;
  /** Oldest first, without a gap up to the newest one. */
  messages: readonly Message[];
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

/** The rooms that are kept of a user, and the messages of the one that is open. */
interface Kept {
  rooms: Room[];
  page: KeptPage | undefined;
}

async function read(userId: number, roomId: number | null): Promise<Kept> {
  const database = await openKept(userId);
  const transaction = database.transaction([ROOMS, PAGES]);
  const rooms: IDBRequest<Room[]> = transaction.objectStore(ROOMS).getAll();
  const page: IDBRequest<KeptPage | undefined> = transaction.objectStore(PAGES).get(roomId ?? 0);
  const kept = await finished(transaction, () => ({ rooms: rooms.result, page: page.result }));
  database.close();
  return kept;
}

let begun: { userId: number; kept: Promise<Kept> } | null = null;

/** Begins to read what {@link readKept} will be asked for, before the parts of the page are there that show it. */
export function beginReading(userId: number, roomId: number | null): void {
  const kept = read(userId, roomId);
  // Reported where it is used.
  kept.catch(() => undefined);
  begun = { userId, kept };
}

/** What is kept of a user. Rejects where the browser stores nothing. */
export function readKept(userId: number, roomId: number | null): Promise<Kept> {
  const early = begun;
  begun = null;
  return early?.userId === userId ? early.kept : read(userId, roomId);
}
