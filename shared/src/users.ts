/** A person who chats. */
export interface User {
  /** Positive integer. */
  id: number;
  username: string;
  display_name: string;
  online: boolean;
  /** When the user was last online, ISO-8601 UTC; null while unknown or hidden. */
  last_seen: string | null;
  /** Path of the picture, 256 pixels square; with `?size=128` the smaller one. Absent: there is none. */
  avatar?: string;
  /** The account is deleted: nobody can write to this user any more. Absent otherwise. */
  deleted?: true;
}

/** The picture of a user, in the two sizes that there are, in pixels. */
export const AVATAR_SIZES = [256, 128] as const;

/** Body of `PUT /api/me/avatar/`. */
export interface SetAvatar {
  /** Id of a complete upload of the user: an image of at most {@link MAX_AVATAR_BYTES} bytes. */
  upload: number;
  active_user_id?: number;
}

/** Bytes of an image that becomes a picture, at most. */
export const MAX_AVATAR_BYTES = 5 * 1024 * 1024;

/** Body of `PATCH /api/me/` in simulation. */
export interface UpdateProfile {
  display_name?: string;
  active_user_id?: number;
}

/** Body of `POST /api/users/` (simulation only). */
export interface CreateUser {
  username: string;
}
