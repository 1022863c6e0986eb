import { Match, Switch, type JSX } from 'solid-js';
import { secondLoad } from '../../second-load/second-load';
import { Later } from '../../ui/later';
import type { History } from './history.store';
import { words } from '../../words/words';

interface HistoryEdgeProps {
  history: History;
  /** Whether there are messages beyond this edge of what is loaded. */
  hasMore: boolean;
  /** The edge below the newest that is loaded. */
  isNewer?: boolean;
  /** Shown when there is no more. */
  children?: JSX.Element;
}

/** What is above the first message, or below the last: more to come, a way to try again, or the end of the room. */
export function HistoryEdge(props: HistoryEdgeProps) {
  return (
    <li class="flex min-h-12 items-center justify-center gap-2 text-center text-sm text-muted">
      <Switch fallback={props.children}>
        <Match when={props.history.hasFailed() && !props.history.isLoading()}>
          <Later chunk={secondLoad()} fallback={null}>
            {({ PageNotLoaded }) => (
              <PageNotLoaded isNewer={props.isNewer ?? false} onRetry={() => props.history.retry()} />
            )}
          </Later>
        </Match>
        <Match when={props.hasMore}>
          <span class="size-4 animate-spin rounded-full border-2 border-line-strong border-t-accent" />
          {words.loading}
        </Match>
      </Switch>
    </li>
  );
}
