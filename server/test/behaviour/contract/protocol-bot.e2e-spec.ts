import { WebSocket } from 'ws';
import { Parley } from '../../support/parley.js';

/**
 * A bot written from docs/protocol.md alone: plain JSON, no type and no helper of the project. It echoes what it gets,
 * across a lost socket, and must end with every message once.
 */
class Bot {
  readonly #held = new Map<string, { rev: number; texts: Map<number, string> }>();
  readonly #outbox = new Map<string, { room_id: number; text: string }>();
  readonly #waiting = new Map<number, (answer: Frame) => void>();
  #refs = 0;
  #socket: WebSocket | null = null;
  protocol = 0;

  constructor(
    private readonly url: string,
    private readonly userId: number,
    private readonly echoes: boolean,
  ) {}

  /** What it holds of each room, in `seq` order. */
  get texts(): string[][] {
    return [...this.#held.values()].map(({ texts }) =>
      [...texts].toSorted(([a], [b]) => a - b).map(([, text]) => text),
    );
  }

  get isIdle(): boolean {
    return this.#outbox.size === 0 && this.#waiting.size === 0;
  }

  async connect(): Promise<void> {
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/ws/?active_user=${this.userId}`);
    this.#socket = socket;
    await new Promise<void>((resolve) => {
      socket.addEventListener('message', ({ data }) => {
        const frame = JSON.parse(String(data)) as Frame;
        if (frame.type === 'hello') this.protocol = frame.protocol as number;
        if (frame.type === 'hello') resolve();
        this.#onFrame(frame);
      });
    });
    await this.#sync();
    for (const clientId of this.#outbox.keys()) this.#send(clientId);
  }

  /** Drops the socket without waiting for what is under way. */
  cut(): void {
    this.#socket?.close();
    this.#waiting.clear();
  }

  say(room_id: number, text: string): void {
    const clientId = crypto.randomUUID();
    this.#outbox.set(clientId, { room_id, text });
    this.#send(clientId);
  }

  #send(clientId: string): void {
    const socket = this.#socket;
    void this.#ask({ type: 'message', ...this.#outbox.get(clientId), client_id: clientId }).then((answer) => {
      if (socket !== this.#socket) return;
      this.#outbox.delete(clientId);
      if (answer.type === 'ack') this.#apply(answer);
    });
  }

  async #sync(): Promise<void> {
    for (let more = true; more;) {
      const rooms = Object.fromEntries([...this.#held].map(([id, { rev }]) => [id, rev]));
      const answer = await this.#ask({ type: 'sync', rooms });
      for (const id of answer.unknown as number[]) this.#held.delete(String(id));
      for (const { room, reset, messages } of answer.rooms as Changes[]) {
        const held = this.#held.get(String(room.id));
        if (held && !reset && room.rev < held.rev) continue;
        const texts = new Map(reset ? [] : held?.texts);
        const newest = `${this.url}/api/rooms/${room.id}/messages/?page_size=100`;
        const page = reset
          ? ((await (await fetch(newest)).json()) as { results: Message[] }).results
          : messages;
        for (const message of page) if (message.seq <= room.last_seq) texts.set(message.seq, message.text);
        this.#held.set(String(room.id), { rev: room.rev, texts });
      }
      more = answer.more as boolean;
    }
  }

  #onFrame(frame: Frame): void {
    if (frame.type === 'ack' || frame.type === 'error') {
      this.#waiting.get(frame.ref as number)?.(frame);
      this.#waiting.delete(frame.ref as number);
    } else if (frame.type === 'message') {
      const { sender, room_id, seq, text } = frame.message as Message;
      if (this.#held.get(String(room_id))?.texts.has(seq)) return;
      this.#apply(frame);
      if (this.echoes && sender.id !== this.userId) this.say(room_id, `echo ${text}`);
    } else if (frame.type === 'read' || frame.type === 'delivered') {
      this.#move(String(frame.room_id), frame.rev as number);
    } else if (frame.type === 'resync') {
      void this.#sync();
    }
  }

  /** The message of a frame or an ack. */
  #apply(frame: Frame): void {
    const { room_id, seq, text } = frame.message as Message;
    this.#held.get(String(room_id))?.texts.set(seq, text);
    this.#move(String(room_id), frame.rev as number);
  }

  #move(roomId: string, rev: number): void {
    const held = this.#held.get(roomId);
    if (!held) void this.#sync();
    // Only the next revision is applied; a later one is left to the next sync.
    else if (rev === held.rev + 1) held.rev = rev;
  }

  #ask(frame: object): Promise<Frame> {
    const ref = ++this.#refs;
    this.#socket?.send(JSON.stringify({ ...frame, ref }));
    return new Promise((resolve) => this.#waiting.set(ref, resolve));
  }
}

type Frame = Record<string, unknown> & { type: string };
type Message = { room_id: number; seq: number; text: string; sender: { id: number } };
type Changes = { room: { id: number; rev: number; last_seq: number }; reset: boolean; messages: Message[] };

describe('a bot written from docs/protocol.md', () => {
  it('has every message once and in order, also when its socket is lost while it sends', async () => {
    const parley = await Parley.start({ LOG_LEVEL: 'silent' });
    try {
      const { room, a, b } = await parley.newRoom();
      const [bot, echo] = [new Bot(parley.origin, a.id, false), new Bot(parley.origin, b.id, true)];
      await Promise.all([bot.connect(), echo.connect()]);
      expect(bot.protocol).toBe(3);
      for (let n = 1; n <= 20; n++) {
        bot.say(room.id, `message ${n}`);
        if (n % 7 === 0) {
          bot.cut();
          await bot.connect();
        }
      }
      const all = async () => (await parley.history(room.id)).map(({ text }) => text);
      for (
        let tries = 0;
        tries < 100 && !((await all()).length === 40 && bot.isIdle && echo.isIdle);
        tries++
      ) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      for (const one of [bot, echo]) {
        one.cut();
        await one.connect();
      }
      const stored = await all();
      expect(new Set(stored).size).toBe(40);
      expect(stored).toHaveLength(40);
      expect(bot.texts).toEqual([stored]);
      expect(echo.texts).toEqual([stored]);
    } finally {
      await parley.stop();
    }
  });
});
