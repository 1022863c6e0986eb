import { Show } from 'solid-js';

interface AvatarProps {
  name: string;
  online?: boolean;
  /** Whether `online` is only what was last known. */
  stale?: boolean;
  small?: boolean;
}

/** Initials on a colour that belongs to the name. Decoration: the name itself stands beside it. */
export function Avatar(props: AvatarProps) {
  return (
    <span class="relative shrink-0 select-none" aria-hidden="true">
      <span
        class="avatar-ground grid place-items-center rounded-full font-semibold uppercase"
        classList={{ 'size-9 text-sm': props.small, 'row-avatar': !props.small }}
        style={{ '--hue': hueOf(props.name) }}
      >
        {initialsOf(props.name)}
      </span>
      <Show when={props.online}>
        <span
          class="absolute right-0 bottom-0 rounded-full ring-2 ring-panel transition-colors"
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

function initialsOf(name: string): string {
  const [first = '', second = ''] = name.split(/[\s._-]+/);
  return `${[...first][0] ?? ''}${[...second][0] ?? ''}`;
}

/** Spread by the golden angle, so that similar names differ. */
function hueOf(name: string): number {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 997;
  return Math.round((sum * 137.508) % 360);
}
