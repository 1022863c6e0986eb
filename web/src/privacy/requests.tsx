import { Show } from 'solid-js';
import { useSession } from '../auth/session';
import { RoomEntries } from '../rooms/room-entries';
import { useRooms } from '../rooms/rooms.store';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { privacyWords } from '../words/words';

/** The requests, in the place of the chats. */
export function Requests(props: { openId: number | null }) {
  const rooms = useRooms();
  const session = useSession();
  return (
    <>
      <header class="flex items-center gap-1 px-2 pt-2">
        <a
          class="button-quiet px-0"
          href={session.hrefTo(null)}
          aria-label={privacyWords.requests.back}
          data-back
        >
          <Icon name="back" class="size-6" />
        </a>
        <h2 class="text-lg font-bold" tabIndex={-1}>
          {privacyWords.requests.title}
        </h2>
      </header>
      <Show
        when={rooms.requests().length > 0}
        fallback={
          <Notice
            icon={<Icon name="chat" class="size-7" />}
            title={privacyWords.requests.none}
            text={privacyWords.requests.noneText}
          />
        }
      >
        <p class="px-5 pb-1 text-sm text-pretty text-muted">{privacyWords.requests.text}</p>
        <RoomEntries ids={rooms.requests()} openId={props.openId} />
      </Show>
    </>
  );
}
