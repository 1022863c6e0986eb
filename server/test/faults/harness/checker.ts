import type { ChatClient } from './chat-client.js';
import {
  clientsContent,
  CONTENT_COLUMNS,
  contentProblems,
  hadText,
  lostChanges,
  sentText,
  shownContent,
  type StoredContent,
} from './content.js';
import { sql } from './database.js';
import { sleep } from './wait.js';

interface StoredRoom {
  id: number;
  user_a_id: number;
  user_b_id: number;
  last_seq: number;
  rev: number;
  sent_a: number;
  sent_b: number;
  read_seq_a: number;
  read_seq_b: number;
  delivered_seq_a: number;
  delivered_seq_b: number;
  unread_a: number;
  unread_b: number;
}

interface StoredMessage extends StoredContent {
  room_id: number;
  sender_seq: number;
  client_id: string | null;
}

/** What a run amounts to. */
export interface Verdict {
  stored: number;
  acked: number;
  /** Edits, deletions and reactions that were acked. */
  changed: number;
  /** Acked, but not stored as acked: messages and changes. */
  lost: number;
  /** Stored more than once: messages and changes. */
  doubled: number;
  /** Stored in another order than their sender sent them, or seen by a client in another order than stored. */
  outOfOrder: number;
  problems: string[];
}

/**
 * Compares every client's log with PostgreSQL, once they have caught up: acked ⊆ stored, stored = seen by both,
 * unique, gap-free, in order; unread and watermarks as stored, and as counted from the messages. Acked edits, deletions and reactions
 * are stored once, and each message is shown as it is stored.
 *
 * Messages are sent as `<anything>-<n>`, n rising with every message that a user sends to a room. No two edits have one text.
 */
export async function verdictOn(
  url: string,
  clients: readonly ChatClient[],
  timeoutMs = 20_000,
): Promise<Verdict> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const verdict = await look(url, clients);
    if (verdict.problems.length === 0 || Date.now() > end) return verdict;
    await sleep(100);
  }
}

/** @throws unless all is well. */
export async function expectAllWell(
  url: string,
  clients: readonly ChatClient[],
  timeoutMs?: number,
): Promise<Verdict> {
  const verdict = await verdictOn(url, clients, timeoutMs);
  expect(verdict).toEqual({ ...verdict, lost: 0, doubled: 0, outOfOrder: 0, problems: [] });
  return verdict;
}

async function look(url: string, clients: readonly ChatClient[]): Promise<Verdict> {
  const ids = clients.map(({ userId }) => userId);
  const rooms = await sql<StoredRoom>(
    url,
    `SELECT ${NUMBERS.map((name) => `${name}::int`).join(', ')} FROM rooms
     WHERE user_a_id = ANY ($1) OR user_b_id = ANY ($1) ORDER BY id`,
    [ids],
  );
  const messages = await sql<StoredMessage>(
    url,
    `SELECT ${CONTENT_COLUMNS}, m.room_id::int, m.sender_seq::int, m.client_id
     FROM messages m JOIN rooms r ON r.id = m.room_id WHERE r.id = ANY ($1) ORDER BY m.room_id, m.seq`,
    [rooms.map(({ id }) => id)],
  );
  const verdict: Verdict = {
    stored: messages.length,
    acked: 0,
    changed: 0,
    lost: 0,
    doubled: 0,
    outOfOrder: 0,
    problems: [],
  };
  const byRoom = new Map<number, StoredMessage[]>(rooms.map(({ id }) => [id, []]));
  for (const message of messages) byRoom.get(message.room_id)?.push(message);
  for (const room of rooms) checkRoom(room, byRoom.get(room.id) ?? [], verdict);
  const byClientId = new Map(
    messages.map((message) => [`${message.sender_id}/${message.client_id}`, message]),
  );
  const byId = new Map(messages.map((message) => [message.id, message]));
  for (const client of clients) {
    checkAcks(client, byClientId, verdict);
    checkChanges(client, byId, verdict);
    for (const room of rooms) {
      if (room.user_a_id === client.userId || room.user_b_id === client.userId) {
        checkLog(client, room, byRoom.get(room.id) ?? [], byId, verdict);
      }
    }
  }
  return verdict;
}

function checkRoom(room: StoredRoom, messages: StoredMessage[], verdict: Verdict): void {
  const { problems } = verdict;
  messages.forEach(({ seq }, index) => {
    if (seq !== index + 1) problems.push(`room ${room.id}: seq ${seq} stands at place ${index + 1}`);
  });
  if (messages.length !== room.last_seq)
    problems.push(`room ${room.id}: ${messages.length} messages, last_seq ${room.last_seq}`);
  // Of a deleted one nobody knows what it said.
  const kept = messages.filter(({ deleted_at }) => deleted_at === null);
  const keys = new Set(kept.map((message) => `${message.sender_id}/${sentText(message)}`));
  const contents = messages.flatMap(contentProblems);
  verdict.doubled += kept.length - keys.size + contents.length;
  problems.push(...contents);
  for (const side of ['a', 'b'] as const) {
    const user = room[`user_${side}_id`];
    const sent = messages.filter(({ sender_id }) => sender_id === user);
    const texts = sent.filter((message) => kept.includes(message)).map(sentText);
    const numbers = texts.map((text) => Number(text.slice(text.lastIndexOf('-') + 1)));
    verdict.outOfOrder += numbers.filter(
      (number, index) => index > 0 && number <= (numbers[index - 1] ?? 0),
    ).length;
    if (sent.some(({ sender_seq }, index) => sender_seq !== index + 1))
      problems.push(`room ${room.id}: sender_seq of ${user}`);
    if (sent.length !== room[`sent_${side}`]) problems.push(`room ${room.id}: sent_${side}`);
    const unread = messages.filter(
      ({ sender_id, seq }) => sender_id !== user && seq > room[`read_seq_${side}`],
    ).length;
    if (unread !== room[`unread_${side}`]) {
      problems.push(`room ${room.id}: unread_${side} is ${room[`unread_${side}`]}, counted ${unread}`);
    }
  }
}

function checkAcks(client: ChatClient, stored: ReadonlyMap<string, StoredMessage>, verdict: Verdict): void {
  verdict.acked += client.acked.size;
  for (const [clientId, { id, seq, text }] of client.acked) {
    const row = stored.get(`${client.userId}/${clientId}`);
    if (row?.id === id && row.seq === seq && hadText(row, text)) continue;
    verdict.lost += 1;
    verdict.problems.push(
      `user ${client.userId}: ${text} was acked as ${id}, seq ${seq}, stored is ${JSON.stringify(row)}`,
    );
  }
  if (client.waiting > 0) verdict.problems.push(`user ${client.userId} waits for ${client.waiting} acks`);
  verdict.problems.push(...client.violations);
}

function checkChanges(client: ChatClient, byId: ReadonlyMap<number, StoredContent>, verdict: Verdict): void {
  const lost = lostChanges(client, byId);
  verdict.changed += client.changes.length;
  verdict.lost += lost.length;
  verdict.problems.push(...lost);
}

function checkLog(
  client: ChatClient,
  room: StoredRoom,
  messages: StoredMessage[],
  byId: ReadonlyMap<number, StoredContent>,
  verdict: Verdict,
): void {
  const { problems } = verdict;
  const log = client.room(room.id);
  const who = `user ${client.userId}, room ${room.id}`;
  const differs = log.messages.findIndex(({ id }, index) => id !== messages[index]?.id);
  if (differs >= 0) {
    verdict.outOfOrder += 1;
    problems.push(`${who}: seq ${differs + 1} is another message than stored`);
  }
  for (const message of log.messages) {
    const row = byId.get(message.id);
    const [shown, wanted] = [clientsContent(message), row && shownContent(row, byId)];
    if (shown !== wanted)
      problems.push(`${who}: seq ${message.seq} is shown as ${shown}, stored is ${wanted}`);
  }
  const side = client.userId === room.user_a_id ? 'a' : 'b';
  const marks = (user: number) => log.marks.get(user) ?? { read: 0, delivered: 0 };
  const seen = {
    last_seq: log.lastSeq,
    rev: log.rev,
    unread: log.unread,
    marks: [marks(room.user_a_id), marks(room.user_b_id)],
  };
  const stored = {
    last_seq: room.last_seq,
    rev: room.rev,
    unread: room[`unread_${side}`],
    marks: [
      { read: room.read_seq_a, delivered: room.delivered_seq_a },
      { read: room.read_seq_b, delivered: room.delivered_seq_b },
    ],
  };
  if (JSON.stringify(seen) !== JSON.stringify(stored)) {
    problems.push(`${who}: sees ${JSON.stringify(seen)}, stored is ${JSON.stringify(stored)}`);
  }
  const newestOfPeer = messages.findLast(({ sender_id }) => sender_id !== client.userId)?.seq ?? 0;
  if (marks(client.userId).delivered < newestOfPeer)
    problems.push(`${who}: ${newestOfPeer} is not confirmed yet`);
}

const NUMBERS: readonly (keyof StoredRoom)[] = [
  'id',
  'user_a_id',
  'user_b_id',
  'last_seq',
  'rev',
  'sent_a',
  'sent_b',
  'read_seq_a',
  'read_seq_b',
  'delivered_seq_a',
  'delivered_seq_b',
  'unread_a',
  'unread_b',
];
