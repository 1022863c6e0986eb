import { showNotice } from '../ui/notices';
import { words } from '../words/words';

/** What the browser does not let the page store. */
type NotStored = 'messages' | 'drafts';

const reported = new Set<NotStored>();

/** Shows what would not survive a reload. One notice, whatever it is. */
export function reportNotKept(what: NotStored): void {
  reported.add(what);
  const text = words.notStored[reported.size > 1 ? 'messagesAndDrafts' : what];
  showNotice({ id: 'storage', text }, { once: true });
}
