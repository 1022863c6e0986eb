import {
  fold,
  foldQuery,
  MAX_USERS,
  MIN_SEARCH_LENGTH,
  textLength,
  type AuthMode,
  type User,
} from '@parley/shared';
import { createEffect, createMemo, createSignal, on, onCleanup, type Accessor } from 'solid-js';
import { HttpError } from '../api/http';
import { createRetry } from '../api/retry';
import { searchUsers } from './users.api';

/** A pause in typing, in milliseconds, after which the server is asked. */
const PAUSE_MS = 200;
const LIMIT = 50;

/** People found by name. */
export interface People {
  query: Accessor<string>;
  search(query: string): void;
  found: Accessor<User[]>;
  /** The server did not answer: there may be others. The request is repeated until it does. */
  isPartial: Accessor<boolean>;
  /** The user has searched too often: only known people are found for now. */
  isTooOften: Accessor<boolean>;
  /** The server has not answered yet: there may be others. */
  isLooking: Accessor<boolean>;
  /** The text is too short for the server to look for people whom the user does not know. */
  isTooShort: Accessor<boolean>;
}

/**
 * `known` answers at once; the server is asked as well where it may have others: with accounts, and where there are more
 * users than it lists.
 */
export function createPeople(known: Accessor<User[]>, exceptId: number, mode: AuthMode): People {
  const [query, setQuery] = createSignal('');
  const [answer, setAnswer] = createSignal<{ query: string; users: User[] }>({ query: '', users: [] });
  const hasMore = () => mode === 'accounts' || known().length >= MAX_USERS;
  const isTooShort = () => mode === 'accounts' && textLength(query()) < MIN_SEARCH_LENGTH;

  const [isTooOften, setTooOften] = createSignal(false);
  const isAsked = () => query() !== '' && hasMore() && !isTooShort();

  const asking = createRetry(async (isCurrent) => {
    if (!isAsked()) return;
    const text = query();
    try {
      const users = await searchUsers(text, LIMIT);
      if (isCurrent()) setAnswer({ query: text, users });
      setTooOften(false);
    } catch (error) {
      // To ask again soon would not help.
      if (!(error instanceof HttpError) || error.status !== 429) throw error;
      setTooOften(true);
    }
  });

  createEffect(
    on(query, () => {
      const timer = setTimeout(asking.run, PAUSE_MS);
      onCleanup(() => clearTimeout(timer));
    }),
  );

  const found = createMemo(() => {
    const text = foldQuery(query());
    // Of a query that is nothing but accents, nothing is left: nobody is called so.
    const matching = text === '' && query() !== '' ? [] : known().filter((user) => matches(user, text));
    const ids = new Set(matching.map(({ id }) => id));
    const others = answer().query === query() ? answer().users.filter(({ id }) => !ids.has(id)) : [];
    return [...matching, ...others]
      .filter(({ id, deleted }) => id !== exceptId && !deleted)
      .toSorted((a, b) => startsWith(b, text) - startsWith(a, text) || a.username.localeCompare(b.username));
  });

  return {
    query,
    isPartial: asking.hasFailed,
    isTooOften,
    isLooking: () => isAsked() && !isTooOften() && answer().query !== query(),
    isTooShort,
    search: (text) => setQuery(text.trim()),
    found,
  };
}

function matches({ username, display_name }: User, text: string): boolean {
  return fold(username).includes(text) || fold(display_name).includes(text);
}

function startsWith({ username }: User, text: string): number {
  return fold(username).startsWith(text) ? 1 : 0;
}
