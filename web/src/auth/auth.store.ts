import type { User } from '@parley/shared';
import { createSignal, type Accessor } from 'solid-js';
import { HttpError, onUnauthorized } from '../api/http';
import { createRetry } from '../api/retry';
import { forgetStart, lastStart } from '../api/start';
import { wipeKept } from '../kept/wipe-kept';

import { createRequiredContext } from '../ui/required-context';
import { getAuthInfo, type AuthState } from './auth.api';

/** Whether this browser has a session, and what the server allows without one. */
export interface Auth {
  /** Undefined until the server has said it. */
  info: Accessor<AuthState | undefined>;
  /** The user of the session; null without one, undefined until it is known, and in simulation. */
  user: Accessor<User | null | undefined>;
  /** The user whose session ended without a log-out in this window, until the next one. */
  ended: Accessor<User | null>;
  /** The server did not answer. The request is repeated until it does, and by `retry`. */
  hasFailed: Accessor<boolean>;
  isTrying: Accessor<boolean>;
  retry(): void;
  /** Asks the server whether the session is still valid. @throws HttpError when it does not answer. */
  refresh(): Promise<void>;
  /** There is a new session, of this user. */
  signedIn(user: User): void;
  /** Ends the session by `end`. @throws HttpError when it could not be ended. */
  logOut(end: () => Promise<void>): Promise<void>;
}

export const [AuthProvider, useAuth] = createRequiredContext<Auth>('Auth');

export function createAuth(): Auth {
  /** Shown until the server answers: it may know better. */
  const last = lastStart()?.auth;
  const [info, setInfo] = createSignal<AuthState | undefined>(last);
  const [user, setUser] = createSignal<User | null | undefined>(
    last?.mode === 'accounts' ? last.user : undefined,
    {
      // Presence and names change; the user stays the same.
      equals: (a, b) => a === b || (!!a && a.id === b?.id),
    },
  );
  const [ended, setEnded] = createSignal<User | null>(null);
  /** Counts what has changed the session: an answer that is older than a change is not valid any more. */
  let changes = 0;
  let isLeaving = false;

  function become(next: User | null, why: User | null = null): void {
    changes++;
    const before = user();
    if (before && before.id !== next?.id) {
      wipeKept(before.id);
      if (!next) forgetStart();
    }
    setEnded(why);
    setUser(next);
  }

  async function refresh(): Promise<void> {
    const before = changes;
    const loaded = await getAuthInfo();
    setInfo(loaded);
    if (loaded.mode !== 'accounts' || isLeaving || before !== changes) return;
    const known = user();
    if (loaded.user) become(loaded.user);
    else if (known !== null) become(null, known ?? null);
  }

  const load = createRetry(refresh);
  load.run();
  onUnauthorized(() => {
    if (user()) load.run();
  });

  return {
    info,
    user,
    ended,
    hasFailed: load.hasFailed,
    isTrying: load.isRunning,
    retry: () => load.run(),
    refresh,
    signedIn: (next) => become(next),
    async logOut(end) {
      isLeaving = true;
      try {
        await end();
      } catch (error) {
        // 401: it has ended meanwhile.
        if (!(error instanceof HttpError && error.status === 401)) throw error;
      } finally {
        isLeaving = false;
      }
      become(null);
    },
  };
}
