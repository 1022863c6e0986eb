import { Match, Switch } from 'solid-js';
import type { History } from './history.store';
import { words } from '../../words/words';

/** What is above the first message: more to come, a way to try again, or the beginning. */
export function HistoryTop(props: { history: History }) {
  return (
    <li class="flex min-h-12 items-center justify-center gap-2 text-sm text-muted">
      <Switch fallback={words.messages.beginning}>
        <Match when={props.history.hasFailed() && !props.history.isLoading()}>
          <span>{words.messages.olderNotLoaded}</span>
          <button type="button" class="button-quiet text-accent" onClick={() => props.history.loadOlder()}>
            {words.retry}
          </button>
        </Match>
        <Match when={props.history.hasOlder()}>
          <span class="size-4 animate-spin rounded-full border-2 border-line-strong border-t-accent" />
          {words.loading}
        </Match>
      </Switch>
    </li>
  );
}
