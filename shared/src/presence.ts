/** Whether a user is online, and since when not. Sent only to users who share a room with the user. */
export interface Presence {
  user_id: number;
  online: boolean;
  /** ISO-8601 UTC; null while online, unknown or hidden. */
  last_seen: string | null;
}
