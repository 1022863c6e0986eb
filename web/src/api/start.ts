import type { AuthInfo, Start } from '@parley/shared';
import { openRoomId, openSeq, route } from '../routing/router';
import { readLocal, writeLocal } from '../ui/local-json';
import { getJson } from './http';

/** Where the browser keeps what the server said last of how it knows its users, and of the user. */
const LAST = 'parley-start';
/** Users to choose from that are kept, at most. */
const KEPT_USERS = 100;

type Last = Pick<Start, 'auth' | 'users'>;

/** The answer, as far as nobody has taken it yet. */
let asked: Promise<Partial<Start>> = Promise.resolve({});

/** Asks for all that the page needs for its first view, as the URL has it. */
export async function loadStart(): Promise<AuthInfo> {
  const query = { as: route().as, room: openRoomId(), around: openSeq() };
  const named = Object.entries(query).filter(([, value]) => value !== null) as [string, string][];
  const answer = getJson<Start>(`/api/start/?${new URLSearchParams(named)}`);
  asked = answer;
  const { auth, users } = await answer;
  const isKept = auth.user || auth.mode === 'simulation';
  writeLocal(LAST, isKept ? { auth, users: users.slice(0, KEPT_USERS) } : null);
  return auth;
}

/**
 * A part of that answer, once: later it is out of date. Undefined also where it was for another user than `userId`, and
 * where there was no answer: that is reported where it was asked for.
 */
export async function takeStarted<Part extends keyof Start>(
  part: Part,
  userId?: number,
): Promise<Start[Part] | undefined> {
  const start = await asked.catch((): Partial<Start> => ({}));
  asked = Promise.resolve({ ...start, [part]: undefined });
  return userId === undefined || start.auth?.user?.id === userId ? start[part] : undefined;
}

/** What the server said in an earlier window; null where nothing is kept. */
export function lastStart(): Last | null {
  return readLocal(LAST);
}

/** Keeps nothing of the user any more. */
export function forgetStart(): void {
  writeLocal(LAST, null);
}
