import type { Message, MessagePage, Presence, ServerFrame, SyncAck, User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { Outbox } from './outbox.js';
import { RequestFailure, Wire } from './wire.js';
import { RoomLog } from './room-log.js';
import { sleep } from './wait.js';

export interface ChatClientOptions {
  /** Without an answer for this long the same is sent again, in milliseconds. */
  ackTimeoutMs?: number;
  /** How often revisions are compared with the server's, in milliseconds. */
  heartbeatMs?: number;
  /** A wait before a reconnect is random below this, in milliseconds. */
  reconnectMs?: number;
  /** Marks what arrives as read; else only as delivered. */
  reads?: boolean;
}

/** A revision that others have skipped may still be on its way, in milliseconds. */
const GAP_TIMEOUT_MS = 300;

/**
 * A client as the wire contract wants it, and nothing that a server could lean on: an outbox that sends one message
 * of a room at a time, the same client_id until it is acked; `sync` after every connect, gap, `resync` and heartbeat;
 * receipts for what has arrived. It keeps whole logs, for a checker to compare.
 */
export class ChatClient {
  readonly rooms = new Map<number, RoomLog>();
  readonly typing: { room_id: number; user_id: number }[] = [];
  readonly presence = new Map<number, Presence>();
  /** How often the server said what; `closed <code>` among it. */
  readonly observed = new Map<string, number>();
  readonly violations: string[] = [];
  readonly #options: Required<ChatClientOptions>;
  readonly #outbox = new Outbox({
    isReady: () => this.isSynced,
    request: (frame) => this.#wire?.request(frame) ?? Promise.reject(new RequestFailure('disconnected')),
    refused: (code) => this.#count(`send ${code}`),
  });
  readonly #marking = new Set<number>();
  #wire: Wire | null = null;
  #isStarted = false;
  #isSynced = false;
  #isSyncing = false;
  #wantsSync = false;
  #connects = 0;
  #heartbeat: NodeJS.Timeout | null = null;
  readonly #gapTimers = new Map<number, NodeJS.Timeout>();

  constructor(
    readonly userId: number,
    /** Servers, tried in turn. */
    private readonly origins: readonly string[],
    options: ChatClientOptions = {},
  ) {
    this.#options = { ackTimeoutMs: 2_500, heartbeatMs: 2_000, reconnectMs: 300, reads: false, ...options };
  }

  get isSynced(): boolean {
    return this.#isSynced && this.#wire?.isOpen === true;
  }

  /** How many messages wait for their ack. */
  get waiting(): number {
    return this.#outbox.waiting;
  }

  /** Every ack of a message by client_id. */
  get acked(): Map<string, Message> {
    return this.#outbox.acked;
  }

  /** The longest time that a refusal took, in milliseconds. */
  get slowestRefusalMs(): number {
    return this.#outbox.slowestRefusalMs;
  }

  get connects(): number {
    return this.#connects;
  }

  start(): void {
    this.#isStarted = true;
    this.#heartbeat ??= setInterval(() => void this.sync(), this.#options.heartbeatMs);
    if (!this.#wire) this.#connect();
  }

  /** Goes away without a word. The outbox stays; `start` comes back. */
  stop(): void {
    this.#isStarted = false;
    if (this.#heartbeat) clearInterval(this.#heartbeat);
    this.#heartbeat = null;
    this.#wire?.cut();
  }

  /** The connection breaks, and the client comes back by itself. */
  cut(): void {
    this.#wire?.cut();
  }

  /** Resolves with the ack, however often it takes. */
  send(roomId: number, text: string): Promise<Message> {
    return this.#outbox.send(roomId, text);
  }

  /** The same over HTTP, without waiting for those before it. */
  async post(roomId: number, text: string): Promise<void> {
    const clientId = randomUUID();
    const response = await fetch(`${this.#httpOrigin}/api/rooms/${roomId}/messages/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ text, client_id: clientId, active_user_id: this.userId }),
    });
    if (!response.ok) throw new RequestFailure(`HTTP ${response.status}`);
    this.acked.set(clientId, (await response.json()) as Message);
  }

  /** One frame, once: `ack`, or the code of the refusal. */
  async ask(frame: Parameters<Wire['request']>[0]): Promise<string> {
    if (!this.#wire) return 'disconnected';
    return this.#wire.request(frame).then(
      () => 'ack',
      (error: unknown) => (error instanceof RequestFailure ? error.code : String(error)),
    );
  }

  sendTyping(roomId: number): void {
    this.#wire?.send({ type: 'typing', room_id: roomId });
  }

  room(roomId: number): RoomLog {
    let log = this.rooms.get(roomId);
    if (!log) this.rooms.set(roomId, (log = new RoomLog(roomId, this.userId)));
    return log;
  }

  /** Asks for all that is missing. One that is under way is followed by another. */
  async sync(): Promise<void> {
    if (this.#isSyncing || !this.#wire?.isOpen) {
      this.#wantsSync = this.#isSyncing;
      return;
    }
    const wire = this.#wire;
    this.#isSyncing = true;
    try {
      do {
        this.#wantsSync = false;
        const have = Object.fromEntries([...this.rooms].map(([id, { rev }]) => [id, rev]));
        const answer = (await wire.request({ type: 'sync', rooms: have })) as SyncAck;
        for (const id of answer.unknown) this.rooms.delete(id);
        for (const changes of answer.rooms) {
          const log = this.room(changes.room.id);
          log.catchUp(
            changes.room,
            changes.reset ? await this.#fetch(log, changes.room.last_seq) : changes.messages,
          );
        }
        this.#wantsSync ||= answer.more;
      } while (this.#wantsSync);
      this.#isSynced = true;
      for (const log of this.rooms.values()) this.#mark(log);
      this.#outbox.wake();
    } catch (error) {
      // Without any answer the server is gone; a refused request is sent again with the next heartbeat.
      if (error instanceof RequestFailure && error.code !== 'timeout') this.#count(`sync ${error.code}`);
      else wire.cut();
    } finally {
      this.#isSyncing = false;
    }
  }

  /** The server that the socket is with. */
  get #httpOrigin(): string {
    return new URL(this.#wire?.socket.url ?? '').origin.replace('ws', 'http');
  }

  #connect(): void {
    const origin = this.origins[this.#connects++ % this.origins.length] ?? '';
    this.#wire = new Wire(origin, this.userId, this.#options.ackTimeoutMs, {
      open: () => {
        this.#isSynced = false;
        void this.sync();
      },
      frame: (frame) => this.#take(frame),
      closed: (code) => void this.#comeBack(code),
    });
  }

  async #comeBack(code: number): Promise<void> {
    this.#count(`closed ${code}`);
    this.#isSynced = false;
    this.#wire = null;
    await sleep(Math.random() * this.#options.reconnectMs);
    if (this.#isStarted && !this.#wire) this.#connect();
  }

  #take(frame: ServerFrame): void {
    this.#count(frame.type);
    switch (frame.type) {
      case 'ack':
        if ('message' in frame) this.#takeMessage(frame.message, frame.rev, frame.unread_count);
        // At once, in the order of the frames: a change that follows in the same breath is newer.
        if ('rooms' in frame) for (const { room } of frame.rooms) this.#takePresence(room.users);
        return;
      case 'message':
        return this.#takeMessage(frame.message, frame.rev, frame.unread_count);
      case 'read':
      case 'delivered':
        return this.#takeChange(this.room(frame.room_id), {
          kind: frame.type,
          rev: frame.rev,
          receipt: frame,
        });
      case 'room':
        this.room(frame.room.id);
        return;
      case 'typing':
        this.typing.push({ room_id: frame.room_id, user_id: frame.user_id });
        return;
      case 'presence':
        this.presence.set(frame.user_id, frame);
        return;
      case 'resync':
        return void this.sync();
      case 'error':
        this.violations.push(`user ${this.userId} received an error without a ref: ${frame.code}`);
    }
  }

  #takePresence(users: readonly User[]): void {
    for (const { id, online, last_seen } of users) this.presence.set(id, { user_id: id, online, last_seen });
  }

  #takeMessage(message: Message, rev: number | undefined, unread: number | undefined): void {
    if (rev === undefined) {
      this.violations.push(`user ${this.userId}: message ${message.seq} came without rev`);
      return;
    }
    this.#takeChange(this.room(message.room_id), { kind: 'message', rev, message, unread });
  }

  /** Whatever fills a gap may bring in a message that waited behind it. */
  #takeChange(log: RoomLog, change: Parameters<RoomLog['offer']>[0]): void {
    log.offer(change);
    this.#watchGap(log);
    this.#mark(log);
  }

  /** A revision is missed when it has not come a moment after one that is higher. */
  #watchGap(log: RoomLog): void {
    if (!log.hasGap || this.#gapTimers.has(log.id)) return;
    const { rev } = log;
    const timer = setTimeout(() => {
      this.#gapTimers.delete(log.id);
      if (log.rev > rev) return this.#watchGap(log);
      this.#count('gap');
      void this.sync();
    }, GAP_TIMEOUT_MS);
    this.#gapTimers.set(log.id, timer);
  }

  /** Confirms what has arrived, one receipt of a room at a time. */
  #mark(log: RoomLog): void {
    const fromPeer = this.#newestOfPeer(log);
    const mark = log.marks.get(this.userId) ?? { read: 0, delivered: 0 };
    const type = this.#options.reads ? 'read' : 'delivered';
    if (fromPeer <= mark[type] || this.#marking.has(log.id) || !this.#wire) return;
    this.#marking.add(log.id);
    void this.ask({ type, room_id: log.id, seq: fromPeer }).then((answer) => {
      this.#marking.delete(log.id);
      if (answer !== 'ack') return this.#count(`mark ${answer}`);
      // The receipt itself comes as a frame of its own; what has arrived meanwhile is confirmed next.
      if (this.#newestOfPeer(log) > fromPeer) this.#mark(log);
    });
  }

  #newestOfPeer(log: RoomLog): number {
    return log.messages.findLast(({ sender }) => sender.id !== this.userId)?.seq ?? 0;
  }

  async #fetch(log: RoomLog, lastSeq: number): Promise<Message[]> {
    const messages: Message[] = [];
    for (let after = log.lastSeq; after < lastSeq; after = messages.at(-1)?.seq ?? lastSeq) {
      const url = `${this.#httpOrigin}/api/rooms/${log.id}/messages/?active_user=${this.userId}&page_size=100&after=${after}`;
      const response = await fetch(url, { signal: AbortSignal.timeout(this.#options.ackTimeoutMs) });
      if (!response.ok) throw new RequestFailure(`HTTP ${response.status}`);
      messages.push(...((await response.json()) as MessagePage).results.toReversed());
    }
    return messages.filter(({ seq }) => seq <= lastSeq);
  }

  #count(what: string): void {
    this.observed.set(what, (this.observed.get(what) ?? 0) + 1);
  }
}
