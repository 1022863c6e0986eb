import { foldQuery, type FoundMessage } from '@parley/shared';
import { createEffect, createMemo, createSignal, on, onCleanup, type Accessor } from 'solid-js';
import { createRetry } from '../api/retry';
import type { Session } from '../auth/session';
import { searchMessages, type SearchQuery } from './search.api';

/** A pause in typing, in milliseconds, after which the server is asked. */
const PAUSE_MS = 200;
const PAGE_SIZE = 50;

/** The hits of a query. */
interface Hits {
  query: SearchQuery;
  results: readonly FoundMessage[];
  /** Null: there are no more. */
  next: string | null;
}

export interface Search {
  /** What {@link hits} are of, folded; the query may be ahead of it. */
  shown: Accessor<string>;
  /** Those of the last answer, also while those of another query are on their way. Null: nothing was searched. */
  hits: Accessor<readonly FoundMessage[] | null>;
  /** There are more than {@link hits}. */
  hasMore: Accessor<boolean>;
  isLoading: Accessor<boolean>;
  /** The server did not answer. The request is repeated until it does. */
  hasFailed: Accessor<boolean>;
  retry(): void;
  /** Loads the next page. */
  more(): void;
}

/** Searches for `query` whenever it has changed and stays so for a moment. */
export function createSearch(session: Session, query: Accessor<SearchQuery>): Search {
  const [answer, setAnswer] = createSignal<Hits | null>(null);
  const wanted = createMemo(query, undefined, { equals: isSame });
  const isAnswered = () => {
    const hits = answer();
    return hits !== null && isSame(hits.query, wanted());
  };

  const asking = createRetry(async (isCurrent) => {
    const asked = wanted();
    const before = isAnswered() ? answer()! : { query: asked, results: [], next: null };
    let { next } = before;
    let results: FoundMessage[] = [];
    // A request does a limited amount of work: it may have found nothing yet.
    do {
      const page = await searchMessages(session, asked, next, PAGE_SIZE);
      if (!isCurrent()) return;
      ({ results, next } = page);
    } while (results.length === 0 && next !== null);
    setAnswer({ query: asked, results: [...before.results, ...results], next });
  });

  createEffect(
    on(wanted, () => {
      if (foldQuery(wanted().q) === '') return setAnswer(null);
      const timer = setTimeout(() => !isAnswered() && asking.run(), PAUSE_MS);
      onCleanup(() => clearTimeout(timer));
    }),
  );

  const hasMore = () => (answer()?.next ?? null) !== null;
  return {
    shown: createMemo(() => foldQuery(answer()?.query.q ?? '')),
    hits: () => (foldQuery(wanted().q) === '' ? null : (answer()?.results ?? null)),
    hasMore,
    isLoading: () => asking.isRunning() || (!isAnswered() && foldQuery(wanted().q) !== ''),
    hasFailed: asking.hasFailed,
    retry: asking.run,
    more: () => isAnswered() && hasMore() && !asking.isRunning() && asking.run(),
  };
}

function isSame(one: SearchQuery, other: SearchQuery): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
