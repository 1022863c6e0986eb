import type { Message, Receipt, Room } from '@parley/shared';
import type { Change, ReceiptKind, ClientRoom } from './chat-state.js';
import { followQuotes, putMessage, withLoadedQuote } from './segments.js';

/**
 * Takes one change of a room: applied when it is the next revision, dropped when it is known, kept waiting when one
 * before it is missing. Waiting ones are applied as soon as the gap closes.
 */
export function offerChange(state: ClientRoom, change: Change): ClientRoom {
  const { rev } = state.room;
  const knownRev = Math.max(state.knownRev, change.rev);
  // A repetition, perhaps with the room's revision instead of its own: it fills no place in the order.
  if (change.kind === 'message' && change.message.seq <= state.room.last_seq) return noteRev(state, knownRev);
  if (change.rev <= rev) return state;
  if (change.rev > rev + 1) return keepWaiting({ ...state, knownRev }, change);
  return applyWaiting(applyNext({ ...state, knownRev }, change));
}

/** Notes that the server is at `knownRev`. */
export function noteRev(state: ClientRoom, knownRev: number): ClientRoom {
  return knownRev > state.knownRev ? { ...state, knownRev } : state;
}

/** Applies the waiting changes that have become the next; drops those that are known by now. */
export function applyWaiting(state: ClientRoom): ClientRoom {
  if (state.waiting.length === 0) return state;
  const waiting = state.waiting.filter((change) => change.rev > state.room.rev);
  const [next, ...rest] = waiting;
  if (next?.rev !== state.room.rev + 1) return { ...state, waiting };
  return offerChange({ ...state, waiting: rest }, next);
}

/** Puts a message as of revision `rev` in its place among the loaded ones, or right after them. */
export function upsertMessage(state: ClientRoom, message: Message, rev: number): ClientRoom {
  const segments = putMessage(state.segments, withLoadedQuote(state.segments, message));
  return segments ? { ...state, segments } : { ...state, changedRev: rev };
}

/** The same for a message that may be known in an older form: what others show of it changes too. */
export function changeMessage(state: ClientRoom, message: Message, rev: number): ClientRoom {
  const next = upsertMessage(state, message, rev);
  const segments = followQuotes(next.segments, message);
  const last_message = segments.live.messages.at(-1) ?? next.room.last_message;
  return { ...next, segments, room: { ...next.room, last_message } };
}

/** Moves a watermark forward, never back. Reading implies delivery. */
function raiseWatermark(room: Room, what: ReceiptKind, userId: number, seq: number): Room {
  const [a, b] = room.members.map((member) => {
    if (member.user_id !== userId) return member;
    const read_seq = what === 'read' ? Math.max(member.read_seq ?? 0, seq) : member.read_seq;
    const delivered_seq = Math.max(member.delivered_seq ?? 0, seq);
    const moves = read_seq !== member.read_seq || delivered_seq !== member.delivered_seq;
    return moves ? { ...member, read_seq, delivered_seq } : member;
  });
  if (!a || !b || (a === room.members[0] && b === room.members[1])) return room;
  return { ...room, members: [a, b] };
}

function keepWaiting(state: ClientRoom, change: Change): ClientRoom {
  const known = state.waiting.some((other) => other.rev === change.rev);
  if (known) return state;
  return { ...state, waiting: [...state.waiting, change].toSorted((a, b) => a.rev - b.rev) };
}

function applyNext(state: ClientRoom, change: Change): ClientRoom {
  const room = { ...state.room, rev: change.rev };
  switch (change.kind) {
    case 'message':
      return applyMessage(state, room, change.message, change.unread_count);
    case 'updated':
      return changeMessage({ ...state, room }, change.message, change.rev);
    case 'receipt':
      return { ...state, room: applyReceipt(room, change.what, change.receipt) };
  }
}

function applyMessage(state: ClientRoom, room: Room, message: Message, unread?: number): ClientRoom {
  // A revision that skips a seq contradicts the contract: request a sync instead of showing a gap.
  if (message.seq !== room.last_seq + 1) return state;
  const head: Room = {
    ...room,
    last_seq: message.seq,
    last_message: withLoadedQuote(state.segments, message),
    unread_count: unread ?? room.unread_count,
  };
  return upsertMessage({ ...state, room: head }, message, room.rev);
}

function applyReceipt(room: Room, what: ReceiptKind, receipt: Receipt): Room {
  const raised = raiseWatermark(room, what, receipt.user_id, receipt.seq);
  return receipt.unread_count === undefined ? raised : { ...raised, unread_count: receipt.unread_count };
}
