import { MAX_USERS } from '@parley/shared';
import { For, Show } from 'solid-js';
import { OwnAvatar } from '../../users/own-avatar';
import { Icon } from '../../ui/icon';
import { simulationWords } from '../../words/words';
import type { Identity } from './identity.store';

/** The value of the option that is no user: no username begins with this. */
const SOMEONE_ELSE = '?';

export interface ActingAsProps {
  /** Not from the context: this part would share its code with the page of simulation, which would need one more file for that. */
  identity: Identity;
  /** The room in which that user finds itself; none means the list. */
  roomFor?: (username: string) => number | null;
  /** Where there may be more users than the list has: another one is wanted. */
  onSomeoneElse(): void;
}

/** Chooses who this window is. The browser's own list: known to every hand and every reader. */
export function ActingAs(props: ActingAsProps) {
  const username = () => props.identity.me()?.username ?? '';
  return (
    <label class="relative flex min-w-0 flex-1 items-center gap-2.5 rounded-xl border border-line bg-raised py-1 pe-8 ps-2 transition-colors focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent hover:border-line-strong">
      <Show when={props.identity.me()}>
        <OwnAvatar />
      </Show>
      <span class="grid min-w-0 flex-1">
        <span class="text-xs leading-tight text-muted">{simulationWords.actingAs}</span>
        <span class="truncate leading-tight font-semibold" aria-hidden="true">
          {username() || simulationWords.choose}
        </span>
      </span>
      <Icon name="chevron" class="absolute end-2.5 size-4 text-muted" />
      <select
        class="absolute inset-0 w-full appearance-none rounded-xl bg-transparent text-transparent forced-color-adjust-none outline-none [&>option]:bg-raised [&>option]:text-ink"
        aria-label={simulationWords.actingAs}
        value={username()}
        onKeyDown={openList}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          if (chosen === SOMEONE_ELSE) {
            // Nobody has been chosen yet.
            event.currentTarget.value = username();
            return props.onSomeoneElse();
          }
          props.identity.actAs(chosen, props.roomFor?.(chosen) ?? null);
        }}
      >
        <Show when={username() === ''}>
          <option value="">{simulationWords.choose}</option>
        </Show>
        <For each={props.identity.users()}>
          {(user) => <option value={user.username}>{user.username}</option>}
        </For>
        <Show
          when={username() !== '' && !props.identity.users().some((user) => user.username === username())}
        >
          <option value={username()}>{username()}</option>
        </Show>
        <Show when={props.identity.users().length >= MAX_USERS}>
          <option value={SOMEONE_ELSE}>{simulationWords.someoneElse}</option>
        </Show>
      </select>
    </label>
  );
}

/** Some browsers choose another user with each of these keys while the list is closed, and the page would change under it. */
function openList(event: KeyboardEvent & { currentTarget: HTMLSelectElement }): void {
  if (!/^(Arrow(Up|Down)|Page(Up|Down)|Home|End|[^ ])$/u.test(event.key)) return;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.currentTarget.showPicker();
}
