import { Match, Switch } from 'solid-js';
import type { History } from './history.store';

/** What is above the first message: more to come, a way to try again, or the beginning. */
export function HistoryTop(props: { history: History }) {
  return (
    <li class="flex min-h-12 items-center justify-center gap-2 text-sm text-muted">
      <Switch fallback="This is the beginning of your chat.">
        <Match when={props.history.hasFailed() && !props.history.isLoading()}>
          <span>Older messages could not be loaded.</span>
          <button type="button" class="button-quiet text-accent" onClick={() => props.history.loadOlder()}>
            Retry
          </button>
        </Match>
        <Match when={props.history.hasOlder()}>
          <span class="size-4 animate-spin rounded-full border-2 border-line-strong border-t-accent" />
          Loading…
        </Match>
      </Switch>
    </li>
  );
}
