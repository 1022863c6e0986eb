import { ATTACHMENT_MAX_BYTES, ATTACHMENTS_MAX } from './attachments.js';

/**
 * Every limit that both sides must agree on, beside its unit. These are the defaults: the server can be configured to
 * other values (README, Settings), and `hello` carries those that a client needs.
 */

/** Longest message text after trimming, in Unicode code points (what people call characters). */
export const MAX_TEXT_LENGTH = 4_000;

/** The limits of a server that a client checks by itself, as `hello` carries them. */
export interface ServerLimits {
  /** Longest message text after trimming, in Unicode code points. */
  text_max_length: number;
  /** Largest attachment, in bytes. */
  attachment_max_bytes: number;
  /** Attachments of one message, at most. */
  attachments_max: number;
  /** How long after sending a message can be edited, in seconds. 0: never; null: for ever. */
  edit_window_seconds: number | null;
  /** The same for deleting it for both. */
  delete_window_seconds: number | null;
  /** The server removes every message this long after sending, in seconds, whatever its chat says. Absent: it does not. */
  retention_seconds?: number;
}

/** The limits until `hello` has arrived, and those of servers that do not send them: these change no message. */
export const DEFAULT_LIMITS: ServerLimits = {
  text_max_length: MAX_TEXT_LENGTH,
  attachment_max_bytes: ATTACHMENT_MAX_BYTES,
  attachments_max: ATTACHMENTS_MAX,
  edit_window_seconds: 0,
  delete_window_seconds: 0,
};

/** How long after sending a message can be edited by default, in minutes; and deleted for both, in hours. */
export const EDIT_WINDOW_MINUTES = 15;
export const DELETE_WINDOW_HOURS = 24;

/** Largest socket frame, in bytes. A larger one closes the socket with 1009. */
export const MAX_FRAME_BYTES = 64 * 1024;

/** What a chat can set as the time after which new messages disappear, in seconds: up to a year. */
export const MIN_TIMER_SECONDS = 5;
export const MAX_TIMER_SECONDS = 31_536_000;

/** Longest username, in characters. */
export const MAX_USERNAME_LENGTH = 32;

/** Longest display name, in characters. */
export const MAX_DISPLAY_NAME_LENGTH = 64;

/** Shortest and longest password, in characters. Length is the only rule of composition (NIST SP 800-63B). */
export const MIN_PASSWORD_LENGTH = 8;
export const MAX_PASSWORD_LENGTH = 128;

/** Longest name of a personal access token, in characters. */
export const MAX_TOKEN_NAME_LENGTH = 64;
/** Personal access tokens of one user, at most, with those that have expired and are still listed. */
export const MAX_ACCESS_TOKENS = 20;
/** Passkeys of one user, at most. */
export const MAX_PASSKEYS = 20;

/** Users that a search in accounts mode finds among strangers, at most; and the shortest text that finds any. */
export const MAX_FOUND_USERS = 20;
export const MIN_SEARCH_LENGTH = 3;

/** What a username is made of. Unique without regard to case. */
export const USERNAME_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Messages on one page of history, when the request does not say. */
export const DEFAULT_PAGE_SIZE = 20;
/** Messages on one page of history, at most. */
export const MAX_PAGE_SIZE = 100;

/** Users in one answer of the user list, at most and when the request does not say. */
export const MAX_USERS = 500;
/** Rooms in one answer of the room list, at most and when the request does not say. */
export const MAX_ROOMS = 1_000;

/** The server pings every socket this often, in seconds; one that misses two pings is closed. */
export const HEARTBEAT_SECONDS = 25;

/** A user whose devices have said nothing for this long is offline, in seconds. More than two heartbeats. */
export const PRESENCE_TTL_SECONDS = 60;
/** How long after the last socket closed a user still counts as online, in seconds: a reload does not flap. */
export const PRESENCE_GRACE_SECONDS = 15;

/** The server passes on at most one `typing` per this time, user and room, in seconds. */
export const TYPING_INTERVAL_SECONDS = 2;
/** A client sends `typing` this often while its user types, in seconds. More than TYPING_INTERVAL_SECONDS. */
export const TYPING_REPEAT_SECONDS = 3;
/** A client shows `typing` for this long, in seconds. More than TYPING_REPEAT_SECONDS. */
export const TYPING_FADE_SECONDS = 5;

/** A client that has no ack after this long sends the same message again, in milliseconds. */
export const ACK_TIMEOUT_MS = 5_000;

/** A client with more rooms than this compares them in several ranges: a `sync` of all might not fit into a frame. */
export const MAX_SYNC_ROOMS = 2_000;

/** More changes than this in one room since a client's revision: `sync` answers with a reset instead. */
export const MAX_SYNC_CHANGES = 300;

/**
 * Version of the socket protocol, sent in `hello`. It grows by 1 with every frame or field that clients may newly send,
 * and each version includes the ones before it. What the server sends may grow without it: see docs/protocol.md.
 */
export const PROTOCOL_VERSION = 3;

/** Longest `ref` of a frame, in characters: the server sends it back. */
export const MAX_REF_LENGTH = 200;

/**
 * A character that a reader can see: no white space or control character, none that Unicode draws as nothing (zero-width
 * and direction characters, fillers such as U+3164), and not the blank Braille cell.
 */
export const VISIBLE_CHARACTER = /[^\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Whether a text has anything to read in it. A message without it is refused as empty. */
export function hasVisibleText(text: string): boolean {
  return VISIBLE_CHARACTER.test(text);
}

/** The characters up to U+FFFF that {@link VISIBLE_CHARACTER} leaves out, as a class of a pattern. */
const INVISIBLE =
  '\\u0000-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f-\\u1160\\u1680\\u17b4-\\u17b5\\u180b-\\u180f\\u2000-\\u200f' +
  '\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8';
const PAIR = '[\\ud800-\\udbff][\\udc00-\\udfff]';
const STORABLE = `(?:[^\\u0000\\ud800-\\udfff]|${PAIR})`;

/**
 * What a message text must match, for JSON Schema: something to see, no NUL, no half of a surrogate pair. Engines without
 * `\p` and without the flag `u` read it alike; it takes every character beyond U+FFFF for visible.
 */
export const TEXT_PATTERN = `^${STORABLE}*(?:[^${INVISIBLE}\\ud800-\\udfff]|${PAIR})${STORABLE}*$`;

/** Length of a text in code points, so that an emoji counts once, as PostgreSQL counts it. */
export function textLength(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const high = text.charCodeAt(i);
    if (high < 0xd800 || high > 0xdbff) continue;
    const low = text.charCodeAt(i + 1);
    if (low >= 0xdc00 && low <= 0xdfff) {
      length--;
      i++;
    }
  }
  return length;
}
