import type { User } from '@parley/shared';

/** What a user is called in the page. */
export function nameOf({ display_name: displayName, username }: User): string {
  return displayName || username;
}

/** The username, which distinguishes people of the same name; empty where the name is the username. */
export function handleOf(user: User): string {
  return nameOf(user) === user.username ? '' : `@${user.username}`;
}
