import type { Message } from '@parley/shared';
import * as fc from 'fast-check';
import { applyEvent } from '../state/apply-event.js';
import type { ChatEvent } from '../state/chat-event.js';
import {
  emptyState,
  revisionsOf,
  type ChatState,
  type QueuedChange,
  type QueuedMessage,
} from '../state/chat-state.js';
import { allSegments, endOf, type Segment } from '../state/segments.js';
import { ME, ModelServer, PEER, ROOM, user, type ModelChange, type PageWay } from './model-server.js';

const PAGE_SIZE = 3;

/** Of an operation: its ack is on the way or lost, or this window is offline, and sends it when it retries. */
type Fate = (typeof FATES)[number];
const FATES = ['acked', 'ack-lost', 'offline'] as const;

/** One move of the run: of a user, of the network, or of this window. */
type Move =
  | { do: 'retry' | 'ask-sync' | 'block' }
  | { do: 'peer-sends' | 'other-device-sends'; replyTo: number | undefined }
  /** Somebody changes a message elsewhere. */
  | { do: 'change'; seq: number; change: ModelChange }
  /** This window does, of a message that it has: it is in the outbox until it is acked or refused. */
  | { do: 'i-change'; seq: number; change: ModelChange; fate: Fate }
  | { do: 'open-around'; seq: number }
  | { do: 'ask-page'; way: 'before' | 'after'; segment: number }
  | { do: 'i-send'; fate: Fate; replyTo: number | undefined }
  | { do: 'mark'; what: 'read' | 'delivered'; by: typeof ME | typeof PEER; seq: number; here: boolean }
  | { do: 'edit' | 'repeat' | 'expire'; seq: number }
  | { do: 'arrive'; pick: number; twice: boolean }
  | { do: 'lose'; pick: number };

const replyTo = fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined });
const anySeq = fc.integer({ min: 1, max: 12 });
const change: fc.Arbitrary<ModelChange> = fc.oneof(
  fc.record({ kind: fc.constant('edit' as const), text: fc.constantFrom('one', 'two') }),
  fc.constant<ModelChange>({ kind: 'delete' }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('react' as const),
      by: fc.constantFrom(ME, PEER),
      emoji: fc.constantFrom('👍', '❤️'),
      on: fc.boolean(),
    }),
  },
);

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('peer-sends' as const, 'other-device-sends' as const),
      replyTo,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('i-send' as const), fate: fc.constantFrom(...FATES), replyTo }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('change' as const), seq: anySeq, change }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('i-change' as const),
      seq: anySeq,
      change,
      fate: fc.constantFrom(...FATES),
    }),
  },
  { weight: 2, arbitrary: fc.constantFrom<Move>({ do: 'retry' }, { do: 'ask-sync' }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('open-around' as const), seq: fc.integer({ min: 1, max: 30 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('ask-page' as const),
      way: fc.constantFrom('before' as const, 'after' as const),
      segment: fc.nat(5),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('mark' as const),
      what: fc.constantFrom('read' as const, 'delivered' as const),
      by: fc.constantFrom(ME, PEER),
      seq: fc.integer({ min: 1, max: 12 }),
      here: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('edit' as const, 'repeat' as const),
      seq: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Move>({ do: 'block' }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('expire' as const), seq: fc.integer({ min: 1, max: 12 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('arrive' as const), pick: fc.nat(), twice: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose' as const), pick: fc.nat() }) },
);

/** A window, the server, and a network between them that reorders, repeats and loses. */
export class Run {
  readonly server: ModelServer;
  readonly states: ChatState[] = [];
  readonly #inFlight: ChatEvent[] = [];
  #sent = 0;

  constructor(
    private readonly maxChanges: number,
    known: boolean,
    hidesRead: boolean,
  ) {
    this.server = new ModelServer(hidesRead);
    this.states.push({ ...emptyState(ME), users: { [PEER]: user(PEER) } });
    if (known) this.take({ type: 'rooms-loaded', rooms: [this.server.room()] });
  }

  get state(): ChatState {
    return this.states.at(-1) ?? emptyState(ME);
  }

  take(event: ChatEvent): void {
    this.states.push(applyEvent(this.state, event));
  }

  make(next: Move): void {
    const { server } = this;
    switch (next.do) {
      case 'peer-sends':
        return this.#put(server.frameOf(server.send(PEER, null, next.replyTo)));
      case 'other-device-sends':
        return this.#put(server.frameOf(server.send(ME, null, next.replyTo)));
      case 'change': {
        const { frame } = server.change(next.seq, next.change);
        if (frame) this.#put(frame);
        return;
      }
      case 'i-change': {
        const message = this.#messageAt(next.seq);
        if (!message) return;
        const entry = changeEntry(`change-${++this.#sent}`, message.id, next.change);
        this.take({ type: 'queued', entry });
        if (next.fate === 'acked') this.#sendChange(entry, message.seq);
        if (next.fate === 'ack-lost') this.#put(server.change(next.seq, asMine(next.change)).frame);
        return;
      }
      case 'i-send': {
        const entry = outboxEntry(`mine-${++this.#sent}`);
        this.take({ type: 'queued', entry });
        if (next.fate === 'offline') return;
        const ack = server.send(ME, entry.client_id, next.replyTo);
        // The server stored the message and died before it could ack or publish.
        if (next.fate === 'acked') this.#put({ type: 'message-acked', clientId: entry.client_id, ack });
        return;
      }
      case 'retry':
        for (const entry of this.state.outbox) {
          const clientId = entry.client_id;
          if (entry.kind !== 'send') {
            const message = server.messages.find(({ id }) => id === entry.message_id);
            if (message && entry.status === 'waiting') this.#sendChange(entry, message.seq);
          } else this.#put({ type: 'message-acked', clientId, ack: server.send(ME, clientId) });
        }
        return;
      case 'mark': {
        const { frame, ack } = server.mark(next.what, next.by, next.seq);
        if (frame) this.#put(frame);
        if (next.by === ME && next.here) this.#put({ type: 'receipt-acked', ack });
        return;
      }
      case 'edit': {
        const frame = server.edit(next.seq);
        if (frame) this.#put(frame);
        return;
      }
      case 'expire': {
        const frame = server.expire(next.seq);
        if (frame) this.#put(frame);
        return;
      }
      case 'block':
        return this.#put(server.block());
      case 'repeat': {
        const message = server.messages[next.seq - 1];
        if (message) this.#put({ type: 'message', message, rev: server.rev, unread_count: server.unread() });
        return;
      }
      case 'ask-sync': {
        const sentRevs = revisionsOf(this.state);
        return this.#put({ type: 'synced', answer: server.sync(sentRevs, this.maxChanges), sentRevs });
      }
      case 'open-around':
        return this.#requestPage('around', next.seq);
      case 'ask-page': {
        const segments = loadedSegments(this.state);
        const segment = segments[next.segment % Math.max(1, segments.length)];
        if (!segment) return;
        return this.#requestPage(next.way, next.way === 'before' ? segment.first : endOf(segment) - 1);
      }
      case 'arrive': {
        const index = next.pick % Math.max(1, this.#inFlight.length);
        const [event] = next.twice ? this.#inFlight.slice(index, index + 1) : this.#inFlight.splice(index, 1);
        if (event) this.take(event);
        return;
      }
      case 'lose':
        this.#inFlight.splice(next.pick % Math.max(1, this.#inFlight.length), 1);
        return;
    }
  }

  /** What a client does when no event is in flight any more: it syncs, and repeats what has no reply. */
  settle(): void {
    this.make({ do: 'retry' });
    while (this.#inFlight.length > 0) this.make({ do: 'arrive', pick: 0, twice: false });
    for (let round = 0; round < 2; round++) {
      const sentRevs = revisionsOf(this.state);
      this.take({ type: 'synced', answer: this.server.sync(sentRevs, this.maxChanges), sentRevs });
    }
  }

  /** Reads on from both ends of what is loaded until it is one segment with all messages. */
  loadAll(): void {
    for (let [segment, next] = loadedSegments(this.state); segment;) {
      if (next) this.#requestPage('after', endOf(segment) - 1);
      else if (segment.first > this.server.firstSeq) this.#requestPage('before', segment.first);
      else return;
      this.make({ do: 'arrive', pick: 0, twice: false });
      [segment, next] = loadedSegments(this.state);
    }
  }

  #requestPage(way: PageWay, seq: number): void {
    const room = this.state.rooms[ROOM];
    if (!room) return;
    const page = this.server.page(way, seq, PAGE_SIZE);
    this.#put({ type: 'page-loaded', roomId: ROOM, requestedAtRev: room.room.rev, page });
  }

  #put(event: ChatEvent | null): void {
    if (event) this.#inFlight.push(event);
  }

  /** A loaded message. */
  #messageAt(wanted: number): Message | undefined {
    return loadedSegments(this.state)
      .flatMap(({ messages }) => messages)
      .find((message) => message.seq === wanted);
  }

  /** The server carries it out, or refuses it: then it leaves the outbox. */
  #sendChange(entry: QueuedChange, messageSeq: number): void {
    const clientId = entry.client_id;
    const { frame, ack } = this.server.change(messageSeq, changeOf(entry));
    this.#put(frame);
    this.#put(ack ? { type: 'change-acked', clientId, ack } : { type: 'discarded', clientId });
  }
}

/** The segments of the room, oldest first. */
export function loadedSegments({ rooms }: ChatState): Segment[] {
  const segments = rooms[ROOM]?.segments;
  return segments ? allSegments(segments) : [];
}

/** Runs that have been made, and not yet settled. */
export const run = fc
  .record({
    moves: fc.array(move, { maxLength: 80, size: 'max' }),
    maxChanges: fc.constantFrom(1, 4, 300),
    known: fc.boolean(),
    hidesRead: fc.boolean(),
  })
  .map(({ moves, maxChanges, known, hidesRead }) => {
    const made = new Run(maxChanges, known, hidesRead);
    for (const next of moves) made.make(next);
    return made;
  });

function asMine(wanted: ModelChange): ModelChange {
  return wanted.kind === 'react' ? { ...wanted, by: ME } : wanted;
}

function changeOf(entry: QueuedChange): ModelChange {
  switch (entry.kind) {
    case 'edit':
      return { kind: 'edit', text: entry.text };
    case 'delete':
      return { kind: 'delete' };
    case 'react':
      return { kind: 'react', by: ME, emoji: entry.emoji, on: entry.on };
  }
}

function changeEntry(client_id: string, message_id: number, wanted: ModelChange): QueuedChange {
  const common = {
    client_id,
    room_id: ROOM,
    created_at: '2026-01-01T00:00:00.000Z',
    status: 'waiting',
    reason: null,
    message_id,
    of: null,
    rev: null,
  } as const;
  switch (wanted.kind) {
    case 'edit':
      return { ...common, kind: 'edit', text: wanted.text };
    case 'delete':
      return { ...common, kind: 'delete', send_at: 0 };
    case 'react':
      return { ...common, kind: 'react', emoji: wanted.emoji, on: wanted.on };
  }
}

function outboxEntry(client_id: string): QueuedMessage {
  const created_at = '2026-01-01T00:00:00.000Z';
  return {
    kind: 'send',
    client_id,
    room_id: ROOM,
    text: client_id,
    reply_to: null,
    created_at,
    status: 'waiting',
    reason: null,
    seq: null,
  };
}
