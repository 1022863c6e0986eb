import type { ListSettings } from '@parley/shared';
import { Show } from 'solid-js';
import { Drawing } from '../ui/icon';
import { secondWords } from '../words/words';

export const PIN = 'M12 17v5M9 3h6l-1 7 4 4v3H6v-3l4-4-1-7Z';
export const MUTE =
  'M9 21h6M6.3 6.3A6 6 0 0 0 6 8c0 7-3 7-3 9h13m2-4c-.3-1.2-.5-2.8-.5-5A6 6 0 0 0 9 2.8M3 3l18 18';

/** That a chat is pinned, muted or marked as unread, in its row. */
export function RoomSigns(props: { listing: ListSettings; unread: number }) {
  return (
    <>
      <Show when={props.listing.muted_until}>
        <Drawing path={MUTE} class="size-4" />
        <span class="sr-only">, {secondWords.listing.muted}</span>
      </Show>
      <Show when={props.listing.pinned}>
        <Drawing path={PIN} class="size-4" />
        <span class="sr-only">, {secondWords.listing.pinned}</span>
      </Show>
      <Show when={props.listing.marked_unread && props.unread === 0}>
        <span class="size-3 rounded-full bg-badge forced-colors:border">
          <span class="sr-only">{secondWords.listing.markedUnread}</span>
        </span>
      </Show>
    </>
  );
}
