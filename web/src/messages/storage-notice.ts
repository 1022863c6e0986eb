import { createEffect } from 'solid-js';
import { showNotice } from '../ui/notices';
import { secondWords } from '../words/words';
import { notKept } from './not-kept';

/** Shows what would not survive a reload. One notice, whatever it is. */
export function createStorageNotice(): void {
  createEffect(() => {
    const what = notKept();
    if (what) showNotice({ id: 'storage', text: secondWords.notStored[what] }, { once: true });
  });
}
