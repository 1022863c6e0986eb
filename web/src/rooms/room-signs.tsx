import type { ClientRoom } from '@parley/client';
import { createMemo, Show } from 'solid-js';
import { useChat } from '../realtime/chat.store';
import { Drawing, Icon } from '../ui/icon';
import { secondWords, words } from '../words/words';
import { refusedIn } from './refused-in';
import { useRooms } from './rooms.store';

export const PIN = 'M12 17v5M9 3h6l-1 7 4 4v3H6v-3l4-4-1-7Z';
export const MUTE =
  'M9 21h6M6.3 6.3A6 6 0 0 0 6 8c0 7-3 7-3 9h13m2-4c-.3-1.2-.5-2.8-.5-5A6 6 0 0 0 9 2.8M3 3l18 18';

/** That a message of a chat was refused, and that the chat is pinned, muted or marked as unread, in its row. */
export function RoomSigns(props: { room: ClientRoom }) {
  const chat = useChat();
  const rooms = useRooms();
  const listing = createMemo(() => rooms.listingOf(props.room));
  return (
    // Without a box of its own, so that the picture of the first frame leaves it out (take-picture.ts).
    <span class="contents" data-later>
      <Show when={refusedIn(chat)(props.room.room.id)}>
        <span class="flex items-center gap-1 font-medium text-danger">
          <Icon name="alert" class="size-4" />
          <span class="sr-only">, </span>
          {words.messages.status.failed}
        </span>
      </Show>
      <Show when={listing().muted_until}>
        <Drawing path={MUTE} class="size-4" />
        <span class="sr-only">, {secondWords.listing.muted}</span>
      </Show>
      <Show when={listing().pinned}>
        <Drawing path={PIN} class="size-4" />
        <span class="sr-only">, {secondWords.listing.pinned}</span>
      </Show>
      <Show when={listing().marked_unread && rooms.unreadOf(props.room) === 0}>
        <span class="size-3 rounded-full bg-badge forced-colors:border">
          <span class="sr-only">{secondWords.listing.markedUnread}</span>
        </span>
      </Show>
    </span>
  );
}
