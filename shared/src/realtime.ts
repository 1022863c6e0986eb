import type { TokenScope } from './auth.js';
import type { ErrorCode } from './errors.js';
import type { ServerLimits } from './limits.js';
import type { Message } from './messages.js';
import type { Presence } from './presence.js';
import type { Sharing } from './privacy.js';
import type { RoomSettings } from './room-settings.js';
import type { Room, RoomListing } from './rooms.js';
import type { UserSettings } from './settings.js';
import type { User } from './users.js';

/**
 * The catalogue of frames: every name is typed here, once. A frame is one JSON object with a `type`.
 * `/ws/` is the user socket (all rooms of one user), `/ws/chat/<room_id>/` the room socket (one room).
 * What each frame means and when it is sent stands in frame-docs.ts, from where it goes into the documents.
 */

/** Any client frame may carry one: the server then answers exactly one `ack` or `error` with the same `ref`. */
export type Ref = string | number;

/**
 * Client frames: the fields of the request, and the fields of its ack. On a room socket `room_id` is implied;
 * `sender_id` names the user in simulation.
 */
export interface ClientFrames {
  message: { request: MessageRequest; reply: MessageAck };
  typing: { request: RoomRequest; reply: Record<never, never> };
  read: { request: ReceiptRequest; reply: ReceiptAck };
  delivered: { request: ReceiptRequest; reply: ReceiptAck };
  edit: { request: EditRequest; reply: ChangeAck };
  react: { request: ReactRequest; reply: ChangeAck };
  delete: { request: ChangeRequest; reply: ChangeAck };
  sync: { request: SyncRequest; reply: SyncAck };
  ping: { request: Record<never, never>; reply: Record<never, never> };
}

export interface RoomRequest {
  room_id?: number;
  sender_id?: number;
}

export interface MessageRequest extends RoomRequest {
  text: string;
  /** UUID. The same one never makes a second message. */
  client_id?: string;
  reply_to?: number;
  /** Ids of complete uploads of the sender. With one, the text may be empty. */
  attachments?: number[];
}

/** Names the last message concerned, by one of `message_id` and `seq`. */
export interface ReceiptRequest extends RoomRequest {
  message_id?: number;
  seq?: number;
}

/** Names the message that is to be changed. */
export interface ChangeRequest {
  message_id: number;
  sender_id?: number;
}

export interface EditRequest extends ChangeRequest {
  text: string;
}

export interface ReactRequest extends ChangeRequest {
  /** One emoji, fully qualified (Unicode `RGI_Emoji`). */
  emoji: string;
  /** Whether the user reacts with it from now on. */
  on: boolean;
}

export interface SyncRequest {
  /** Room id to the revision that the client has. */
  rooms: Record<string, number>;
  /** Only rooms from this id on are compared: see {@link MAX_SYNC_ROOMS}. */
  first_room_id?: number;
  /** Only rooms up to this id are compared. */
  last_room_id?: number;
  /** The `rev` up to which the client has every listing of the user's rooms. Unset: the ack has none. From protocol 3 on. */
  listing_rev?: number;
}

export type ClientFrameType = keyof ClientFrames;

/** What a personal access token needs to send each frame. A session may send them all. */
export const CLIENT_FRAME_SCOPES = {
  message: 'write',
  typing: 'write',
  read: 'write',
  delivered: 'write',
  edit: 'write',
  react: 'write',
  delete: 'write',
  sync: 'read',
  ping: 'read',
} as const satisfies Record<ClientFrameType, TokenScope>;

export type RequestOf<T extends ClientFrameType> = ClientFrames[T]['request'];
export type ReplyOf<T extends ClientFrameType> = ClientFrames[T]['reply'];
/** One kind of client frame, as it stands on the wire. */
export type ClientFrameOf<T extends ClientFrameType> = { type: T; ref?: Ref } & RequestOf<T>;
export type ClientFrame = { [T in ClientFrameType]: ClientFrameOf<T> }[ClientFrameType];

/** What the server sends. */
export interface ServerFrames {
  /** `rev` and `unread_count` on the user socket only. */
  message: { message: Message; rev?: number; unread_count?: number };
  typing: { room_id: number; user_id: number };
  read: Receipt;
  delivered: Receipt;
  updated: { message: Message; rev: number };
  presence: Presence;
  room: { room: Room };
  /** `listing` is what the room's `listing` is now; null: there is none. */
  settings: RoomSettings & { room_id: number; listing: RoomListing | null };
  sharing: Sharing;
  user_settings: { settings: UserSettings };
  profile: { user: User };
  /** `time`: of the server, ISO-8601 UTC. */
  hello: { user: User; heartbeat_seconds: number; protocol: number; limits: ServerLimits; time: string };
  resync: Record<never, never>;
  error: { code: ErrorCode; message: string; ref?: Ref; retry_after_ms?: number };
  ack: Ack;
}

/** A watermark moved. Everything of the room up to `seq` is read (or delivered) by `user_id`. */
export interface Receipt {
  room_id: number;
  user_id: number;
  seq: number;
  /** Id of the message at `seq`. */
  message_id: number;
  rev: number;
  /** Only to the user's own devices. */
  unread_count?: number;
}

/** The answer to a client frame with a `ref`: the reply to its request. */
export type Ack = { ref: Ref } & ReplyOf<ClientFrameType>;
/** The ack of one kind of client frame, as it stands on the wire. */
export type AckOf<T extends ClientFrameType> = { type: 'ack'; ref: Ref } & ReplyOf<T>;

/** The message is committed. `rev` and `unread_count` as in the `message` frame, on the user socket only. */
export interface MessageAck {
  message: Message;
  rev?: number;
  unread_count?: number;
}

/** Where the watermark is now (it may already have been further), with the room's revision. */
export interface ReceiptAck {
  room_id: number;
  seq: number;
  rev: number;
  unread_count: number;
}

/** The message is as the frame wanted it, since `rev` or earlier. */
export interface ChangeAck {
  message_id: number;
  rev: number;
}

/** The answer to `sync`. */
export interface SyncAck {
  /** Every room of the user whose revision differs from what was sent, the most recently active first. */
  rooms: RoomChanges[];
  /** Rooms that were sent and do not exist, or are not the user's (one answer for both): the client forgets them. */
  unknown: number[];
  /** The answer was cut for size: send `sync` again with what you now have. */
  more: boolean;
  /** The listings with a higher `rev` than `listing_rev`, in the order of `rev`. Absent without `listing_rev`. */
  listings?: RoomListingChange[];
  /**
   * True: the listings of the client are of another database than the server's, which was restored. `listings` begins from the
   * first, and takes the place of all that the client has. Absent otherwise.
   */
  listings_reset?: boolean;
}

export interface RoomListingChange extends RoomListing {
  room_id: number;
}

/**
 * All that changed in one room since the client's revision, or an explicit reset, never a part without notice.
 * `reset: true`: too much has changed (or the room is new to the client); `messages` is empty, what the client
 * holds of the room is stale and its newest page is to be fetched when needed.
 */
export interface RoomChanges {
  room: Room;
  reset: boolean;
  /** New and changed messages in `seq` order. */
  messages: Message[];
}

export type ServerFrameType = keyof ServerFrames;
export type ServerFrame = {
  [T in ServerFrameType]: { type: T } & ServerFrames[T];
}[ServerFrameType];
/** One kind of server frame, as it stands on the wire. */
export type ServerFrameOf<T extends ServerFrameType> = { type: T } & ServerFrames[T];
