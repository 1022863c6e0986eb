import type { OutboxEntry, QueuedMessage } from './chat-state.js';

/** The messages that are not sent yet, oldest first, as they will be: edited ones with their last text, without deleted ones. */
export function unsentMessages(outbox: readonly OutboxEntry[]): QueuedMessage[] {
  return outbox.flatMap((entry) => {
    if (entry.kind !== 'send') return [];
    let shown = entry;
    for (const change of outbox) {
      if (change.kind === 'send' || change.of !== entry.client_id || change.status === 'failed') continue;
      if (change.kind === 'delete') return [];
      if (change.kind === 'edit') shown = { ...shown, text: change.text };
    }
    return [shown];
  });
}
