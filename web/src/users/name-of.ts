import type { User } from '@parley/shared';

/** What a user is called in the page. */
export function nameOf({ display_name: displayName, username }: User): string {
  return displayName || username;
}

/** The username, which distinguishes people of the same name; empty where the name is the username, and where it means nothing. */
export function handleOf(user: User): string {
  return user.deleted || nameOf(user) === user.username ? '' : `@${user.username}`;
}
