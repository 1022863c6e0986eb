import { MAX_USERS, type User } from '@parley/shared';
import { createEffect, createMemo, createSignal, on, onCleanup, type Accessor } from 'solid-js';
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
}

/** `known` answers at once; where the server has more users than it lists, it is asked as well. */
export function createPeople(known: Accessor<User[]>, exceptId: number): People {
  const [query, setQuery] = createSignal('');
  const [answer, setAnswer] = createSignal<{ query: string; users: User[] }>({ query: '', users: [] });
  const hasMore = () => known().length >= MAX_USERS;

  const asking = createRetry(async (isCurrent) => {
    const text = query();
    if (text === '' || !hasMore()) return;
    const users = await searchUsers(text, LIMIT);
    if (isCurrent()) setAnswer({ query: text, users });
  });

  createEffect(
    on(query, () => {
      const timer = setTimeout(asking.run, PAUSE_MS);
      onCleanup(() => clearTimeout(timer));
    }),
  );

  const found = createMemo(() => {
    const text = query().toLowerCase();
    const matching = known().filter((user) => matches(user, text));
    const ids = new Set(matching.map(({ id }) => id));
    const others = answer().query === query() ? answer().users.filter(({ id }) => !ids.has(id)) : [];
    return [...matching, ...others]
      .filter(({ id }) => id !== exceptId)
      .toSorted((a, b) => startsWith(b, text) - startsWith(a, text) || a.username.localeCompare(b.username));
  });

  return { query, isPartial: asking.hasFailed, search: (text) => setQuery(text.trim()), found };
}

function matches({ username, display_name }: User, text: string): boolean {
  return username.toLowerCase().includes(text) || display_name.toLowerCase().includes(text);
}

function startsWith({ username }: User, text: string): number {
  return username.toLowerCase().startsWith(text) ? 1 : 0;
}
