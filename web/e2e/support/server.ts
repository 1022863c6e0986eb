import type { Message, Room, User } from '@parley/shared';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '@parley/embedded-postgres';

const SERVE = join(__dirname, '../../../server/dist/serve.js');
/** Several suites start their servers at once. */
const READY_MS = 60_000;

/** Environment variables of the server that differ from the defaults, or what knows them once it starts. */
export type Settings = Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);

/** The built server in a process of its own, which can be killed and started again on the same port. */
export class Server {
  #process: ChildProcess | null = null;
  #port = 0;

  /**
   * A server that is not up yet.
   * @param name of the host in the URLs of the page.
   */
  constructor(
    private readonly settings: Settings = {},
    private readonly name = '127.0.0.1',
  ) {}

  static async start(...[settings, name]: ConstructorParameters<typeof Server>): Promise<Server> {
    const server = new Server(settings, name);
    await server.up();
    return server;
  }

  get origin(): string {
    if (!this.#port) throw new Error('The server was not up yet.');
    return `http://${this.name}:${this.#port}`;
  }

  /**
   * Starts the process, on the port that it had, and waits until it answers.
   * @param changes settings that are others until it ends.
   */
  async up(changes: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.#process) return;
    this.#port ||= await freePort();
    const env = {
      ...process.env,
      PORT: String(this.#port),
      HOST: '127.0.0.1',
      DATABASE_URL: process.env.TEST_DATABASE_URL,
      LOG_LEVEL: 'error',
      PRESENCE_GRACE_SECONDS: '1',
      ...(typeof this.settings === 'function' ? this.settings() : this.settings),
      ...changes,
    };
    this.#process = spawn(process.execPath, [SERVE], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    process.once('exit', () => void this.#process?.kill('SIGKILL'));
    const deadline = Date.now() + READY_MS;
    while (!(await this.#answers())) {
      const end = this.#process.exitCode ?? this.#process.signalCode;
      if (Date.now() > deadline || end !== null) {
        await this.kill();
        throw new Error(
          end === null
            ? `The server does not answer within ${READY_MS} ms.`
            : `The server ended with ${end}.`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** SIGKILL: the server says nothing to its clients. SIGTERM: a graceful stop. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const exited = once(running, 'exit');
    running.kill(signal);
    await exited;
  }

  /** Somebody new, so that no story meets another's rooms. */
  person(name: string): Promise<User> {
    const username = `${name}-${randomBytes(4).toString('hex')}`;
    return this.#post<User>('/api/users/', { username });
  }

  /** Gives somebody a name besides the username. */
  setName(user: User, name: string): Promise<User> {
    return this.#call<User>('PATCH', `/api/me/?active_user=${user.id}`, { display_name: name });
  }

  room(a: User, b: User): Promise<Room> {
    return this.#post<Room>('/api/rooms/create/', { user_id: b.id, active_user_id: a.id });
  }

  /** A room with a first message, from `b`: both have it in their lists. */
  async chat(a: User, b: User): Promise<Room> {
    const room = await this.room(a, b);
    await this.send(room, b, 'Earlier');
    return room;
  }

  send(room: Room, sender: User, text: string): Promise<Message> {
    return this.#post<Message>(`/api/rooms/${room.id}/messages/`, { text, active_user_id: sender.id });
  }

  edit({ id, sender }: Message, text: string): Promise<Message> {
    return this.#call<Message>('PATCH', `/api/messages/${id}/?active_user=${sender.id}`, { text });
  }

  /** For both. */
  async remove({ id, sender }: Message): Promise<void> {
    const path = `/api/messages/${id}/?active_user=${sender.id}`;
    const { status } = await fetch(`${this.origin}${path}`, { method: 'DELETE' });
    if (status !== 204) throw new Error(`${path}: ${status}`);
  }

  /** The texts of a room as PostgreSQL has them, in order. */
  async texts(room: Room, user: User): Promise<string[]> {
    const path = `/api/rooms/${room.id}/messages/?page_size=100&active_user=${user.id}`;
    const response = await fetch(`${this.origin}${path}`);
    const { results } = (await response.json()) as { results: Message[] };
    return results.map(({ text }) => text).toReversed();
  }

  #post<T>(path: string, body: object): Promise<T> {
    return this.#call<T>('POST', path, body);
  }

  async #call<T>(method: 'POST' | 'PATCH', path: string, body: object): Promise<T> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.origin}${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.origin}/health/ready`)).ok;
    } catch {
      return false;
    }
  }
}
