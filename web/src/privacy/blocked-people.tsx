import type { User } from '@parley/shared';
import { createSignal, For, Match, Switch } from 'solid-js';
import { createRetry } from '../api/retry';
import { Avatar } from '../ui/avatar';
import { nameOf } from '../users/name-of';
import { privacyWords } from '../words/words';
import { createPeerActions } from './peer-actions';
import { listBlocked } from './privacy.api';

/** Whom the user has blocked. */
export function BlockedPeople() {
  const actions = createPeerActions();
  const [blocked, setBlocked] = createSignal<User[]>();
  let title: HTMLHeadingElement | undefined;

  const load = createRetry(async (isCurrent) => {
    const loaded = await listBlocked();
    if (isCurrent()) setBlocked(loaded);
  });
  load.run();

  async function unblock(user: User): Promise<void> {
    if (!(await actions.unblock(user))) return;
    setBlocked((before) => before?.filter(({ id }) => id !== user.id));
    // What had the focus is gone.
    title?.focus();
  }

  return (
    <section class="grid gap-1 border-t border-line pt-4">
      <h3 ref={(element) => (title = element)} class="font-semibold" tabIndex={-1}>
        {privacyWords.blockedPeople.title}
      </h3>
      <Switch fallback={<p class="text-sm text-muted">{privacyWords.loading}</p>}>
        <Match when={blocked()?.length === 0}>
          <p class="text-sm text-muted">{privacyWords.blockedPeople.none}</p>
        </Match>
        <Match when={blocked()}>
          {(users) => (
            <ul>
              <For each={users()}>
                {(user) => (
                  <li class="flex min-h-14 items-center gap-3">
                    <Avatar user={user} small />
                    <span class="min-w-0 flex-1 truncate" dir="auto">
                      {nameOf(user)}
                    </span>
                    <button
                      type="button"
                      class="button-quiet -me-3 shrink-0 text-accent"
                      aria-label={privacyWords.block.undo(nameOf(user))}
                      aria-disabled={actions.isBusy()}
                      onClick={() => void unblock(user)}
                    >
                      {privacyWords.block.undoShort}
                    </button>
                  </li>
                )}
              </For>
            </ul>
          )}
        </Match>
        <Match when={load.hasFailed()}>
          <p class="text-sm text-muted">{privacyWords.blockedPeople.notLoaded}</p>
        </Match>
      </Switch>
      <p class="text-sm font-medium text-danger empty:hidden" role="alert">
        {actions.problem()}
      </p>
    </section>
  );
}
