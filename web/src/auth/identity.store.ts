import type { User } from '@parley/shared';
import { createEffect, createMemo, createSignal, on, type Accessor } from 'solid-js';
import { createRetry } from '../api/retry';
import { createRequiredContext } from '../ui/required-context';
import { hrefOf } from '../routing/route';
import { navigate, route } from '../routing/router';
import { listUsers, searchUsers } from '../users/users.api';

/** Who this window is. In simulation the address says so: `?as=<username>`. */
export interface Identity {
  /** Undefined while it is being found out, null when nobody is called so. */
  me: Accessor<User | null | undefined>;
  /** Whom one can be. */
  users: Accessor<User[]>;
  /** The server could not be asked. It is asked again by itself, and by `retry`. */
  hasFailed: Accessor<boolean>;
  isTrying: Accessor<boolean>;
  retry(): void;
  /** The URL of room `roomId`, or of the list, for this user. */
  hrefTo(roomId: number | null): string;
  /** Becomes somebody else, in this window only, in room `roomId` or in the list. */
  actAs(username: string, roomId: number | null): void;
}

export const [IdentityProvider, useIdentity] = createRequiredContext<Identity>('Identity');

export function createIdentity(): Identity {
  const [users, setUsers] = createSignal<User[]>([]);
  const [found, setFound] = createSignal<User | null>();

  const search = createRetry(async (isCurrent) => {
    const username = route().as;
    const known = users().length > 0 ? users() : setUsers(await listUsers());
    if (!isCurrent()) return;
    if (username === null) return actAsFirst(known[0]);
    // More users than the list holds: ask for this one.
    const user = named(known, username) ?? named(await searchUsers(username, 50), username);
    if (isCurrent()) setFound(user ?? null);
  });

  /** The address did not say who. */
  function actAsFirst(user: User | undefined): void {
    if (user)
      navigate(`${window.location.pathname}?as=${encodeURIComponent(user.username)}`, { replace: true });
    else setFound(null);
  }

  createEffect(
    on(
      () => route().as,
      () => search.run(),
    ),
  );

  const me = createMemo(found, undefined, {
    // The same user is the same person, whatever else is news about them.
    equals: (a, b) => a?.id === b?.id && (a === null) === (b === null),
  });

  return {
    me,
    users,
    hrefTo: (roomId) => hrefOf(roomId, me()?.username ?? null),
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
