import type { Message, Receipt, Room } from '@parley/shared';
import type { Change, ReceiptKind, RoomState } from './chat-state.js';
import { putMessage } from './segments.js';

/**
 * Takes one change of a room: applied when it is the next revision, dropped when it is known, held when one before
 * it is missing. Held ones follow as soon as the gap closes.
 */
export function offerChange(state: RoomState, change: Change): RoomState {
  const { rev } = state.room;
  const knownRev = Math.max(state.knownRev, change.rev);
  // A repetition, perhaps with the room's revision instead of its own: it fills no place in the order.
  if (change.kind === 'message' && change.message.seq <= state.room.last_seq) return noteRev(state, knownRev);
  if (change.rev <= rev) return state;
  if (change.rev > rev + 1) return hold({ ...state, knownRev }, change);
  return applyHeld(applyNext({ ...state, knownRev }, change));
}

/** Notes that the server is at `knownRev`. */
export function noteRev(state: RoomState, knownRev: number): RoomState {
  return knownRev > state.knownRev ? { ...state, knownRev } : state;
}

/** Applies what was held and has become next; forgets what is known by now. */
export function applyHeld(state: RoomState): RoomState {
  if (state.held.length === 0) return state;
  const held = state.held.filter((change) => change.rev > state.room.rev);
  const [next, ...rest] = held;
  if (next?.rev !== state.room.rev + 1) return { ...state, held };
  return offerChange({ ...state, held: rest }, next);
}

/** Puts a message as of revision `rev` in its place among the loaded ones, or right after them. */
export function upsertMessage(state: RoomState, message: Message, rev: number): RoomState {
  const segments = putMessage(state.segments, message);
  return segments ? { ...state, segments } : { ...state, changedRev: rev };
}

/** Moves a watermark forward, never back. Reading implies delivery. */
function raiseMark(room: Room, what: ReceiptKind, userId: number, seq: number): Room {
  const [a, b] = room.members.map((member) => {
    if (member.user_id !== userId) return member;
    const read_seq = what === 'read' ? Math.max(member.read_seq, seq) : member.read_seq;
    const delivered_seq = Math.max(member.delivered_seq, seq);
    const moves = read_seq > member.read_seq || delivered_seq > member.delivered_seq;
    return moves ? { ...member, read_seq, delivered_seq } : member;
  });
  if (!a || !b || (a === room.members[0] && b === room.members[1])) return room;
  return { ...room, members: [a, b] };
}

function hold(state: RoomState, change: Change): RoomState {
  const known = state.held.some((held) => held.rev === change.rev);
  if (known) return state;
  return { ...state, held: [...state.held, change].toSorted((a, b) => a.rev - b.rev) };
}

function applyNext(state: RoomState, change: Change): RoomState {
  const room = { ...state.room, rev: change.rev };
  switch (change.kind) {
    case 'message':
      return applyMessage(state, room, change.message, change.unread_count);
    case 'updated': {
      const isLast = room.last_message?.id === change.message.id;
      const head = isLast ? { ...room, last_message: change.message } : room;
      return upsertMessage({ ...state, room: head }, change.message, change.rev);
    }
    case 'receipt':
      return { ...state, room: applyReceipt(room, change.what, change.receipt) };
  }
}

function applyMessage(state: RoomState, room: Room, message: Message, unread?: number): RoomState {
  // A revision that skips a seq contradicts the contract: better to ask than to show a hole.
  if (message.seq !== room.last_seq + 1) return state;
  const head: Room = {
    ...room,
    last_seq: message.seq,
    last_message: message,
    unread_count: unread ?? room.unread_count,
  };
  return upsertMessage({ ...state, room: head }, message, room.rev);
}

function applyReceipt(room: Room, what: ReceiptKind, receipt: Receipt): Room {
  const raised = raiseMark(room, what, receipt.user_id, receipt.seq);
  return receipt.unread_count === undefined ? raised : { ...raised, unread_count: receipt.unread_count };
}
