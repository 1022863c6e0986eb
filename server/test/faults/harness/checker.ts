import type { ChatClient } from './chat-client.js';
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

interface StoredMessage {
  id: number;
  room_id: number;
  seq: number;
  sender_id: number;
  sender_seq: number;
  client_id: string | null;
  text: string;
}

/** What a run amounts to. */
export interface Verdict {
  stored: number;
  acked: number;
  /** Acked, but not stored as acked. */
  lost: number;
  /** Stored more than once. */
  doubled: number;
  /** Stored in another order than their sender sent them, or seen by a client in another order than stored. */
  outOfOrder: number;
  problems: string[];
}

/**
 * Compares every client's log with PostgreSQL, once they have caught up: acked ⊆ stored, stored = seen by both,
 * unique, gap-free, in order; unread and watermarks as stored, and as counted from the messages.
 *
 * Texts are `<anything>-<n>`, n rising with every message that a user sends to a room.
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
    `SELECT id::int, room_id::int, seq::int, sender_id::int, sender_seq::int, client_id, text FROM messages
     WHERE room_id = ANY ($1) ORDER BY room_id, seq`,
    [rooms.map(({ id }) => id)],
  );
  const verdict: Verdict = {
    stored: messages.length,
    acked: 0,
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
  for (const client of clients) {
    checkAcks(client, byClientId, verdict);
    for (const room of rooms) {
      if (room.user_a_id === client.userId || room.user_b_id === client.userId) {
        checkLog(client, room, byRoom.get(room.id) ?? [], verdict);
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
  const keys = new Set(messages.map(({ sender_id, text }) => `${sender_id}/${text}`));
  verdict.doubled += messages.length - keys.size;
  for (const side of ['a', 'b'] as const) {
    const user = room[`user_${side}_id`];
    const sent = messages.filter(({ sender_id }) => sender_id === user);
    const numbers = sent.map(({ text }) => Number(text.slice(text.lastIndexOf('-') + 1)));
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
    if (row?.id === id && row.seq === seq && row.text === text) continue;
    verdict.lost += 1;
    verdict.problems.push(
      `user ${client.userId}: ${text} was acked as ${id}, seq ${seq}, stored is ${JSON.stringify(row)}`,
    );
  }
  if (client.waiting > 0) verdict.problems.push(`user ${client.userId} waits for ${client.waiting} acks`);
  verdict.problems.push(...client.violations);
}

function checkLog(client: ChatClient, room: StoredRoom, messages: StoredMessage[], verdict: Verdict): void {
  const { problems } = verdict;
  const log = client.room(room.id);
  const who = `user ${client.userId}, room ${room.id}`;
  const differs = log.messages.findIndex(({ id }, index) => id !== messages[index]?.id);
  if (differs >= 0) {
    verdict.outOfOrder += 1;
    problems.push(`${who}: seq ${differs + 1} is another message than stored`);
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
