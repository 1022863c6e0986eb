import { forgetStart } from '../../api/start';
import { FILES_DATABASE, RECORDINGS_DATABASE } from '../../attachments/files-database';
import { wipeKept } from '../../kept/wipe-kept';
import { LAST_SETTINGS } from '../../settings/look';
import { IndexedDbStorage } from '../../messages/outbox/indexeddb-storage';

/**
 * Removes what this browser stores for a user: drafts, opened chats, unsent messages, their files and recordings. Every key of localStorage with
 * something of a user is named `parley-<what>-<user id>`, or begins with that and `-`; the settings of the last user are in one without an id.
 */
export async function clearPrivate(userId: number): Promise<void> {
  forgetStart();
  wipeKept(userId);
  try {
    for (const key of Object.keys(localStorage))
      if (key === LAST_SETTINGS || isOf(userId, key)) localStorage.removeItem(key);
  } catch {
    // Blocked: then nothing is stored.
  }
  try {
    const outbox = new IndexedDbStorage();
    for (const { client_id: clientId } of await outbox.load(userId)) await outbox.remove(clientId);
    indexedDB.deleteDatabase(FILES_DATABASE);
    indexedDB.deleteDatabase(RECORDINGS_DATABASE);
  } catch {
    // As above.
  }
}

/** How many unsent messages this browser stores for a user. */
export async function countUnsent(userId: number): Promise<number> {
  try {
    return (await new IndexedDbStorage().load(userId)).length;
  } catch {
    // Blocked: then there are none.
    return 0;
  }
}

/** Whether a key of localStorage holds something of that user. */
export function isOf(userId: number, key: string): boolean {
  const [prefix, what, id] = key.split('-');
  return prefix === 'parley' && what !== '' && id === String(userId);
}
