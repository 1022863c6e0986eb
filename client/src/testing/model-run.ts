import * as fc from 'fast-check';
import { applyEvent } from '../state/apply-event.js';
import type { ChatEvent } from '../state/chat-event.js';
import { emptyState, revisionsOf, type ChatState, type OutboxEntry } from '../state/chat-state.js';
import { allSegments, endOf, type Segment } from '../state/segments.js';
import { ME, ModelServer, PEER, ROOM, user, type PageWay } from './model-server.js';

const PAGE_SIZE = 3;

/** One move of the run: of a user, of the network, or of this window. */
type Move =
  | { do: 'peer-sends' | 'other-device-sends' | 'retry' | 'ask-sync' | 'block' }
  | { do: 'open-around'; seq: number }
  | { do: 'ask-page'; way: 'before' | 'after'; segment: number }
  | { do: 'i-send'; ackLost: boolean }
  | { do: 'mark'; what: 'read' | 'delivered'; by: typeof ME | typeof PEER; seq: number; here: boolean }
  | { do: 'edit' | 'repeat'; seq: number }
  | { do: 'arrive'; pick: number; twice: boolean }
  | { do: 'lose'; pick: number };

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Move>({ do: 'peer-sends' }, { do: 'other-device-sends' }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('i-send' as const), ackLost: fc.boolean() }) },
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
        return this.#put(server.frameOf(server.send(PEER, null)));
      case 'other-device-sends':
        return this.#put(server.frameOf(server.send(ME, null)));
      case 'i-send': {
        const entry = outboxEntry(`mine-${++this.#sent}`);
        this.take({ type: 'queued', entry });
        const ack = server.send(ME, entry.client_id);
        // The server stored the message and died before it could ack or publish.
        if (!next.ackLost) this.#put({ type: 'message-acked', clientId: entry.client_id, ack });
        return;
      }
      case 'retry':
        for (const { client_id } of this.state.outbox) {
          this.#put({ type: 'message-acked', clientId: client_id, ack: server.send(ME, client_id) });
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
      else if (segment.first > 1) this.#requestPage('before', segment.first);
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

  #put(event: ChatEvent): void {
    this.#inFlight.push(event);
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

function outboxEntry(client_id: string): OutboxEntry {
  const created_at = '2026-01-01T00:00:00.000Z';
  return {
    kind: 'send',
    client_id,
    room_id: ROOM,
    text: client_id,
    created_at,
    status: 'waiting',
    reason: null,
    seq: null,
  };
}
