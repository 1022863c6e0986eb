import type { CLOSE_CODES, ErrorCode } from './errors.js';
import type { Message } from './messages.js';
import type { AckOf, ClientFrameOf, ClientFrameType, ServerFrameOf, ServerFrameType } from './realtime.js';
import type { Room } from './rooms.js';
import { DEFAULT_SETTINGS } from './settings.js';
import type { User } from './users.js';

/**
 * What the documents say of every frame, error code and close code. Written once, here: the AsyncAPI document is made of
 * it, and a test compares docs/protocol.md with it, word for word.
 */

export interface FrameDoc<Frame> {
  /** One sentence: what the frame means. */
  readonly summary: string;
  /** When it is sent, and what the receiver does with it. */
  readonly description: string;
  /** A frame as it stands on the wire of the user socket. */
  readonly example: Frame;
}

const TIME = '2026-11-22T07:01:55.123Z';

const ALICE: User = {
  id: 1,
  username: 'alice',
  display_name: 'alice',
  online: true,
  last_seen: null,
};
const BOB: User = { id: 2, username: 'bob', display_name: 'bob', online: false, last_seen: TIME };

const MESSAGE: Message = {
  id: 42,
  text: 'Hello bob',
  timestamp: TIME,
  sender: ALICE,
  receiver: BOB,
  is_read: false,
  is_delivered: false,
  room_id: 1,
  seq: 7,
  client_id: '4f1f5d3e-8f0a-4b59-9d7c-0d1f9c1e2a3b',
  edited_at: null,
  deleted_at: null,
  reply_to: null,
  reactions: [],
  attachments: [],
};

const ROOM: Room = {
  id: 1,
  users: [ALICE, BOB],
  created_at: TIME,
  last_message: MESSAGE,
  unread_count: 0,
  last_seq: 7,
  rev: 12,
  members: [
    { user_id: 1, read_seq: 5, delivered_seq: 5 },
    { user_id: 2, read_seq: 3, delivered_seq: 5 },
  ],
};

export const CLIENT_FRAME_DOCS: { readonly [T in ClientFrameType]: FrameDoc<ClientFrameOf<T>> } = {
  message: {
    summary: 'Sends a message to a room.',
    description:
      'Carry a `client_id` and a `ref`: the ack means that the message is committed, and sending the same frame again after a timeout or a reconnect stores nothing twice.',
    example: {
      type: 'message',
      ref: 1,
      room_id: 1,
      text: 'Hello bob',
      client_id: '4f1f5d3e-8f0a-4b59-9d7c-0d1f9c1e2a3b',
    },
  },
  typing: {
    summary: 'Says that the user is typing in a room.',
    description:
      'Send it every 3 s while the user types. The server passes on at most one every 2 s per user and room; the others are acked and dropped.',
    example: { type: 'typing', room_id: 1 },
  },
  read: {
    summary: 'Moves the read watermark: the user has seen everything up to this message.',
    description:
      'Names the message by `seq` (with `room_id`) or by `message_id`, never by both. The watermark only moves forward, and moves the delivered watermark along.',
    example: { type: 'read', ref: 2, room_id: 1, seq: 7 },
  },
  delivered: {
    summary:
      'Moves the delivered watermark: everything up to this message has arrived on a device of the user.',
    description: 'Named like `read`. One frame per room is enough: it covers every message before it.',
    example: { type: 'delivered', ref: 3, room_id: 1, seq: 7 },
  },
  edit: {
    summary: 'Gives a message another text.',
    description:
      'Only its sender can, within `edit_window_seconds` of `hello`. The same text again changes nothing, so that the frame may be repeated until it is acked.',
    example: { type: 'edit', ref: 7, message_id: 1, text: 'Hello Bob' },
  },
  react: {
    summary: 'Adds a reaction of the user to a message, or removes it.',
    description:
      'Both users can react to every message that is not deleted, with up to 20 different emojis on one message. May be repeated.',
    example: { type: 'react', ref: 8, message_id: 1, emoji: '👍', on: true },
  },
  delete: {
    summary: 'Deletes a message for both users.',
    description:
      'Only its sender can, within `delete_window_seconds` of `hello`. The message keeps its place, with an empty text and `deleted_at`; its edits and reactions are removed. May be repeated.',
    example: { type: 'delete', ref: 9, message_id: 2 },
  },
  sync: {
    summary: 'Compares what the client has with what the server has, and fetches the difference.',
    description:
      '`rooms` maps room ids to the `rev` that the client has; an empty object asks for every room. With `listing_rev` the ack also has each `listing` that has changed after it. Only on the user socket.',
    example: { type: 'sync', ref: 4, rooms: { 1: 11, 5: 3 }, listing_rev: 3 },
  },
  ping: {
    summary: 'Asks for an ack and nothing else, to find out whether a quiet connection still works.',
    description:
      'Browsers do not show the pings of the WebSocket protocol. It costs the server no database, and counts as a frame.',
    example: { type: 'ping', ref: 6 },
  },
};

export const SERVER_FRAME_DOCS: {
  readonly [T in Exclude<ServerFrameType, 'ack'>]: FrameDoc<ServerFrameOf<T>>;
} = {
  message: {
    summary: 'A new message of a room.',
    description:
      'Sent to every socket of both users in `seq` order. The socket whose frame carried a `ref` gets the ack instead. On the user socket it carries the `rev` of the room and the `unread_count` of this user. A `seq` that the client already has is a repetition and is dropped.',
    example: { type: 'message', message: MESSAGE, rev: 12, unread_count: 0 },
  },
  typing: {
    summary: 'The other user is typing.',
    description: 'Show it for 5 s, or until a message of that user arrives. There is no frame for the end.',
    example: { type: 'typing', room_id: 1, user_id: 2 },
  },
  read: {
    summary: 'A user has read everything up to `seq`.',
    description:
      'Sent to every socket of both users, the reader included. On the sockets of the reader it carries the `unread_count`.',
    example: { type: 'read', room_id: 1, user_id: 2, seq: 7, message_id: 42, rev: 13 },
  },
  delivered: {
    summary: 'Everything up to `seq` has arrived on a device of a user.',
    description: 'Sent like `read`.',
    example: { type: 'delivered', room_id: 1, user_id: 2, seq: 7, message_id: 42, rev: 13 },
  },
  updated: {
    summary: 'A message has changed after it was sent.',
    description:
      'It was edited, deleted or reacted to: replaces the message with the same `id`, and what messages that answer it show of it. Sent to every socket of both users, before the ack of the frame that caused it.',
    example: {
      type: 'updated',
      message: { ...MESSAGE, text: 'Hello Bob', edited_at: TIME },
      rev: 13,
    },
  },
  presence: {
    summary: 'The other user of a room went online or offline.',
    description:
      'Sent to users who share a room with that user. `online: false` with `last_seen: null` means unknown, which is not the same as offline.',
    example: { type: 'presence', user_id: 2, online: false, last_seen: TIME },
  },
  room: {
    summary: 'A room is new to this user, or has changed otherwise than by a message or a receipt.',
    description: 'Add it to the list, or replace what the list shows of it. Only on the user socket.',
    example: { type: 'room', room: ROOM },
  },
  settings: {
    summary: 'The settings of a chat have changed, on this or another device of the user.',
    description:
      'Sent to the user sockets of the user whose settings they are, and to nobody else. What is shared: `null` means as in general (`GET /api/me/`). `listing` is what the room has as `listing` from now on; when its `rev` is not one higher than the last, send `sync`.',
    example: {
      type: 'settings',
      room_id: 1,
      share_read: false,
      share_delivered: null,
      share_typing: null,
      share_presence: true,
      pinned: true,
      muted_until: null,
      archived: false,
      marked_unread: false,
      listing: { rev: 4, pinned_at: TIME, muted_until: null, archived_seq: null, unread_seq: null },
    },
  },
  sharing: {
    summary: 'What the user shares in general has changed, on this or another device of the user.',
    description:
      'Sent to the user sockets of the user, and to nobody else. It holds for every chat whose settings do not say otherwise.',
    example: {
      type: 'sharing',
      share_read: false,
      share_delivered: true,
      share_typing: true,
      share_presence: true,
    },
  },
  user_settings: {
    summary: 'How the user wants the page to be has changed, on this or another device of the user.',
    description:
      'Sent to the user sockets of the user, and to nobody else: all settings, also those that are as before.',
    example: { type: 'user_settings', settings: { ...DEFAULT_SETTINGS, theme: 'dark' } },
  },
  profile: {
    summary: 'The name or the picture of the user has changed, on this or another device of the user.',
    description:
      'Sent to the user sockets of the user, and to nobody else: the other members of the chats get a `room` frame.',
    example: { type: 'profile', user: { ...ALICE, display_name: 'Alice Ω' } },
  },
  hello: {
    summary: 'The first frame on the user socket.',
    description:
      'Says who the user of the socket is, how often the server pings, which protocol version it speaks, the limits that a client checks before it sends, and what time it is: by that clock messages disappear. Send `sync` now.',
    example: {
      type: 'hello',
      user: ALICE,
      heartbeat_seconds: 25,
      protocol: 2,
      limits: {
        text_max_length: 4_000,
        attachment_max_bytes: 26_214_400,
        attachments_max: 10,
        edit_window_seconds: 900,
        delete_window_seconds: 86_400,
      },
      time: TIME,
    },
  },
  resync: {
    summary: 'Changes may not have reached this socket: send `sync`.',
    description: 'A room socket has no `sync`: its client reads `GET /api/rooms/{id}/messages/?after=<seq>`.',
    example: { type: 'resync' },
  },
  error: {
    summary: 'A frame was refused.',
    description:
      'With the `ref` of the frame, if it had one that could be read. The socket stays open. `code` is for programs, `message` for people.',
    example: {
      type: 'error',
      ref: 1,
      code: 'rate_limited',
      message: 'Messages come faster than is allowed.',
      retry_after_ms: 250,
    },
  },
};

/** The answers to frames with a `ref`, by the type of the frame. */
export const ACK_DOCS: { readonly [T in ClientFrameType]: FrameDoc<AckOf<T>> } = {
  message: {
    summary: 'The message is committed.',
    description:
      'Carries the message as it is stored. For a `client_id` that was used before it is the first message.',
    example: { type: 'ack', ref: 1, message: MESSAGE, rev: 12, unread_count: 0 },
  },
  typing: {
    summary: 'The frame was accepted.',
    description: 'Also when it was dropped because the last one was less than 2 s ago.',
    example: { type: 'ack', ref: 5 },
  },
  read: {
    summary: 'The watermark is at `seq`.',
    description:
      'It may have been further already. `rev` says how far the room is, not that this client has everything up to it.',
    example: { type: 'ack', ref: 2, room_id: 1, seq: 7, rev: 13, unread_count: 0 },
  },
  delivered: {
    summary: 'The watermark is at `seq`.',
    description:
      'It may have been further already. `rev` says how far the room is, not that this client has everything up to it.',
    example: { type: 'ack', ref: 3, room_id: 1, seq: 7, rev: 13, unread_count: 2 },
  },
  edit: {
    summary: 'The message has this text.',
    description: '`rev` says how far the room is, not that this client has everything up to it.',
    example: { type: 'ack', ref: 7, message_id: 1, rev: 13 },
  },
  react: {
    summary: 'The reaction is there, or is not there any more.',
    description: '`rev` as in the ack of `edit`.',
    example: { type: 'ack', ref: 8, message_id: 1, rev: 14 },
  },
  delete: {
    summary: 'The message is deleted.',
    description: '`rev` as in the ack of `edit`.',
    example: { type: 'ack', ref: 9, message_id: 2, rev: 15 },
  },
  sync: {
    summary: 'Every room that differs, and the rooms to forget.',
    description:
      'A room comes with all its new and changed messages, or with `reset: true`: then everything the client holds of it is stale. `more: true` means that the answer was cut for size: send `sync` again.',
    example: {
      type: 'ack',
      ref: 4,
      rooms: [{ room: ROOM, reset: false, messages: [MESSAGE] }],
      unknown: [5],
      more: false,
      listings: [
        { room_id: 1, rev: 4, pinned_at: TIME, muted_until: null, archived_seq: null, unread_seq: null },
      ],
    },
  },
  ping: {
    summary: 'The connection works.',
    description: 'Any other frame of the server is as good a sign.',
    example: { type: 'ack', ref: 6 },
  },
};

/** What an error code means to a client. */
export const ERROR_CODE_DOCS: Readonly<Record<ErrorCode, string>> = {
  bad_json: 'The frame is not JSON.',
  bad_frame: 'A field is missing, wrong or unknown; the message names it and the rule.',
  unknown_type: 'The server knows no frame of this type.',
  not_found: 'There is no such room or message, or it is not the user’s: one answer for both.',
  forbidden:
    'The frame names another user, or another room, than the socket is for; or the token of the socket lacks the scope `write`; or the other member’s account is deleted.',
  too_long: 'The text is longer than `TEXT_MAX_LENGTH`.',
  conflict: 'The `client_id` was used for a message with another text, `reply_to` or `attachments`.',
  edit_window_over:
    'The message was sent too long ago to be edited or deleted: `edit_window_seconds`, `delete_window_seconds` of `hello`.',
  deleted: 'The message is deleted.',
  too_many: 'The message has as many different reactions, or as many edits, as it can have.',
  blocked: 'The user has blocked the other one of the chat: unblock first.',
  rate_limited: 'Too much in too short a time; `retry_after_ms` says when to try again.',
  unauthorized: 'The frame names no user: a room socket without a user needs `sender_id`.',
  unavailable: 'The database cannot be reached right now.',
  internal: 'A mistake of the server.',
};

/** Why a socket is closed. */
export const CLOSE_CODE_DOCS: Readonly<Record<keyof typeof CLOSE_CODES, string>> = {
  policy: 'Abuse: far too many frames, or more sockets of one user than allowed.',
  tooBig: 'A frame was larger than `FRAME_MAX_BYTES`.',
  restart: 'The server restarts.',
  tooSlow: 'The client reads too slowly: more than 256 KiB were waiting.',
  unauthorized:
    'The URL names no user, or a user that does not exist; with accounts, the session or the access token has ended.',
  notAMember: 'The user is not a member of the room.',
  noSuchRoom: 'There is no such room.',
};
