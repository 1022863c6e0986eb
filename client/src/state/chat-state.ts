import {
  DEFAULT_LIMITS,
  type ErrorCode,
  type Message,
  type MessageReply,
  type Receipt,
  type Room,
  type RoomSettings,
  type Sharing,
  type ServerLimits,
  type User,
  type UserSettings,
} from '@parley/shared';
import { newSegments, type Segments } from './segments.js';

/** The state of one client, as plain data. Only `applyEvent` makes a new one from it. */
export interface ChatState {
  /** The id of the client's user. */
  readonly me: number;
  /** The server's limits, as its last `hello` said. */
  readonly limits: ServerLimits;
  /** Version of the protocol that the server speaks, as its last `hello` said. */
  readonly protocol: number;
  /** False until a first list of rooms has arrived, by HTTP or by `sync`. */
  readonly ready: boolean;
  /** The rooms are those that this device kept of an earlier run, until a `sync` has brought them up to date. */
  readonly isRestored: boolean;
  readonly users: Readonly<Record<number, User>>;
  readonly rooms: Readonly<Record<number, ClientRoom>>;
  /** What this user has sent and the server has not confirmed, oldest first. */
  readonly outbox: readonly OutboxEntry[];
  /** What the user shares in general; null: it has not changed since this client is connected. */
  readonly sharing: Sharing | null;
  /** How the user wants the page to be; null: it has not changed since this client is connected. */
  readonly userSettings: UserSettings | null;
  /** The settings of rooms that have changed since this client is connected, on any device of the user. */
  readonly settings: Readonly<Record<number, RoomSettings>>;
  /** The `rev` up to which every listing of the rooms is known; and the highest one received: more, something is missing. */
  readonly listingRev: number;
  readonly knownListingRev: number;
  /** Room to the user who types there now. */
  readonly typing: Readonly<Record<number, number>>;
  /** A frame named a room that is not known here: only a `sync` can show which. */
  readonly missesRooms: boolean;
}

/**
 * One room. Everything up to revision `room.rev` is applied, in the order of revisions, nothing beyond it:
 * so the state is the same whatever order frames arrived in.
 */
export interface ClientRoom {
  /** The room as in the contract; `last_message` is always the last of the live segment. */
  readonly room: Room;
  /** The loaded messages. The live segment ends at `room.last_seq`. */
  readonly segments: Segments;
  /** Changes that wait for the ones before them, by revision. */
  readonly waiting: readonly Change[];
  /** Highest revision received. More than `room.rev`: something is missing. */
  readonly knownRev: number;
  /** Revision of the last change to a message that is not loaded. A page requested before it may be stale. */
  readonly changedRev: number;
}

/** What one revision did to a room. */
export type Change =
  | { kind: 'message'; rev: number; message: Message; unread_count?: number }
  | { kind: 'updated'; rev: number; message: Message }
  | { kind: 'receipt'; rev: number; what: ReceiptKind; receipt: Receipt };

export type ReceiptKind = 'read' | 'delivered';

/** `waiting`: to be sent, or sent and not answered yet; `sent`: the server has it; `failed`: it refused it. */
export type OutboxStatus = 'waiting' | 'sent' | 'failed';

/** An operation of this user on its way to the server; the outbox is a queue of them. */
export type OutboxEntry = QueuedMessage | QueuedChange;
/** What is to be done to a message that is sent already, or will be by then. */
export type QueuedChange = QueuedEdit | QueuedDeletion | QueuedReaction;

/** A message to be sent. */
export interface QueuedMessage extends QueuedOperation {
  readonly kind: 'send';
  readonly text: string;
  /** What it answers, as it was shown to the user. */
  readonly reply_to: MessageReply | null;
  /** Uploaded before it is sent. */
  readonly files?: readonly QueuedFile[];
  /** Its `seq` once acked: the entry stays until the room has that message. */
  readonly seq: number | null;
}

/** A file of a message that is on its way. The platform keeps its content under `key`. */
export interface QueuedFile {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** Pixels, of an image. */
  readonly width?: number;
  readonly height?: number;
}

export interface QueuedEdit extends ChangeOperation {
  readonly kind: 'edit';
  readonly text: string;
}

export interface QueuedDeletion extends ChangeOperation {
  readonly kind: 'delete';
  /** Until then it can be undone, and nothing of it leaves the device: milliseconds since 1970, by the local clock. */
  readonly send_at: number;
}

export interface QueuedReaction extends ChangeOperation {
  readonly kind: 'react';
  readonly emoji: string;
  readonly on: boolean;
}

/** What all changes have. Each says how the message is to be, so that sending it again is harmless. */
interface ChangeOperation extends QueuedOperation {
  /** Null until the server has the message. */
  readonly message_id: number | null;
  /** `client_id` of a message that was not acked when it was changed; null for others. */
  readonly of: string | null;
  /** The room's revision once acked: the entry stays until the room has it. */
  readonly rev: number | null;
}

/** What all kinds have. */
interface QueuedOperation {
  /** Of the operation. The server stores a message once under it; a change it never sees. */
  readonly client_id: string;
  readonly room_id: number;
  /** Local clock, ISO-8601, only shown. */
  readonly created_at: string;
  readonly status: OutboxStatus;
  /** Why the server refused it. May be a code that this build does not know. */
  readonly reason: ErrorCode | null;
}

/** The state of a window that has received nothing yet. */
export function emptyState(me: number): ChatState {
  return {
    me,
    limits: DEFAULT_LIMITS,
    protocol: 1,
    ready: false,
    isRestored: false,
    users: {},
    rooms: {},
    outbox: [],
    sharing: null,
    userSettings: null,
    settings: {},
    listingRev: 0,
    knownListingRev: 0,
    typing: {},
    missesRooms: false,
  };
}

/** A room without any messages but its last. */
export function newClientRoom(room: Room): ClientRoom {
  return {
    room,
    segments: newSegments(room.last_message),
    waiting: [],
    knownRev: room.rev,
    changedRev: room.rev,
  };
}

/** Whether the server has a change that has not been applied. */
export function isBehind(state: ChatState): boolean {
  if (state.missesRooms || state.knownListingRev > state.listingRev) return true;
  return Object.values(state.rooms).some((room) => room.knownRev > room.room.rev);
}

/** Room ids, both ends included; an end that is not said is open. */
export interface RoomRange {
  readonly first_room_id?: number;
  readonly last_room_id?: number;
}

/** What `sync` sends: the revision of every room, or of those in a range. */
export function revisionsOf(
  state: ChatState,
  { first_room_id: first = 0, last_room_id: last = Infinity }: RoomRange = {},
): Record<string, number> {
  const rooms = Object.values(state.rooms).filter(({ room: { id } }) => first <= id && id <= last);
  return Object.fromEntries(rooms.map(({ room }) => [room.id, room.rev]));
}

/** A range that begins at this id (0: at the first), as long as it can be with at most `most` known rooms in it. */
export function rangeFrom(state: ChatState, first: number, most: number): RoomRange {
  const ids = Object.keys(state.rooms).map(Number);
  const next = ids.filter((id) => id >= first).toSorted((a, b) => a - b)[most];
  return {
    ...(first > 0 ? { first_room_id: first } : {}),
    ...(next === undefined ? {} : { last_room_id: next - 1 }),
  };
}
