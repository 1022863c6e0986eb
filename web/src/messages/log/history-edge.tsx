import { Match, Switch, type JSX } from 'solid-js';
import type { History } from './history.store';
import { words } from '../../words/words';

interface HistoryEdgeProps {
  history: History;
  /** Whether there are messages beyond this edge of what is loaded. */
  hasMore: boolean;
  /** Shown when they could not be loaded. */
  failed: string;
  /** Shown when there is no more. */
  children?: JSX.Element;
}

/** What is above the first message, or below the last: more to come, a way to try again, or the end of the room. */
export function HistoryEdge(props: HistoryEdgeProps) {
  return (
    <li class="flex min-h-12 items-center justify-center gap-2 text-sm text-muted">
      <Switch fallback={props.children}>
        <Match when={props.history.hasFailed() && !props.history.isLoading()}>
          <span>{props.failed}</span>
          <button type="button" class="button-quiet text-accent" onClick={() => props.history.retry()}>
            {words.retry}
          </button>
        </Match>
        <Match when={props.hasMore}>
          <span class="size-4 animate-spin rounded-full border-2 border-line-strong border-t-accent" />
          {words.loading}
        </Match>
      </Switch>
    </li>
  );
}
