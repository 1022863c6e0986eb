import { Show } from 'solid-js';
import { useIdentity } from '../auth/identity.store';
import { Avatar } from '../ui/avatar';
import { Icon } from '../ui/icon';
import { hrefOf } from '../ui/route';

/** Who the other is, and on a phone the way back. */
export function RoomHeader(props: { username: string; online: boolean; presence: string }) {
  const identity = useIdentity();
  return (
    <header class="flex min-h-16 items-center gap-3 border-b border-line bg-panel px-3 md:px-6">
      <a
        class="button-quiet -ml-2 px-0 md:hidden"
        href={hrefOf({ roomId: null, as: identity.me()?.username ?? null })}
        aria-label="Back to rooms"
      >
        <Icon name="back" class="size-6" />
      </a>
      <Avatar name={props.username} online={props.online} small />
      <div class="min-w-0">
        <h1 class="truncate leading-tight font-bold outline-none" dir="auto" tabIndex={-1}>
          {props.username}
        </h1>
        <Show when={props.presence}>
          <p
            class="truncate text-sm leading-tight"
            classList={{ 'text-accent': props.online, 'text-muted': !props.online }}
          >
            {props.presence}
          </p>
        </Show>
      </div>
    </header>
  );
}
