/** A person who chats. */
export interface User {
  /** Positive integer. */
  id: number;
  username: string;
  display_name: string;
  online: boolean;
  /** When the user was last online, ISO-8601 UTC; null while unknown or hidden. */
  last_seen: string | null;
  /** The account is deleted: nobody can write to this user any more. Absent otherwise. */
  deleted?: true;
}

/** Body of `POST /api/users/` (simulation only). */
export interface CreateUser {
  username: string;
}
