import { createEffect, onCleanup, untrack, type Accessor } from 'solid-js';
import { changeSettings } from '../settings/change-settings';
import { readLocal, writeLocal } from '../ui/local-json';
import { dismissNotice, showNotice } from '../ui/notices';
import { notificationWords } from './notification-words';
import { askPermission, permission, watchPermission } from './permission';

const ASK = 'ask-for-notifications';
const BLOCKED = 'notifications-blocked';

/**
 * Asks once, in the page, whether the user wants notifications: after the first message that arrived while nobody looked.
 * The browser itself asks only after the user has said yes. `Not now` holds for this browser; the settings still offer it.
 */
export function createQuestion(userId: number, isOn: Accessor<boolean>): { ask(): void } {
  const key = `parley-notifications-${userId}`;
  const isOpen = () => permission() === 'default' || (permission() === 'granted' && !isOn());
  onCleanup(watchPermission());
  onCleanup(() => dismissNotice(ASK));
  // Answered in another window, or in the settings.
  createEffect(() => isOpen() || untrack(() => dismissNotice(ASK)));
  const follow = (event: StorageEvent) => event.key === key && dismissNotice(ASK);
  window.addEventListener('storage', follow);
  onCleanup(() => window.removeEventListener('storage', follow));

  return {
    ask() {
      if (!isOpen() || readLocal<string>(key) === 'not-now') return;
      showNotice({
        id: ASK,
        text: notificationWords.ask,
        action: { label: notificationWords.allow, run: () => void allow() },
        refusal: {
          label: notificationWords.notNow,
          run() {
            writeLocal(key, 'not-now');
            dismissNotice(ASK);
          },
        },
      });
    },
  };
}

/** The user has said yes: now the browser asks. */
async function allow(): Promise<void> {
  dismissNotice(ASK);
  const answer = await askPermission();
  if (answer === 'granted') changeSettings({ notifications: true });
  else if (answer === 'denied') showNotice({ id: BLOCKED, text: notificationWords.blocked });
}
