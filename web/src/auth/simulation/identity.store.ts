import { MAX_USERS, type User } from '@parley/shared';
import { createEffect, createMemo, createSignal, on, untrack, type Accessor } from 'solid-js';
import { createRetry } from '../../api/retry';
import { lastStart, takeStarted } from '../../api/start';
import { createRequiredContext } from '../../ui/required-context';
import { hrefOf } from '../../routing/route';
import { navigate, route } from '../../routing/router';
import { listUsers, searchUsers } from '../../users/users.api';

/** Who this window acts as: the URL names the user, `?as=<username>`. */
export interface Identity {
  /** Undefined until it is known, null when no user has that name. */
  me: Accessor<User | null | undefined>;
  /** The users to choose from. */
  users: Accessor<User[]>;
  /** The server did not answer. The request is repeated until it does, and by `retry`. */
  hasFailed: Accessor<boolean>;
  isTrying: Accessor<boolean>;
  retry(): void;
  /** Acts as another user, in this window only, in room `roomId` or in the list. */
  actAs(username: string, roomId: number | null): void;
}

export const [IdentityProvider, useIdentity] = createRequiredContext<Identity>('Identity');

export function createIdentity(): Identity {
  /** The list may not reach up to the user of the window. */
  const kept = () => {
    const { auth, users: some = [] } = lastStart() ?? {};
    return auth?.user && !named(some, auth.user.username) ? [...some, auth.user] : some;
  };
  const last = kept();
  const [users, setUsers] = createSignal(last);
  // Shown until the server answers: it may know better.
  const [found, setFound] = createSignal<User | null | undefined>(
    named(last, untrack(() => route().as) ?? ''),
  );
  let isLoaded = false;

  const search = createRetry(async (isCurrent) => {
    const username = route().as;
    // Of those that are known already, also without a server.
    const listed = named(users(), username ?? '');
    if (listed) setFound(listed);
    const known =
      isLoaded && users().length > 0 ? users() : ((await takeStarted('users')) ?? (await listUsers()));
    if (!isCurrent()) return;
    isLoaded = true;
    setUsers(known);
    if (username === null) return actAsFirst(known[0]);
    // More users than the list holds: ask for this one.
    const user =
      named(known, username) ??
      named(kept(), username) ??
      named(await searchUsers(username, MAX_USERS), username);
    if (isCurrent()) setFound(user ?? null);
  });

  /** The URL names no user. */
  function actAsFirst(user: User | undefined): void {
    if (!user) return void setFound(null);
    const { pathname, search: query } = window.location;
    const params = new URLSearchParams(query);
    params.set('as', user.username);
    navigate(`${pathname}?${params}`, { replace: true });
  }

  createEffect(
    on(
      () => route().as,
      () => search.run(),
    ),
  );

  const me = createMemo(found, undefined, {
    // Presence and names change; the user stays the same.
    equals: (a, b) => a?.id === b?.id && (a === null) === (b === null),
  });

  return {
    me,
    users,
    hasFailed: search.hasFailed,
    isTrying: search.isRunning,
    retry: () => search.run(),
    actAs: (username, roomId) => navigate(hrefOf(roomId, username)),
  };
}

/** Usernames are unique without regard to case. */
function named(users: User[], username: string): User | undefined {
  return users.find((user) => user.username.toLowerCase() === username.toLowerCase());
}
