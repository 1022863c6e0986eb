import type { User } from '@parley/shared';
import { getJson } from '../api/http';

/** The first users, as many as the server gives at once. */
export function listUsers(): Promise<User[]> {
  return getJson<User[]>('/api/users/');
}

/** Users whose name contains `text`. */
export function searchUsers(text: string, limit: number): Promise<User[]> {
  return getJson<User[]>(`/api/users/?${new URLSearchParams({ search: text, limit: String(limit) })}`);
}
