import type { AuthInfo } from '@parley/shared';
import { getJson, HttpError } from '../api/http';

/** What the page uses of the answer of `GET /api/auth/`. */
export type AuthState = Pick<AuthInfo, 'mode' | 'registration' | 'user'> &
  Partial<Pick<AuthInfo, 'providers'>>;

/** Of a server before accounts, which has no such call. */
const BEFORE_ACCOUNTS: AuthState = { mode: 'simulation', registration: 'closed', user: null };

/** How the server knows its users, and whose session this is. */
export async function getAuthInfo(): Promise<AuthState> {
  try {
    return await getJson<AuthState>('/api/auth/');
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) return BEFORE_ACCOUNTS;
    throw error;
  }
}
