import { listSettingsOf, type ListSettings, type Message, type User } from '@parley/shared';
import {
  batch,
  createEffect,
  createMemo,
  createSignal,
  on,
  untrack,
  type Accessor,
  type Signal,
} from 'solid-js';
import type { Session } from '../auth/session';
import type { Chat } from '../realtime/chat.store';
import { type ClientRoom, type QueuedMessage } from '@parley/client';
import { messageActions } from '../messages/actions/load-message-actions';
import { createRetry } from '../api/retry';
import { loadKept } from '../kept/load-kept';
import { showLastView } from '../kept/show-kept';
import { takeStarted } from '../api/start';
import { now } from '../ui/clock';
import { createRequiredContext } from '../ui/required-context';
import type { Place } from '../messages/log/place';
import { openRoomId } from '../routing/router';
import { listUsers } from '../users/users.api';
import { loadOpened } from './opened-rooms';
import { createRoomReader } from './room-reader';
import { listRooms } from './rooms.api';

type Arrange = (next: number[], before: number[]) => number[];

/** The rooms of this user. What it says of one room or user is a subscription to that room or user only. */
export interface Rooms {
  /** Ids of those in the list: the pinned, then the most recently active first. A chat without messages is for the user who opened it. */
  ids: Accessor<number[]>;
  /** Ids of those that are archived. */
  archived: Accessor<number[]>;
  /** How the user keeps a chat. */
  listingOf(room: ClientRoom): ListSettings;
  /** Ids of the first messages from people who are new to the user: they are not in the list. */
  requests: Accessor<number[]>;
  get(id: number): ClientRoom | undefined;
  peerOf(room: ClientRoom): User;
  isReady: Accessor<boolean>;
  hasFailed: Accessor<boolean>;
  /** The server's number; 0 for the room whose newest messages the user looks at. */
  unreadOf(room: ClientRoom): number;
  /** The room at whose end the user looks; null for none. */
  attended: Accessor<number | null>;
  /** The user looks at the end of this room, or of none. */
  setAttended(roomId: number | null): void;
  load(): void;
  /** False while there is no connection, and after that until presence is loaded: until then it is what it was. */
  isPresenceKnown: Accessor<boolean>;
  /** Whether the peer types in that room, as far as is known. */
  isTyping(id: number): boolean;
  /** The newest message of this user that the server has not confirmed and not refused. */
  lastQueuedOf(room: ClientRoom): QueuedMessage | undefined;
  /** A message with what the user has done to it and the server has not confirmed. */
  asSeen(message: Message): Message;
  /** Where the user left each room in this window, by room id. */
  readonly places: Map<number, Place>;
  /** Ids of the chats without messages that the user has opened (add-opened.ts). */
  readonly opened: Signal<readonly number[]>;
  /** From the ids as they are to be ordered and as they were, those that are shown (held-order.ts). */
  readonly arrange: Signal<Arrange>;
}

export const [RoomsProvider, useRooms] = createRequiredContext<Rooms>('Rooms');

export function createRooms(chat: Chat, session: Session): Rooms {
  showLastView(chat);
  const [isFresh, setFresh] = createSignal(!chat.client.state.isRestored);
  const [attended, setAttended] = createSignal<number | null>(null);
  const reader = createRoomReader(chat.state);
  const rooms = createMemo(() => chat.state().rooms);
  const outbox = createMemo(() => chat.state().outbox);
  // Loaded with the first change.
  const asSeen = createMemo(() => messageActions().content()?.optimistic(outbox(), chat.me));
  const all = () => Object.values(rooms());

  const opened = createSignal<readonly number[]>(loadOpened(chat.me));
  const arrange = createSignal<Arrange>((next) => next);
  const isListed = ({ room: { id, last_seq } }: ClientRoom) =>
    last_seq > 0 ||
    opened[0]().includes(id) ||
    openRoomId() === id ||
    outbox().some(({ room_id }) => room_id === id);

  const listingOf = ({ room }: ClientRoom) => listSettingsOf(room, chat.me, now());
  const sorted = (isIn: (room: ClientRoom) => boolean) =>
    createMemo(
      (before: number[]) =>
        arrange[0]()(
          inOrder(
            all().filter((room) => isIn(room) && isListed(room)),
            reader.queued(),
          ),
          before,
        ),
      [],
      {
        equals: sameItems,
      },
    );
  const chats = (isArchived: boolean) =>
    sorted((room) => !room.room.request && listingOf(room).archived === isArchived);
  const requests = sorted(({ room }) => !!room.request);

  let hasList = false;
  const list = createRetry(async (isCurrent) => {
    const loaded = (await takeStarted('rooms', chat.me)) ?? (await listRooms(session));
    const page = await takeStarted('page', chat.me);
    if (!isCurrent()) return;
    hasList = true;
    // Together: a room that is shown without its page would ask for one.
    batch(() => {
      chat.dispatch({ type: 'rooms-loaded', rooms: loaded });
      const open = loaded.find(({ id }) => id === page?.results[0]?.room_id);
      if (page && open)
        chat.dispatch({ type: 'page-loaded', roomId: open.id, requestedAtRev: open.rev, page });
    });
    setFresh(true);
  });

  // Presence is sent as it changes, and may have changed while there was no connection.
  const people = createRetry(async (isCurrent) => {
    const users = await listUsers();
    if (!isCurrent()) return;
    chat.dispatch({ type: 'users-loaded', users });
    setFresh(true);
  });

  list.run();
  const roomId = untrack(openRoomId);
  void loadKept()
    .then((kept) => kept?.restoreKept(chat, roomId, () => hasList))
    .then(() => chat.client.state.isRestored && setFresh(false));
  createEffect(
    on(chat.connection, ({ name }) => {
      if (name === 'open') people.run();
    }),
  );
  // A short hiccup leaves presence as it is. A silent connection that goes on has lost nothing.
  createEffect(() => {
    if (chat.isLost() && chat.connection().name !== 'open') setFresh(false);
  });

  const isPresenceKnown = () => isFresh() && !chat.isLost();

  return {
    ids: chats(false),
    archived: chats(true),
    listingOf,
    requests,
    get: reader.room,
    peerOf: ({ room }) => {
      const [a, b] = room.users;
      const peer = a.id === chat.me ? b : a;
      return reader.user(peer.id) ?? peer;
    },
    isReady: () => chat.state().ready,
    hasFailed: () => list.hasFailed() && !chat.state().ready,
    unreadOf: ({ room }) => (room.id === attended() ? 0 : room.unread_count),
    attended,
    setAttended,
    places: new Map(),
    load: () => list.run(),
    isPresenceKnown,
    isTyping: (id) => isPresenceKnown() && reader.isTyping(id),
    asSeen: (message) => asSeen()?.(message) ?? message,
    lastQueuedOf: ({ room }) => reader.lastQueued(room.id),
    opened,
    arrange,
  };
}

/**
 * The pinned ones, the last one first; then by the server's time of the last message, and what is written without a connection by
 * that of this device. Ids break ties, so that the order never flickers.
 */
function inOrder(rooms: ClientRoom[], queued: Readonly<Record<number, QueuedMessage>>): number[] {
  const keys = rooms.map(({ room }) => {
    const { id, listing, last_message, created_at } = room;
    const [sent = created_at, unsent = ''] = [last_message?.timestamp, queued[id]?.created_at];
    return { id, pinned: listing?.pinned_at ?? '', active: unsent > sent ? unsent : sent };
  });
  return keys
    .toSorted((a, b) => later(a.pinned, b.pinned) || later(a.active, b.active) || b.id - a.id)
    .map(({ id }) => id);
}

const later = (a: string, b: string) => (a < b ? 1 : a > b ? -1 : 0);

function sameItems(a: number[], b: number[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
