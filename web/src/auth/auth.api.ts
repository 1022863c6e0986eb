import type { AuthInfo } from '@parley/shared';
import { getJson, HttpError } from '../api/http';
import { loadStart } from '../api/start';

/** What the page uses of the answer of `GET /api/auth/`. */
export type AuthState = Pick<AuthInfo, 'mode' | 'registration' | 'user'> &
  Partial<Pick<AuthInfo, 'providers'>>;

/** Of a server before accounts, which has no such call. */
const BEFORE_ACCOUNTS: AuthState = { mode: 'simulation', registration: 'closed', user: null };

let hasStarted = false;

/** How the server knows its users, and whose session this is. The first answer brings more: see `takeStarted`. */
export async function getAuthInfo(): Promise<AuthState> {
  if (!hasStarted) {
    const auth = await unlessMissing(loadStart());
    if (auth) {
      hasStarted = true;
      return auth;
    }
  }
  return (await unlessMissing(getJson<AuthState>('/api/auth/'))) ?? BEFORE_ACCOUNTS;
}

/** Null where the server has no such call: it is of an earlier version. */
async function unlessMissing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) return null;
    throw error;
  }
}
