import { watch, type OutboxEntry } from '@parley/client';
import type { ErrorCode } from '@parley/shared';
import { onCleanup } from 'solid-js';
import type { Chat } from '../../realtime/chat.store';
import { showNotice } from '../../ui/notices';
import { messageActionWords } from '../../words/words';
import { copyText } from './copy';
import { offerUndo } from './undo-deletion';

/** Reports what becomes of edits, deletions and reactions, until the owner is disposed: those to be undone, and those refused. */
export function reportChanges(chat: Chat): void {
  offerUndo(chat);
  onCleanup(
    watch(chat.client, {
      refused({ entry, reason }) {
        // A message says it itself, in its place.
        if (entry.kind !== 'send') showNotice({ id: 'refused-change', ...noticeOf(entry, reason) });
      },
    }),
  );
}

function noticeOf(entry: Exclude<OutboxEntry, { kind: 'send' }>, reason: ErrorCode) {
  const texts: { other: string; [code: string]: string } = messageActionWords.refused[entry.kind];
  const text = (Object.hasOwn(texts, reason) && texts[reason]) || texts.other;
  if (entry.kind !== 'edit') return { text };
  // What was written is not lost.
  return { text, action: { label: messageActionWords.copyEdit, run: () => void copyText(entry.text) } };
}
