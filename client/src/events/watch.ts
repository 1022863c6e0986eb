import type { ErrorCode, Message } from '@parley/shared';
import type { Client } from '../client.js';
import type { ChatState, OutboxEntry, ReceiptKind, ClientRoom } from '../state/chat-state.js';

/** Events of the rooms, for code that acts on changes instead of showing the state: bots, notifications, sounds. */
export interface RoomEvents {
  /** A new message of either user, live or by `sync`. Called once for each, in the order of `seq`. */
  message(message: Message): void;
  /** After a reset, `message` is not called for the messages of this range. They are in the history. */
  skipped(range: { room_id: number; first_seq: number; last_seq: number }): void;
  /** A user has read a room up to `seq`, or a device of the user has received it up to there. */
  receipt(receipt: { kind: ReceiptKind; room_id: number; user_id: number; seq: number }): void;
  /**
   * The server refused an entry of the outbox with a final error. Called once. A message stays in the outbox until it is
   * retried or discarded; a change to one is undone.
   */
  refused(refusal: {
    client_id: string;
    room_id: number;
    reason: ErrorCode;
    kind: OutboxEntry['kind'];
    entry: OutboxEntry;
  }): void;
}

/** Calls the handlers for changes after this call. @returns a function that ends the subscription. */
export function watch(client: Client, handlers: Partial<RoomEvents>): () => void {
  return client.subscribe((after, before) => {
    if (before.rooms !== after.rooms) reportRooms(before, after, handlers);
    if (before.outbox !== after.outbox) reportRefusals(before, after, handlers);
  });
}

function reportRooms(before: ChatState, after: ChatState, handlers: Partial<RoomEvents>): void {
  for (const room of Object.values(after.rooms)) {
    const known = before.rooms[room.room.id];
    // The first list of rooms is the starting point, not a change.
    if (room === known || !(known || before.ready)) continue;
    reportMessages(known?.room.last_seq ?? 0, room, handlers);
    reportReceipts(known, room, handlers);
  }
}

function reportMessages(
  knownSeq: number,
  { room, segments }: ClientRoom,
  handlers: Partial<RoomEvents>,
): void {
  const newMessages = segments.live.messages.filter(({ seq }) => seq > knownSeq);
  const first_seq = knownSeq + 1;
  const last_seq = (newMessages[0]?.seq ?? first_seq) - 1;
  if (last_seq >= first_seq) handlers.skipped?.({ room_id: room.id, first_seq, last_seq });
  for (const message of newMessages) handlers.message?.(message);
}

function reportReceipts(
  known: ClientRoom | undefined,
  { room }: ClientRoom,
  handlers: Partial<RoomEvents>,
): void {
  for (const { user_id, read_seq, delivered_seq } of room.members) {
    const before = known?.room.members.find((member) => member.user_id === user_id);
    const report = (kind: ReceiptKind, seq: number) =>
      handlers.receipt?.({ kind, room_id: room.id, user_id, seq });
    if ((delivered_seq ?? 0) > (before?.delivered_seq ?? 0)) report('delivered', delivered_seq ?? 0);
    if ((read_seq ?? 0) > (before?.read_seq ?? 0)) report('read', read_seq ?? 0);
  }
}

function reportRefusals(before: ChatState, after: ChatState, handlers: Partial<RoomEvents>): void {
  for (const entry of after.outbox) {
    const { client_id, room_id, reason } = entry;
    const wasRefused = before.outbox.some((other) => other.client_id === client_id && other.reason !== null);
    if (reason && !wasRefused) handlers.refused?.({ client_id, room_id, reason, kind: entry.kind, entry });
  }
}
