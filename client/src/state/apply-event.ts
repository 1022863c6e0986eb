import {
  DEFAULT_LIMITS,
  type ChangeAck,
  type ErrorCode,
  type Message,
  type MessageAck,
  type ReceiptAck,
  type Receipt,
  type Room,
  type User,
} from '@parley/shared';
import { noteRev, offerChange } from './apply-change.js';
import { applyListing, applyLoadedListings } from './apply-listing.js';
import { settleOutbox, withEntry, withMessageId, withoutEntry } from './apply-outbox.js';
import { applyPage, applySync } from './apply-sync.js';
import type { ChatEvent } from './chat-event.js';
import { newClientRoom, type Change, type ChatState, type ReceiptKind } from './chat-state.js';

/**
 * The one way from a frame, a reply or an action of the user to the next state. Pure and exhaustive: a new
 * kind of frame does not compile until it has its line here. Kinds that only a newer server knows change nothing.
 */
export function applyEvent(state: ChatState, event: ChatEvent): ChatState {
  const next = step(state, event);
  return next.rooms === state.rooms && next.outbox === state.outbox ? next : settleOutbox(next);
}

function step(state: ChatState, event: ChatEvent): ChatState {
  switch (event.type) {
    case 'hello':
      // Servers of earlier versions send no limits.
      return withUsers(
        { ...state, limits: { ...DEFAULT_LIMITS, ...event.limits }, protocol: event.protocol },
        [event.user],
      );
    case 'message':
      return onMessage(state, event.message, event.rev, event.unread_count);
    case 'updated':
      return onChange(state, event.message.room_id, {
        kind: 'updated',
        rev: event.rev,
        message: event.message,
      });
    case 'read':
    case 'delivered':
      return onReceipt(state, event.type, event);
    case 'typing':
      return { ...state, typing: { ...state.typing, [event.room_id]: event.user_id } };
    case 'typing-faded':
      return withoutTyping(state, event.roomId);
    case 'expired':
      return { ...state, rooms: { ...state.rooms, ...event.rooms } };
    case 'presence': {
      const user = state.users[event.user_id];
      if (!user) return state;
      return withUsers(state, [{ ...user, online: event.online, last_seen: event.last_seen }]);
    }
    case 'room':
      // It does not say what has changed: a `sync` brings it, with the messages that have.
      return withRooms(state, [event.room]);
    case 'settings': {
      const { type: _type, room_id, listing, ...settings } = event;
      const next = { ...state, settings: { ...state.settings, [room_id]: settings } };
      // Servers of earlier versions send none.
      return listing ? applyListing(next, room_id, listing) : next;
    }
    case 'sharing': {
      const { type: _type, ...sharing } = event;
      return { ...state, sharing };
    }
    case 'user_settings':
      return { ...state, userSettings: event.settings };
    case 'profile':
      return withUsers(state, [event.user]);
    case 'users-loaded':
      return withUsers(state, event.users);
    case 'rooms-loaded':
      return { ...applyLoadedListings(withRooms(state, event.rooms), event.rooms), ready: true };
    case 'restored':
      return onRestored(state, event.rooms);
    case 'synced':
      return applySync(state, event.answer, event.sentRevs);
    case 'page-loaded': {
      const room = state.rooms[event.roomId];
      if (!room) return state;
      return withRoom(state, event.roomId, applyPage(room, event.requestedAtRev, event.page.results));
    }
    case 'message-acked':
      return onMessageAck(state, event.clientId, event.ack);
    case 'change-acked':
      return onChangeAck(state, event.clientId, event.ack);
    case 'receipt-acked':
      return onReceiptAck(state, event.ack);
    case 'queued':
      return { ...state, outbox: [...state.outbox, event.entry] };
    case 'requeued':
      return withEntry(state, event.entry.client_id, () => event.entry);
    case 'waiting':
      return withEntry(state, event.clientId, (entry) => ({ ...entry, status: 'waiting', reason: null }));
    case 'failed':
      return onFailed(state, event.clientId, event.reason);
    case 'discarded':
      return withoutEntry(state, event.clientId);
    case 'ack':
    case 'error':
    case 'resync':
      // Answers come back as events of their own; `resync` is the catch-up's business.
      return state;
    default:
      return unknownKind(event, state);
  }
}

/** `event` is `never` here as long as every kind of the contract has its line above. */
function unknownKind(_event: never, state: ChatState): ChatState {
  return state;
}

/** It may come in parts. What the state has already is newer, and what the server has said is all there is. */
function onRestored(state: ChatState, kept: readonly Room[]): ChatState {
  if (state.ready && !state.isRestored) return state;
  const rooms = kept.filter(({ id }) => !state.rooms[id]);
  if (rooms.length === 0) return state;
  return { ...applyLoadedListings(withRooms(state, rooms), rooms), ready: true, isRestored: true };
}

function onMessage(state: ChatState, message: Message, rev?: number, unread_count?: number): ChatState {
  const seen =
    state.typing[message.room_id] === message.sender.id ? withoutTyping(state, message.room_id) : state;
  const room = seen.rooms[message.room_id];
  // Without a revision its place is unknown (the user socket always gives one): a `sync` will bring it.
  if (room && rev === undefined) return withRoom(seen, message.room_id, noteRev(room, room.room.rev + 1));
  return onChange(seen, message.room_id, { kind: 'message', rev: rev ?? 0, message, unread_count });
}

function onReceipt(state: ChatState, what: ReceiptKind, receipt: Receipt): ChatState {
  return onChange(state, receipt.room_id, { kind: 'receipt', rev: receipt.rev, what, receipt });
}

function onChange(state: ChatState, roomId: number, change: Change): ChatState {
  const room = state.rooms[roomId];
  if (!room) return { ...state, missesRooms: true };
  return withRoom(state, roomId, offerChange(room, change));
}

function onMessageAck(state: ChatState, clientId: string, ack: MessageAck): ChatState {
  const noted = withEntry(state, clientId, (entry) =>
    entry.kind === 'send' ? { ...entry, status: 'sent', reason: null, seq: ack.message.seq } : entry,
  );
  return onMessage(withMessageId(noted, clientId, ack.message.id), ack.message, ack.rev, ack.unread_count);
}

/** The change itself is in an `updated`, which this client gets too, before the ack. */
function onChangeAck(state: ChatState, clientId: string, { rev }: ChangeAck): ChatState {
  const entry = state.outbox.find(({ client_id }) => client_id === clientId);
  const room = entry && state.rooms[entry.room_id];
  const noted = withEntry(state, clientId, (own) =>
    own.kind === 'send' ? own : { ...own, status: 'sent', reason: null, rev },
  );
  return room ? withRoom(noted, room.room.id, noteRev(room, rev)) : noted;
}

/** A refused message that the user has deleted meanwhile was never sent, so it is gone. */
function onFailed(state: ChatState, clientId: string, reason: ErrorCode): ChatState {
  const isDeleted = state.outbox.some((entry) => entry.kind === 'delete' && entry.of === clientId);
  if (isDeleted) return withoutEntry(state, clientId);
  return withEntry(state, clientId, (entry) => ({ ...entry, status: 'failed', reason }));
}

/**
 * The ack of a receipt says that the server is at `rev`, not what made it so: another device of this user may have
 * moved the other watermark meanwhile. The change is in the frames, which this client gets too, before the ack.
 */
function onReceiptAck(state: ChatState, { room_id, rev }: ReceiptAck): ChatState {
  const room = state.rooms[room_id];
  if (!room) return { ...state, missesRooms: true };
  return withRoom(state, room_id, noteRev(room, rev));
}

function withRooms(state: ChatState, heads: readonly Room[]): ChatState {
  const rooms = { ...state.rooms };
  for (const head of heads) {
    const known = rooms[head.id];
    // Rooms are created once: another time is that of another database.
    const isSame = known?.room.created_at === head.created_at;
    rooms[head.id] = known && isSame ? noteRev(known, head.rev) : newClientRoom(head);
  }
  return {
    ...withUsers(
      state,
      heads.flatMap((head) => head.users),
    ),
    rooms,
  };
}

function withRoom(state: ChatState, id: number, room: ChatState['rooms'][number]): ChatState {
  return room === state.rooms[id] ? state : { ...state, rooms: { ...state.rooms, [id]: room } };
}

function withUsers(state: ChatState, users: readonly User[]): ChatState {
  const next = { ...state.users };
  for (const user of users) next[user.id] = user;
  return { ...state, users: next };
}

function withoutTyping(state: ChatState, roomId: number): ChatState {
  if (state.typing[roomId] === undefined) return state;
  const { [roomId]: _gone, ...typing } = state.typing;
  return { ...state, typing };
}
