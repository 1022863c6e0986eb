import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Message, MessagePage, Problem, Room, User } from '@parley/shared';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { ClientOptions } from 'ws';
import { createApp } from '../../src/boot.js';
import { readConfig } from '../../src/config/config.js';
import { Contract, type AsyncApi, type OpenApi } from './contract.js';
import { createDatabase } from './database.js';
import { bearer, openSession } from './sessions.js';
import { TestSocket } from './test-socket.js';

/** An answer over HTTP, already held against the contract. */
export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** What is sent besides the path. A `body` that is no string goes as JSON. */
export interface Call {
  body?: unknown;
  headers?: Record<string, string>;
}

/** Suites make users and rooms of their own by the hundred; all other limits have their defaults. */
const MANY_CREATIONS = { CREATIONS_PER_SECOND: '1000', CREATIONS_BURST: '1000' };

/**
 * The running application on a database of its own, seen from outside: HTTP by fetch, sockets by a real client.
 * alice is 1, bob 2, carol 3, dave 4, erin 5.
 */
export class Parley {
  readonly #sockets: TestSocket[] = [];

  private constructor(
    readonly app: NestFastifyApplication,
    readonly origin: string,
    readonly databaseUrl: string,
    readonly contract: Contract,
    /** Folder of the attachments. It is made with the first of them, and goes when the server stops. */
    readonly filesDir: string,
  ) {}

  /** @param settings environment variables that differ from the defaults. */
  static async start(settings: Record<string, string> = {}, databaseUrl?: string): Promise<Parley> {
    const url = databaseUrl ?? (await createDatabase());
    const filesDir = join(tmpdir(), `parley-files-${randomUUID()}`);
    const environment = { LOG_LEVEL: 'error', DATABASE_URL: url, STORAGE_DIR: filesDir, ...MANY_CREATIONS };
    const config = readConfig({ ...environment, ...settings });
    const app = await createApp(config, join(__dirname, '../../../web/dist'));
    await app.listen({ port: 0, host: '127.0.0.1' });
    const origin = (await app.getUrl()).replace('[::1]', '127.0.0.1');
    const headers = config.accounts
      ? bearer(await openSession(url, `reader-${randomUUID().slice(0, 8)}`))
      : {};
    const document = async (name: string) => (await fetch(`${origin}/api/${name}.json`, { headers })).json();
    const contract = new Contract(
      (await document('openapi')) as OpenApi,
      (await document('asyncapi')) as AsyncApi,
    );
    return new Parley(app, origin, url, contract, filesDir);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    await this.app.close();
    await rm(this.filesDir, { recursive: true, force: true });
  }

  async call<Body = Problem>(
    method: string,
    path: string,
    { body, headers }: Call = {},
  ): Promise<Answer<Body>> {
    const isText = typeof body === 'string';
    const response = await fetch(`${this.origin}${path}`, {
      method,
      headers: {
        ...(body === undefined || isText ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const type = response.headers.get('Content-Type') ?? '';
    const parsed: unknown = text && type.includes('json') ? JSON.parse(text) : text;
    if (
      text &&
      type.includes('json') &&
      !path.startsWith('/api/openapi') &&
      !path.startsWith('/api/asyncapi')
    ) {
      const { pathname } = new URL(path, this.origin);
      this.contract.checkResponse(method, pathname, response.status, type, parsed, response.headers);
    }
    return { status: response.status, headers: response.headers, body: parsed as Body };
  }

  get<Body>(path: string): Promise<Answer<Body>> {
    return this.call<Body>('GET', path);
  }

  post<Body>(path: string, body?: unknown): Promise<Answer<Body>> {
    return this.call<Body>('POST', path, { body });
  }

  /** A new room of two new users, so that no test sees another's. */
  async newRoom(): Promise<{ room: Room; a: User; b: User }> {
    const [a, b] = [await this.newUser(), await this.newUser()];
    const { body: room } = await this.post<Room>('/api/rooms/create/', {
      user_id: b.id,
      active_user_id: a.id,
    });
    return { room, a, b };
  }

  async newUser(): Promise<User> {
    return (await this.post<User>('/api/users/', { username: `u${randomUUID().slice(0, 13)}` })).body;
  }

  async room(roomId: number, userId: number): Promise<Room> {
    return (await this.get<Room>(`/api/rooms/${roomId}/?active_user=${userId}`)).body;
  }

  async send(roomId: number, senderId: number, text: string, clientId?: string): Promise<Message> {
    const body = { text, active_user_id: senderId, ...(clientId ? { client_id: clientId } : {}) };
    return (await this.post<Message>(`/api/rooms/${roomId}/messages/`, body)).body;
  }

  /** All messages of a room, oldest first, as the server pages them. */
  async history(roomId: number): Promise<Message[]> {
    const messages: Message[] = [];
    let url: string | null = `/api/rooms/${roomId}/messages/?page_size=100`;
    while (url) {
      const { body }: Answer<MessagePage> = await this.get<MessagePage>(url);
      messages.push(...body.results);
      url = body.next && body.next.replace(this.origin, '');
    }
    return messages.toReversed();
  }

  /** Opens the user socket of a user, and waits for its `hello`. */
  async userSocket(userId: number, options?: ClientOptions): Promise<TestSocket> {
    const socket = await this.socket(`/ws/?active_user=${userId}`, options);
    await socket.next('hello');
    return socket;
  }

  /** Opens a room socket, as nobody unless a user is given. */
  roomSocket(roomId: number, userId?: number): Promise<TestSocket> {
    return this.socket(`/ws/chat/${roomId}/${userId === undefined ? '' : `?active_user=${userId}`}`);
  }

  async socket(path: string, options: ClientOptions = {}): Promise<TestSocket> {
    const socket = new TestSocket(`${this.origin.replace('http', 'ws')}${path}`, options, this.contract);
    this.#sockets.push(socket);
    await socket.opened;
    return socket;
  }

  /** Runs SQL beside the application, to see what it stored. */
  async sql<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      return (await client.query(sql, values)).rows as Row[];
    } finally {
      await client.end();
    }
  }
}
