import { writeLocal } from '../ui/local-json';
import { LAST_VIEW } from './last-view';

/** The database of what this browser keeps of a user's chats. */
export function keptName(userId: number): string {
  return `parley-kept-${userId}`;
}

/** Removes all that is kept of a user's chats; other windows stop keeping them. */
export function wipeKept(userId: number): void {
  writeLocal(LAST_VIEW, null);
  try {
    indexedDB.deleteDatabase(keptName(userId));
  } catch {
    // Blocked: then nothing is kept.
  }
}
