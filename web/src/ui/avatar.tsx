import type { User } from '@parley/shared';
import { Show } from 'solid-js';
import { useSession } from '../auth/session';
import { nameOf } from '../users/name-of';
import { initialsOf } from './initials';

interface AvatarProps {
  user: User;
  online?: boolean;
  /** Whether `online` is only what was last known. */
  stale?: boolean;
  small?: boolean;
}

/** The user's picture over initials on a colour and a pattern of the user. Decoration: the name itself stands beside it. */
export function Avatar(props: AvatarProps) {
  const session = useSession();
  return (
    <span class="relative shrink-0 select-none" aria-hidden="true">
      <span
        class="avatar-ground"
        classList={{ 'size-9 text-sm': props.small, 'row-avatar': !props.small }}
        // By the golden angle, so that users who came one after the other differ.
        style={{ '--hue': (props.user.id * 137.508) % 360 }}
        data-pattern={props.user.id % 5}
      >
        {initialsOf(nameOf(props.user))}
        <Show when={props.user.avatar}>
          {(path) => <img alt="" src={session.urlOf(`${path()}?size=128`)} />}
        </Show>
      </span>
      <Show when={props.online}>
        <span
          class="absolute end-0 bottom-0 rounded-full ring-2 ring-panel transition-colors"
          classList={{
            'size-2.5': props.small,
            'size-3': !props.small,
            'bg-online': !props.stale,
            'bg-muted': props.stale,
          }}
          data-presence={props.stale ? 'stale' : 'online'}
        />
      </Show>
    </span>
  );
}
