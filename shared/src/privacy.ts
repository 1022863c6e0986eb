import type { User } from './users.js';

/**
 * What a user lets the other one of a chat see: that messages are read, that they have arrived, that the user types, and
 * whether the user is online or was last. Each is on by default.
 */
export interface Sharing {
  share_read: boolean;
  share_delivered: boolean;
  share_typing: boolean;
  share_presence: boolean;
}

/** The names of {@link Sharing}. */
export const SHARES = [
  'share_read',
  'share_delivered',
  'share_typing',
  'share_presence',
] as const satisfies (keyof Sharing)[];

/** Answer of `GET` and `PATCH /api/me/`: the current user, and what this user shares where a chat does not say. */
export interface Me extends User, Sharing {}

/** What a report is about. */
export const REPORT_CATEGORIES = ['spam', 'harassment', 'impersonation', 'illegal', 'other'] as const;
export type ReportCategory = (typeof REPORT_CATEGORIES)[number];

/**
 * Body of `POST /api/rooms/<id>/report/`: a category, a reason, or both. Without the numbers: the newest
 * {@link REPORTED_MESSAGES} messages.
 */
export interface ReportRoom {
  /** Unset: `other`. */
  category?: ReportCategory;
  /** In the words of the user. */
  reason?: string;
  /** The `seq` of the first and of the last message that the report is about. */
  first_seq?: number;
  last_seq?: number;
}

/** Longest reason of a report, in characters. */
export const MAX_REASON_LENGTH = 1_000;
/** How many of the newest messages a report names that names none. */
export const REPORTED_MESSAGES = 50;
