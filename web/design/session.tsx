import { createBareClient, type ChatState, type ClientRoom, type ConnectionState } from '@parley/client';
import { listSettingsOf } from '@parley/shared';
import { createSignal, untrack, type JSX } from 'solid-js';
import { SessionProvider, sessionOf, type Session } from '../src/auth/session';
import { ChatProvider, type Chat } from '../src/realtime/chat.store';
import { createRoomReader } from '../src/rooms/room-reader';
import { RoomsProvider, type Rooms } from '../src/rooms/rooms.store';
import { now } from '../src/ui/clock';
import { ME, stateOf } from './sample-data';

interface DesignSessionProps {
  state?: ChatState;
  connection?: ConnectionState;
  isLost?: boolean;
  /** Nothing is known of who is online. */
  isStale?: boolean;
  children: JSX.Element;
}

/** Files of the samples are those of the page itself. */
const session: Session = { ...sessionOf(ME, 'accounts'), urlOf: (path) => path.replace(/\?.*$/, '') };
const nothing = () => undefined;

/** The stores that the components read, with plain data in them: nothing connects, and nothing is sent. */
export function DesignSession(props: DesignSessionProps) {
  const [state] = createSignal(untrack(() => props.state ?? stateOf([])));
  const client = createBareClient({ userId: ME.id, url: 'ws://127.0.0.1:9/' });
  const chat: Chat = {
    me: ME.id,
    client,
    state,
    connection: () => props.connection ?? { name: 'open', attempt: 1 },
    limits: () => state().limits,
    isLost: () => props.isLost ?? false,
    isVolatile: () => false,
    dispatch: nothing,
    reconnect: nothing,
  };
  return (
    <SessionProvider value={session}>
      <ChatProvider value={chat}>
        <RoomsProvider value={roomsOf(chat, () => !props.isStale)}>{props.children}</RoomsProvider>
      </ChatProvider>
    </SessionProvider>
  );
}

const listingOf: Rooms['listingOf'] = ({ room }) => listSettingsOf(room, ME.id, now());

function roomsOf(chat: Chat, isPresenceKnown: () => boolean): Rooms {
  const reader = createRoomReader(chat.state);
  const all = () => Object.values(chat.state().rooms);
  const idsOf = (isIn: (each: ClientRoom) => boolean) => () =>
    all()
      .filter(isIn)
      .map(({ room }) => room.id);
  return {
    ids: idsOf((each) => !each.room.request && !listingOf(each).archived),
    archived: idsOf((each) => listingOf(each).archived),
    requests: idsOf((each) => !!each.room.request),
    listingOf,
    get: reader.room,
    peerOf: ({ room }) => room.users[1],
    isReady: () => true,
    hasFailed: () => false,
    unreadOf: ({ room }) => room.unread_count,
    attended: () => null,
    setAttended: nothing,
    load: nothing,
    isPresenceKnown,
    isTyping: (id) => reader.isTyping(id),
    lastQueuedOf: ({ room }) => reader.lastQueued(room.id),
    asSeen: (message) => message,
    places: new Map(),
    opened: createSignal<readonly number[]>([]),
    arrange: createSignal<(next: number[], before: number[]) => number[]>((next) => next),
  };
}
