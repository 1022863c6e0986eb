import { emptyState, newClientRoom, type ChatState, type ClientRoom, type OutboxEntry } from '@parley/client';
import type { Message, Room, RoomListing, User } from '@parley/shared';

/** No user of a real database: drafts of the browser are kept by the id of the user. */
const FIRST_ID = 900_001;
const START = Date.now();
const MINUTE = 60_000;

/** A time so many minutes ago, as the wire has it. */
export const ago = (minutes: number): string => new Date(START - minutes * MINUTE).toISOString();

function user(index: number, username: string, display_name: string, more: Partial<User> = {}): User {
  return { id: FIRST_ID + index, username, display_name, online: false, last_seen: ago(95), ...more };
}

export const ME = user(0, 'ada', 'Ada Lovelace', { online: true });
export const PICTURE = '/icons/icon-192.png';
export const PEOPLE = {
  grace: user(1, 'grace', 'Grace Hopper', { online: true, last_seen: null }),
  alan: user(2, 'alan', 'Alan Turing'),
  katherine: user(3, 'katherine', 'Katherine Johnson', { online: true, last_seen: null }),
  edsger: user(4, 'edsger', 'Edsger Dijkstra', { last_seen: ago(2880) }),
  barbara: user(5, 'barbara', 'Barbara Liskov', { avatar: PICTURE }),
  donald: user(6, 'donald', 'Donald Knuth'),
  hedy: user(7, 'hedy', 'Hedy Lamarr', { online: true, last_seen: null }),
  long: user(8, 'maximiliana', 'Maximiliana von Hohenstaufen-Regenstein zu Wernigerode'),
  deleted: user(9, 'deleted', 'Deleted account', { deleted: true, last_seen: null }),
} as const;

/** Its place in the room is its `seq`. */
export function message(
  roomId: number,
  seq: number,
  sender: User,
  text: string,
  more: Partial<Message> = {},
) {
  const receiver = sender.id === ME.id ? PEOPLE.grace : ME;
  const full: Message = {
    id: roomId * 1_000 + seq,
    text,
    timestamp: ago(30 - seq),
    sender,
    receiver,
    is_read: false,
    is_delivered: false,
    room_id: roomId,
    seq,
    client_id: null,
    edited_at: null,
    deleted_at: null,
    reply_to: null,
    reactions: [],
    attachments: [],
    ...more,
  };
  return full;
}

const LISTING: RoomListing = {
  rev: 1,
  pinned_at: null,
  muted_until: null,
  archived_seq: null,
  unread_seq: null,
};

interface RoomSample {
  peer: User;
  /** The newest message; absent: none was written. */
  text?: string;
  isMine?: boolean;
  /** How far the other has come with it. */
  watermark?: 'sent' | 'delivered' | 'read';
  unread?: number;
  listing?: Partial<RoomListing>;
  more?: Partial<Room>;
  minutesAgo?: number;
}

/** A room with one message, as the list shows it. */
export function room(index: number, sample: RoomSample): ClientRoom {
  const id = FIRST_ID + index;
  const { peer, text, isMine = false, watermark = 'read', unread = 0, minutesAgo = 4 } = sample;
  const isDelivered = watermark !== 'sent';
  const last =
    text === undefined
      ? null
      : message(id, 1, isMine ? ME : peer, text, {
          timestamp: ago(minutesAgo),
          receiver: isMine ? peer : ME,
        });
  const last_seq = last ? 1 : 0;
  return newClientRoom({
    id,
    users: [ME, peer],
    created_at: ago(10_000),
    last_message: last,
    unread_count: unread,
    last_seq,
    rev: 1,
    members: [
      { user_id: ME.id, read_seq: last_seq, delivered_seq: last_seq },
      { user_id: peer.id, read_seq: watermark === 'read' ? 1 : 0, delivered_seq: isDelivered ? last_seq : 0 },
    ],
    ...(sample.listing && { listing: { ...LISTING, ...sample.listing } }),
    ...sample.more,
  });
}

/** The state of a client that has these rooms. */
export function stateOf(
  rooms: readonly ClientRoom[],
  outbox: readonly OutboxEntry[] = [],
  typing: Readonly<Record<number, number>> = {},
): ChatState {
  const users = [ME, ...Object.values(PEOPLE)];
  return {
    ...emptyState(ME.id),
    ready: true,
    users: Object.fromEntries(users.map((each) => [each.id, each])),
    rooms: Object.fromEntries(rooms.map((each) => [each.room.id, each])),
    outbox,
    typing,
  };
}

/** A message on its way. */
export function queued(roomId: number, text: string, more: Partial<OutboxEntry> = {}) {
  return {
    kind: 'send',
    client_id: `design-${roomId}-${text.length}`,
    room_id: roomId,
    text,
    reply_to: null,
    seq: null,
    created_at: ago(0),
    status: 'waiting',
    reason: null,
    ...more,
  } as Extract<OutboxEntry, { kind: 'send' }>;
}
