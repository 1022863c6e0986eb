import type { OutboxEntry } from '@parley/client';
import { createEffect, createMemo, createSignal, onCleanup, untrack } from 'solid-js';
import type { Chat } from '../../realtime/chat.store';
import { dismissNotice, showNotice } from '../../ui/notices';
import { messageActionWords } from '../../words/words';

const NOTICE = 'message-deleted';

type Deletion = Extract<OutboxEntry, { kind: 'delete' }>;

/** The deletions that have not left the device yet, oldest first. */
export function heldDeletions(chat: Chat): Deletion[] {
  return chat
    .state()
    .outbox.filter((entry): entry is Deletion => entry.kind === 'delete' && entry.send_at > Date.now());
}

/** Takes back every deletion that has not left the device. @returns whether there was one. */
export function undoDeletions(chat: Chat): boolean {
  const held = heldDeletions(chat);
  for (const { client_id } of held) chat.client.discard(client_id);
  return held.length > 0;
}

/**
 * Offers to take deletions back as long as they have not left the device, also those from before a reload: one notice for
 * all of them, until the owner is disposed.
 */
export function offerUndo(chat: Chat): void {
  const [time, setTime] = createSignal(Date.now());
  // Only when they are others: a new notice would take the focus from the button of the old one.
  const deletions = createMemo(() => (time(), heldDeletions(chat)), [], {
    equals: (a, b) => a.length === b.length && a.every((entry, index) => entry === b[index]),
  });
  createEffect(() => {
    const held = deletions();
    // Not tracked: dismissing reads the notices and changes them, which would run this again for ever.
    if (held.length === 0) return untrack(() => dismissNotice(NOTICE));
    const ends = held.map(({ send_at }) => send_at);
    showNotice({
      id: NOTICE,
      text: messageActionWords.deletion.held(held.length),
      lead: () => <Countdown end={Math.max(...ends)} />,
      action: {
        label: messageActionWords.deletion.undo,
        run() {
          const isByKey = document.activeElement?.matches(':focus-visible');
          undoDeletions(chat);
          // The button that had the focus is gone.
          if (isByKey) document.querySelector<HTMLElement>('[data-bubble][tabindex="0"]')?.focus();
        },
      },
    });
    const timer = setTimeout(() => setTime(Date.now()), Math.min(...ends) - Date.now() + 1);
    onCleanup(() => clearTimeout(timer));
  });
  onCleanup(() => dismissNotice(NOTICE));
}

/** The seconds that are left, for the eye only: read out, they would talk over everything else. */
function Countdown(props: { end: number }) {
  const secondsLeft = () => Math.max(1, Math.ceil((props.end - Date.now()) / 1_000));
  const [left, setLeft] = createSignal(secondsLeft());
  const timer = setInterval(() => setLeft(secondsLeft()), 250);
  onCleanup(() => clearInterval(timer));
  return (
    <span
      class="-ms-2 grid size-7 shrink-0 place-items-center rounded-full bg-selected text-xs font-semibold text-accent tabular-nums"
      aria-hidden="true"
    >
      {left()}
    </span>
  );
}
