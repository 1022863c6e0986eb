import type { User } from '@parley/shared';
import { Show } from 'solid-js';
import { useSession } from '../auth/session';
import { presenceText } from '../presence/presence-text';
import { Avatar } from '../ui/avatar';
import { now } from '../ui/clock';
import { Icon } from '../ui/icon';
import { handleOf, nameOf } from '../users/name-of';
import { useRooms } from './rooms.store';
import { words } from '../words/words';

/** Who the other is, and on a phone the way back. */
export function RoomHeader(props: { peer: User }) {
  const rooms = useRooms();
  const presence = () =>
    [handleOf(props.peer), presenceText(props.peer, rooms.isPresenceKnown(), now())]
      .filter(Boolean)
      .join(' · ');
  const session = useSession();
  return (
    <header class="flex min-h-16 items-center gap-3 border-b border-line bg-panel px-3 md:px-6">
      <a
        class="button-quiet -ml-2 px-0 md:hidden"
        href={session.hrefTo(null)}
        aria-label={words.chat.backToList}
        data-back
      >
        <Icon name="back" class="size-6" />
      </a>
      <Avatar name={nameOf(props.peer)} online={props.peer.online} stale={!rooms.isPresenceKnown()} small />
      <div class="min-w-0">
        <h1 class="truncate leading-tight font-bold outline-none" dir="auto" tabIndex={-1}>
          {nameOf(props.peer)}
        </h1>
        <Show when={presence()}>
          <p
            class="truncate text-sm leading-tight"
            classList={{
              'text-accent': props.peer.online && rooms.isPresenceKnown(),
              'text-muted': !props.peer.online || !rooms.isPresenceKnown(),
            }}
          >
            {presence()}
          </p>
        </Show>
      </div>
    </header>
  );
}
