import { createServer, connect, type Server, type Socket } from 'node:net';

/** `up`: from the client to what is behind; `down`: back. */
export type Direction = 'up' | 'down';
/** What becomes of a chunk: it goes on, is swallowed, or takes the whole connection with it. */
export type Fate = 'pass' | 'drop' | 'cut';

/** One connection through the proxy. */
export interface Link {
  readonly client: Socket;
  readonly target: Socket;
  /** For inspectors: whatever they want to remember of it. */
  readonly notes: Set<string>;
}

/** Looks at every chunk of every connection, and decides. */
export type Inspector = (chunk: Buffer, direction: Direction, link: Link) => Fate;

/** How a drip leaves: so many bytes every so many milliseconds. */
export interface Drip {
  readonly bytes: number;
  readonly everyMs: number;
}

/** A bad network between two processes of this machine. All weather holds for open connections and new ones alike. */
export class TcpProxy {
  /** Each chunk arrives this much later, in milliseconds. */
  readonly delayMs: Record<Direction, number> = { up: 0, down: 0 };
  /** Everything is dropped, without an error. */
  isBlackhole = false;
  /** New connections are reset at once. */
  isRefusing = false;
  /** Slows down what comes back to the client. */
  drip: Drip | null = null;
  inspect: Inspector = () => 'pass';
  readonly #links = new Set<Link>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
    /** May change: a restarted process has a new port. */
    public targetPort: number,
  ) {
    server.on('connection', (client) => this.#open(client));
  }

  static async before(targetPort: number): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
    return new TcpProxy(server, address.port, targetPort);
  }

  get links(): ReadonlySet<Link> {
    return this.#links;
  }

  /** Ends every connection with a reset, as a crashed peer does. */
  reset(): void {
    for (const link of this.#links) cut(link);
  }

  /** Says goodbye to the clients (FIN), but still takes what they say. */
  halfClose(): void {
    for (const { client } of this.#links) client.end();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.reset();
    await closed;
  }

  #open(client: Socket): void {
    client.on('error', () => undefined);
    if (this.isRefusing) {
      reset(client);
      return;
    }
    const target = connect({ port: this.targetPort, host: '127.0.0.1', allowHalfOpen: true });
    target.on('error', () => undefined);
    const link: Link = { client, target, notes: new Set() };
    for (const socket of [client, target]) socket.setNoDelay(true);
    this.#links.add(link);
    this.#pipe(link, 'up');
    this.#pipe(link, 'down');
    for (const socket of [client, target]) {
      socket.once('close', () => {
        cut(link);
        this.#links.delete(link);
      });
    }
  }

  #pipe(link: Link, direction: Direction): void {
    const [from, to] = direction === 'up' ? [link.client, link.target] : [link.target, link.client];
    const later: Later = new Later();
    from.on('data', (chunk: Buffer) => {
      const fate = this.isBlackhole ? 'drop' : this.inspect(chunk, direction, link);
      if (fate === 'cut') cut(link);
      if (fate !== 'pass') return;
      later.run(this.delayMs[direction], async () => {
        if (direction === 'down' && this.drip) await dripInto(to, chunk, this.drip);
        else if (!to.destroyed && !to.write(chunk)) pauseUntilDrained(from, to);
      });
    });
    from.once('end', () => later.run(this.delayMs[direction], () => void (this.isBlackhole || to.end())));
  }
}

/** Runs steps in the order in which they were asked for, each not before its time. */
class Later {
  #tail: Promise<void> | null = null;

  run(delayMs: number, step: () => void | Promise<void>): void {
    if (delayMs === 0 && !this.#tail) {
      const running = step();
      if (running) this.#await(running);
      return;
    }
    const due = Date.now() + delayMs;
    const before = this.#tail;
    this.#await(
      (async () => {
        await before;
        await sleep(Math.max(0, due - Date.now()));
        await step();
      })(),
    );
  }

  #await(running: Promise<void>): void {
    const tail = running.finally(() => {
      if (this.#tail === tail) this.#tail = null;
    });
    this.#tail = tail;
  }
}

async function dripInto(to: Socket, chunk: Buffer, { bytes, everyMs }: Drip): Promise<void> {
  for (let at = 0; at < chunk.length && !to.destroyed; at += bytes) {
    to.write(chunk.subarray(at, at + bytes));
    await sleep(everyMs);
  }
}

function pauseUntilDrained(from: Socket, to: Socket): void {
  from.pause();
  to.once('drain', () => from.resume());
}

function cut({ client, target }: Link): void {
  reset(client);
  reset(target);
}

/** Node cannot reset a socket that is connecting or has said goodbye: the handle would never close. */
function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.connecting || socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
