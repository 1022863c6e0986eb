import type { ErrorCode } from './errors.js';
import type { Message } from './messages.js';
import type { Presence } from './presence.js';
import type { Room } from './rooms.js';
import type { User } from './users.js';

/**
 * The catalogue of frames: every name is typed here, once. One JSON object per frame, told apart by `type`.
 * `/ws/` is the user socket (all rooms of one user), `/ws/chat/<room_id>/` the room socket (one room).
 */

/** Any client frame may carry one: the server then answers exactly one `ack` or `error` with the same `ref`. */
export type Ref = string | number;

/** What a client may send. On a room socket `room_id` is implied; `sender_id` names the user in simulation. */
export interface ClientFrames {
  /** Send a message. Its ack is a {@link MessageAck}. */
  message: {
    room_id?: number;
    text: string;
    /** UUID. The same one never makes a second message. */
    client_id?: string;
    reply_to?: number;
    sender_id?: number;
  };
  /** The user is typing. Passed on at most every two seconds. */
  typing: { room_id?: number; sender_id?: number };
  /** Everything up to this message is read. Its ack is a {@link ReceiptAck}. */
  read: ReceiptRequest;
  /** Everything up to this message has arrived on a device. Its ack is a {@link ReceiptAck}. */
  delivered: ReceiptRequest;
  /**
   * «This is what I have»: room id to revision. The ack, a {@link SyncAck}, brings what is missing. With `first_room_id` and
   * `last_room_id` (both included) only that range is compared: see {@link MAX_SYNC_ROOMS}.
   */
  sync: { rooms: Record<string, number>; first_room_id?: number; last_room_id?: number };
  /**
   * Asks for an ack and nothing else: a browser does not see the pings of the WebSocket protocol, and finds a silent
   * connection with this. It costs no database. An older server answers `unknown_type`, which is an answer too.
   */
  ping: Record<never, never>;
}

/** Either names the last message concerned. */
export interface ReceiptRequest {
  room_id?: number;
  message_id?: number;
  seq?: number;
  sender_id?: number;
}

export type ClientFrameType = keyof ClientFrames;
export type ClientFrame = {
  [T in ClientFrameType]: { type: T; ref?: Ref } & ClientFrames[T];
}[ClientFrameType];

/** What the server sends. */
export interface ServerFrames {
  /**
   * To every socket of both members, in `seq` order, once; the socket whose frame carried a `ref` gets the ack
   * instead. On the user socket also the room's `rev` and `unread_count` as this user now has it.
   */
  message: { message: Message; rev?: number; unread_count?: number };
  /** To the other user's sockets. Lets go after TYPING_FADE_SECONDS. */
  typing: { room_id: number; user_id: number };
  read: Receipt;
  delivered: Receipt;
  /** A message was edited, deleted or reacted to. */
  updated: { message: Message; rev: number };
  presence: Presence;
  /** A room is new to this user, or changed otherwise than by a message or a receipt. */
  room: { room: Room };
  /** The first frame on `/ws/`. */
  hello: { user: User; heartbeat_seconds: number; protocol: number };
  /** What this client may have missed is unknown: it should `sync`. */
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

/** The answer to a frame with a `ref`: the fields depend on what was asked. */
export type Ack = { ref: Ref } & (MessageAck | ReceiptAck | SyncAck | Record<never, never>);

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

/** The answer to `sync`. */
export interface SyncAck {
  /** Every room of the user whose revision differs from what was sent, the most recently active first. */
  rooms: RoomChanges[];
  /** Rooms that were sent and do not exist, or are not the user's (one answer for both): the client forgets them. */
  unknown: number[];
  /** The answer was cut for size: send `sync` again with what you now have. */
  more: boolean;
}

/**
 * All that changed in one room since the client's revision, or an explicit reset, never a part in silence.
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
