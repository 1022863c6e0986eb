import { Show } from 'solid-js';
import type { Row } from './bubbles';
import { words } from '../../words/words';

/** A row that is no message: the name of a day, or where the new messages begin. */
export function LogDivider(props: { row: Row | undefined }) {
  const day = () => (props.row?.kind === 'day' ? props.row.label : null);
  return (
    <Show
      when={day()}
      fallback={
        <li class="my-3 flex items-center gap-3 px-4 text-xs font-semibold text-accent" data-unread>
          <span class="h-px flex-1 bg-accent/40" />
          {words.messages.newMessages}
          <span class="h-px flex-1 bg-accent/40" />
        </li>
      }
    >
      <li class="pointer-events-none sticky top-2 z-10 my-3 flex justify-center">
        <span class="rounded-full border border-line bg-panel px-3 py-1 text-xs font-medium text-muted">
          {day()}
        </span>
      </li>
    </Show>
  );
}
