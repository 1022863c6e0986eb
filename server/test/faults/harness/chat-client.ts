import {
  createClient,
  UNDO_MS,
  whenSent,
  type Client,
  type QueuedFile,
  type RequestError,
  type ClientRoom,
  type Socket,
  type Uploads,
} from '@parley/client';
import {
  quoteOf,
  type ClientFrame,
  type ClientFrameType,
  type ErrorCode,
  type Message,
  type MessagePage,
  type Presence,
  type ServerFrame,
  type User,
} from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
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
  /** Uploads the files of its messages. */
  uploads?: Uploads;
  /** Called with every frame, and the type of the frame that it answers. What it throws is a violation. */
  checkFrame?: (frame: ServerFrame, answers?: ClientFrameType) => void;
}

/** What a user does to a message. */
export type Change =
  | { readonly kind: 'edit'; readonly text: string }
  | { readonly kind: 'delete' }
  | { readonly kind: 'react'; readonly emoji: string; readonly on: boolean };

/** A room as the client under test has it. */
export interface RoomLog {
  /** 0 until all messages are loaded, from the first. */
  readonly lastSeq: number;
  readonly rev: number;
  readonly unread: number;
  readonly messages: readonly Message[];
  readonly marks: ReadonlyMap<number, { read: number; delivered: number }>;
}

/** A missing revision has this long, in milliseconds, before the client syncs and the gap counts. */
const GAP_MS = 250;

/**
 * The shipped client (`@parley/client`) on a transport that counts what goes over the wire and checks it. It loads whole
 * logs, for a checker to compare.
 */
export class ChatClient {
  readonly typing: { room_id: number; user_id: number }[] = [];
  readonly presence = new Map<number, Presence>();
  /** How often the server sent what; `closed <code>` and `send <code>` among it. */
  readonly observed = new Map<string, number>();
  readonly violations: string[] = [];
  /** Every own message that the server has confirmed, by client_id. */
  readonly acked = new Map<string, Message>();
  /** What the server has confirmed of the changes of this user, in that order. */
  readonly changes: { readonly messageId: number; readonly change: Change }[] = [];
  /** How often a message came that was known already. */
  repetitions = 0;
  /** The longest time that a refusal took, in milliseconds. */
  slowestRefusalMs = 0;
  readonly #client: Client;
  readonly #reads: boolean;
  readonly #checkFrame: NonNullable<ChatClientOptions['checkFrame']>;
  /** Requests on the current socket without an answer, by ref. */
  readonly #pending = new Map<unknown, { frame: ClientFrame; sentAt: number }>();
  /** Own messages by client_id, however they came. */
  readonly #own = new Map<string, Message>();
  /** What a message is for ever, by room and seq; and its text, for as long as it is not changed. */
  readonly #digests = new Map<string, string>();
  /** Changes without an answer, by the client_id of their operation. A later one may take the place of one that was not sent. */
  readonly #changing = new Map<string, { readonly messageId: number; readonly change: Change }>();
  readonly #loading = new Set<number>();
  readonly #gapTimers = new Map<number, NodeJS.Timeout>();
  #socket: WebSocket | null = null;
  #isStarted = false;
  #hasSynced = false;
  #connects = 0;
  /** Added to the clock of the client, in milliseconds: ends the time in which a deletion can be undone. */
  #aheadMs = 0;

  constructor(
    readonly userId: number,
    /** Servers, tried in turn. */
    private readonly origins: readonly string[],
    {
      ackTimeoutMs = 2_500,
      heartbeatMs = 2_000,
      reconnectMs = 300,
      reads = false,
      uploads,
      checkFrame = () => undefined,
    }: ChatClientOptions = {},
  ) {
    this.#reads = reads;
    this.#checkFrame = checkFrame;
    this.#client = createClient({
      userId,
      url: () => this.#nextUrl(),
      transport: (url) => this.#open(url),
      ackTimeoutMs,
      syncIntervalMs: heartbeatMs,
      maxReconnectDelayMs: reconnectMs,
      now: () => Date.now() + this.#aheadMs,
      ...(uploads ? { uploads } : {}),
      onError: (code) => this.violations.push(`user ${userId} got an error without a ref: ${code}`),
    });
    this.#client.subscribe((after, before) => {
      for (const room of Object.values(after.rooms)) {
        if (room !== before.rooms[room.room.id]) this.#review(room);
      }
    });
  }

  get isSynced(): boolean {
    return this.#client.isConnected && this.#hasSynced && this.#loading.size === 0;
  }

  /** How many messages wait for their ack. */
  get waiting(): number {
    return this.#client.state.outbox.length;
  }

  get connects(): number {
    return this.#connects;
  }

  get rooms(): ReadonlyMap<number, RoomLog> {
    return new Map(Object.values(this.#client.state.rooms).map((state) => [state.room.id, logOf(state)]));
  }

  start(): void {
    this.#isStarted = true;
    this.#client.connect();
  }

  /** Goes away without a close frame. The outbox stays; `start` comes back. */
  stop(): void {
    this.#isStarted = false;
    this.#socket?.terminate();
    this.#client.close();
    for (const timer of this.#gapTimers.values()) clearTimeout(timer);
    this.#gapTimers.clear();
  }

  /** The connection breaks, and the client comes back by itself. */
  cut(): void {
    this.#socket?.terminate();
  }

  /** Resolves with the stored message, however often it takes. */
  async send(
    roomId: number,
    text: string,
    replyTo: Message | null = null,
    files: readonly QueuedFile[] = [],
  ): Promise<Message> {
    const clientId = this.#client.send(roomId, text, { replyTo: replyTo && quoteOf(replyTo), files });
    const refusal = await whenSent(this.#client, clientId);
    const message = this.#own.get(clientId);
    if (!message) throw new Error(`${text} was not stored: ${refusal}`);
    // Confirmed by a sync when the ack was lost.
    this.acked.set(clientId, message);
    return message;
  }

  /**
   * Resolves when the server has carried it out, however often it takes, or with the reason why it refuses. A deletion is not held
   * back to be undone.
   */
  async change({ room_id, id }: Message, change: Change): Promise<ErrorCode | null> {
    const operation = this.#queueChange(room_id, id, change);
    if (change.kind === 'delete') this.#aheadMs += UNDO_MS;
    this.#changing.set(operation, { messageId: id, change });
    const refusal = await whenSent(this.#client, operation);
    const done = this.#changing.get(operation);
    this.#changing.delete(operation);
    if (done && refusal === null) this.changes.push(done);
    return refusal;
  }

  /** The same over HTTP, without waiting for those before it. */
  async post(roomId: number, text: string): Promise<void> {
    const clientId = randomUUID();
    const response = await fetch(`${this.#httpOrigin}/api/rooms/${roomId}/messages/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ text, client_id: clientId, active_user_id: this.userId }),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    this.acked.set(clientId, (await response.json()) as Message);
  }

  /** One frame, once: `ack`, or the code of the refusal. */
  ask(frame: ClientFrame): Promise<string> {
    return this.#client.request(frame).then(
      () => 'ack',
      (error: RequestError) => error.code,
    );
  }

  sendTyping(roomId: number): void {
    this.#client.typing(roomId);
  }

  room(roomId: number): RoomLog {
    return this.rooms.get(roomId) ?? NO_LOG;
  }

  /** Catches up. */
  sync(): Promise<void> {
    return this.#client.wake();
  }

  #queueChange(roomId: number, messageId: number, change: Change): string {
    switch (change.kind) {
      case 'edit':
        return this.#client.edit(roomId, messageId, change.text);
      case 'delete':
        return this.#client.remove(roomId, messageId);
      case 'react':
        return this.#client.react(roomId, messageId, change.emoji, change.on);
    }
  }

  #nextUrl(): string {
    const origin = this.origins[this.#connects++ % this.origins.length] ?? '';
    return `${origin.replace('http', 'ws')}/ws/?active_user=${this.userId}`;
  }

  /** The server that the socket is with. */
  get #httpOrigin(): string {
    return new URL(this.#socket?.url ?? '').origin.replace('ws', 'http');
  }

  #open(url: string): Socket {
    const socket = new WebSocket(url, { handshakeTimeout: 2_000, perMessageDeflate: false });
    this.#socket = socket;
    this.#hasSynced = false;
    socket.addEventListener('message', ({ data }) => this.#onFrame(JSON.parse(String(data)) as ServerFrame));
    socket.addEventListener('close', ({ code }) => {
      this.#count(`closed ${code}`);
      if (socket === this.#socket) this.#pending.clear();
    });
    return {
      get readyState() {
        return socket.readyState;
      },
      addEventListener: (type: string, listener: (event: never) => void) =>
        socket.addEventListener(type as 'message', listener as () => void),
      send: (data) => {
        this.#onSend(JSON.parse(data) as ClientFrame);
        socket.send(data);
      },
      // A frozen server does not answer the close frame.
      close: () => socket.terminate(),
    };
  }

  #onSend(frame: ClientFrame): void {
    if (frame.ref === undefined) return;
    if (frame.type === 'message') {
      for (const [ref, { frame: earlier }] of this.#pending) {
        if (earlier.type !== 'message' || earlier.client_id !== frame.client_id) continue;
        this.#pending.delete(ref);
        this.#count('send timeout');
      }
    }
    this.#pending.set(frame.ref, { frame, sentAt: Date.now() });
  }

  #onFrame(frame: ServerFrame): void {
    this.#count(frame.type);
    try {
      this.#checkFrame(frame, 'ref' in frame ? this.#pending.get(frame.ref)?.frame.type : undefined);
    } catch (error) {
      this.violations.push((error as Error).message);
    }
    switch (frame.type) {
      case 'ack':
        if ('message' in frame) this.#onAck(frame.message);
        if ('rooms' in frame) {
          this.#hasSynced = !frame.more;
          for (const { room, messages } of frame.rooms) {
            this.#onUsers(room.users);
            for (const message of messages) this.#check(message);
          }
        }
        this.#pending.delete(frame.ref);
        return;
      case 'error':
        return this.#onError(frame.ref, frame.code);
      case 'message':
        if (frame.rev === undefined)
          this.violations.push(`user ${this.userId}: message ${frame.message.seq} came without rev`);
        return this.#check(frame.message);
      case 'typing':
        this.typing.push({ room_id: frame.room_id, user_id: frame.user_id });
        return;
      case 'presence':
        this.presence.set(frame.user_id, frame);
    }
  }

  #onAck(message: Message): void {
    this.#check(message);
    if (message.client_id) this.acked.set(message.client_id, message);
  }

  #onError(ref: unknown, code: string): void {
    const request = this.#pending.get(ref);
    this.#pending.delete(ref);
    if (!request) return;
    const { frame, sentAt } = request;
    if (frame.type !== 'message') return this.#count(`${frame.type} ${code}`);
    this.slowestRefusalMs = Math.max(this.slowestRefusalMs, Date.now() - sentAt);
    // What `ask` sends has none, and is no message of the outbox.
    if (frame.client_id !== undefined) this.#count(`send ${code}`);
  }

  #onUsers(users: readonly User[]): void {
    for (const { id, online, last_seen } of users) this.presence.set(id, { user_id: id, online, last_seen });
  }

  /** A message never changes into another one, and its text only by an edit or a deletion. */
  #check(message: Message): void {
    const { room_id, seq, id, text, client_id, sender, edited_at, deleted_at } = message;
    if (client_id && sender.id === this.userId) this.#own.set(client_id, message);
    const key = `${room_id}/${seq}`;
    if (this.#digests.has(key)) this.repetitions += 1;
    this.#checkSame(key, JSON.stringify([id, client_id]));
    this.#checkSame(`${key}, edited ${edited_at}, deleted ${deleted_at}`, JSON.stringify(text));
  }

  #checkSame(key: string, digest: string): void {
    const known = this.#digests.get(key) ?? digest;
    if (known !== digest)
      this.violations.push(`user ${this.userId}: message ${key} was ${known}, then ${digest}`);
    this.#digests.set(key, digest);
  }

  #review(room: ClientRoom): void {
    const { id } = room.room;
    const fromPeer = room.segments.live.messages.findLast(({ sender }) => sender.id !== this.userId);
    if (this.#reads && fromPeer) this.#client.markRead(id, fromPeer.seq);
    if (isIncomplete(room) && !this.#loading.has(id)) void this.#loadAll(id);
    this.#watchGap(room);
  }

  /** A revision is missed when it has not come a moment after one that is higher. */
  #watchGap({ room: { id, rev }, knownRev }: ClientRoom): void {
    if (knownRev <= rev || this.#gapTimers.has(id)) return;
    const timer = setTimeout(() => {
      this.#gapTimers.delete(id);
      const now = this.#client.state.rooms[id];
      if (now?.room.rev === rev) this.#count('gap');
      else if (now) this.#watchGap(now);
    }, GAP_MS);
    this.#gapTimers.set(id, timer);
  }

  async #loadAll(roomId: number): Promise<void> {
    this.#loading.add(roomId);
    try {
      while (this.#isStarted) {
        const room = this.#client.state.rooms[roomId];
        if (!room || !isIncomplete(room)) return;
        await this.#loadPage(room);
      }
    } finally {
      this.#loading.delete(roomId);
    }
  }

  async #loadPage({ room, segments }: ClientRoom): Promise<void> {
    const query = `active_user=${this.userId}&page_size=100&before=${segments.live.first}`;
    try {
      const response = await fetch(`${this.#httpOrigin}/api/rooms/${room.id}/messages/?${query}`, {
        signal: AbortSignal.timeout(2_500),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const page = (await response.json()) as MessagePage;
      this.#client.dispatch({ type: 'page-loaded', roomId: room.id, requestedAtRev: room.rev, page });
    } catch {
      // The server is away, as these tests want it: again, until it is back.
      this.#count('page failed');
      await sleep(50);
    }
  }

  #count(what: string): void {
    this.observed.set(what, (this.observed.get(what) ?? 0) + 1);
  }
}

const NO_LOG: RoomLog = { lastSeq: 0, rev: 0, unread: 0, messages: [], marks: new Map() };

function isIncomplete({ segments }: ClientRoom): boolean {
  return segments.live.first > 1;
}

function logOf(state: ClientRoom): RoomLog {
  const { rev, unread_count: unread, last_seq, members } = state.room;
  return {
    rev,
    unread,
    messages: state.segments.live.messages,
    lastSeq: isIncomplete(state) ? 0 : last_seq,
    marks: new Map(
      members.map(({ user_id, read_seq, delivered_seq }) => [
        user_id,
        { read: read_seq!, delivered: delivered_seq! },
      ]),
    ),
  };
}
