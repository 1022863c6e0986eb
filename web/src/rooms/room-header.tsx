import { createSignal, Show } from 'solid-js';
import { useSession } from '../auth/session';
import { loadPrivacy, privacyParts } from '../privacy/load-privacy';
import { presenceText } from '../presence/presence-text';
import { Avatar } from '../ui/avatar';
import { now } from '../ui/clock';
import { REQUESTS } from '../routing/route';
import { Icon } from '../ui/icon';
import { MenuButton } from '../ui/menu-button';
import { handleOf, nameOf } from '../users/name-of';
import { useRooms } from './rooms.store';
import { words } from '../words/words';
import type { InRoom } from '../search/in-room';
import { SearchButton } from '../search/search-button';

/** Who the other is, what can be done about it, and on a phone the way back. */
export function RoomHeader(props: InRoom) {
  const rooms = useRooms();
  /** Never empty: the name would move when it comes. */
  const presence = () =>
    [handleOf(props.peer), presenceText(props.peer, rooms.isPresenceKnown(), now())]
      .filter(Boolean)
      .join(' · ') ||
    (!props.peer.deleted && `@${props.peer.username}`);
  const session = useSession();
  const [isOpen, setOpen] = createSignal(false);
  const privacy = privacyParts();
  let opener: HTMLButtonElement | undefined;
  return (
    <header class="border-b border-line bg-panel">
      <div class="chat-header chat-column chat-edges">
        <a
          class="button-quiet -ms-2 px-0 md:hidden"
          href={props.room.room.request ? REQUESTS : session.hrefTo(null)}
          aria-label={words.chat.backToList}
          data-back
        >
          <Icon name="back" class="size-6 rtl:rotate-180" />
        </a>
        <div class="peer-button">
          <Avatar user={props.peer} online={props.peer.online} stale={!rooms.isPresenceKnown()} small />
          <div class="min-w-0">
            <h1 class="truncate leading-tight font-bold" dir="auto" tabIndex={-1}>
              <button
                ref={(element) => (opener = element)}
                type="button"
                class="block max-w-full truncate"
                aria-haspopup="dialog"
                onClick={() => privacy.demand(() => setOpen(true))}
              >
                {nameOf(props.peer)}
              </button>
            </h1>
            {/* It has its height also when it says nothing: the name stays where it is. */}
            <p class="min-h-[1.25em] truncate text-sm leading-tight text-muted" dir="auto">
              {presence()}
            </p>
          </div>
        </div>
        <Show when={isOpen() && privacy.content()} keyed>
          {({ DetailsDialog }) => (
            <DetailsDialog
              room={props.room}
              peer={props.peer}
              onClose={() => {
                setOpen(false);
                opener?.focus();
              }}
            />
          )}
        </Show>
        <SearchButton in={props} />
        <MenuButton
          menuId="chat-menu"
          label={words.chat.menu}
          class="button-quiet -me-2 px-0"
          failure={words.notLoaded.privacy}
          load={async () => {
            const { ChatMenu } = await loadPrivacy();
            return (from) => <ChatMenu room={props.room} peer={props.peer} opener={from} />;
          }}
        >
          <Icon name="more" class="size-5" />
        </MenuButton>
      </div>
    </header>
  );
}
