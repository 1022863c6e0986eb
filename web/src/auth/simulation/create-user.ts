import type { User } from '@parley/shared';
import { postJson } from '../../api/http';

/** @throws HttpError 409 when the name is taken. */
export function createUser(username: string): Promise<User> {
  return postJson<User>('/api/users/', { username });
}
