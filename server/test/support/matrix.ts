import { PasswordHasher } from '../../src/accounts/password-hasher.js';
import { FILE_STORAGE, pathOf, type FileStorage } from '../../src/attachments/storage/file-storage.js';
import { UsersService } from '../../src/users/users.service.js';
import type { CreatedAccessToken, Message, Room, SessionInfo, UserId } from '@parley/shared';
import { accountTools, PASSWORD, type Person } from './accounts.js';
import type { Parley } from './parley.js';
import { bearer, openSession } from './sessions.js';

/** Who tries something. What each of them is to the owner: authorization-table.ts. */
export const ACTORS = [
  'owner',
  'other',
  'blocked',
  'requester',
  'stranger',
  'anonymous',
  'expired',
  'read-only',
  'token',
] as const;
export type Actor = (typeof ACTORS)[number];

/** What the ids of a call or a frame name. */
export interface Target {
  room: number;
  message: number;
  /** Another message, of the same sender, which `delete` takes away. */
  spare: number;
  /** The seq of the message. */
  seq: number;
  session: number;
  token: number;
  passkey: number;
  identity: number;
  subscription: number;
  user: number;
  /** Of the owner, and of the token. */
  upload: number;
  /** A complete upload of an image; the same two have one each. */
  image: number;
  /** Names the picture of `user`. */
  avatar: string;
  /** Of the first message of the room. */
  attachment: number;
}

/** What exists nowhere. */
export const NOWHERE: Target = {
  room: 999_999_999,
  message: 999_999_999,
  spare: 999_999_999,
  seq: 1,
  session: 999_999_999,
  token: 999_999_999,
  passkey: 999_999_999,
  identity: 999_999_999,
  subscription: 999_999_999,
  user: 999_999_999,
  upload: 999_999_999,
  image: 999_999_999,
  avatar: '00000000-0000-4000-8000-000000000000',
  attachment: 999_999_999,
};

/** Actors, what proves them (null: nothing), and what they try to get at. */
export interface World {
  readonly tokens: Readonly<Record<Actor, string | null>>;
  readonly targets: Readonly<Record<Actor, Target>>;
  /** What the requester has sent to the owner. */
  readonly request: Target;
  readonly usernames: Readonly<Record<Actor, string>>;
}

/** A table of answers: one row for each call or frame, one cell for each column. */
export type Table<Column extends string> = ReadonlyMap<string, Readonly<Record<Column, string>>>;

/** Reads a table that is written as text, with `|` between the cells. The first line has the columns. */
export function tableOf<Column extends string>(text: string, columns: readonly Column[]): Table<Column> {
  const [head = [], ...lines] = text
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(head.slice(1)).toEqual(columns);
  return new Map(
    lines.map(([name = '', ...cells]) => {
      if (cells.length !== columns.length) throw new Error(`The row ${name} has ${cells.length} cells.`);
      return [name, Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? '']))] as [
        string,
        Record<Column, string>,
      ];
    }),
  );
}

/** One hash of everything that is stored, but when and where sessions and tokens were used, the index of the search, and what the clean-up is about to remove. */
export async function hashOfTables(parley: Parley): Promise<string> {
  const tables = await parley.sql<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables
     WHERE schemaname = current_schema() AND tablename <> 'migrations' AND tablename !~ '^message_search_' ORDER BY tablename`,
  );
  const parts = tables.map(
    ({ name }) =>
      `(SELECT coalesce(md5(string_agg(row, E'\\n' ORDER BY row)), '') FROM
         (SELECT (to_jsonb(t) - '{last_used_at,device,ip}'::text[])::text AS row FROM "${name}" t
          WHERE to_jsonb(t)->>'expires_at' IS DISTINCT FROM '-infinity') rows)`,
  );
  const [row] = await parley.sql<{ hash: string }>(`SELECT ${parts.join(" || ':' || ")} AS hash`);
  if (!row) throw new Error('No hash came back.');
  return row.hash;
}

type ChatTarget = Pick<Target, 'room' | 'message' | 'spare' | 'seq' | 'attachment'>;

/** Makes worlds: each has users of its own. */
export class Worlds {
  readonly #tools: ReturnType<typeof accountTools>;
  readonly #passwordHash = new PasswordHasher().hash(PASSWORD);

  constructor(private readonly parley: Parley) {
    this.#tools = accountTools(() => parley);
  }

  async make(): Promise<World> {
    const { newPerson } = this.#tools;
    const [owner, other, blocked, requester, stranger] = await Promise.all([
      newPerson(),
      newPerson(),
      newPerson(),
      newPerson(),
      newPerson(),
    ]);
    const users = [owner, other, blocked, requester, stranger].map(({ user }) => user.id);
    await this.parley.sql('UPDATE accounts SET password_hash = $2 WHERE user_id = ANY ($1)', [
      users,
      await this.#passwordHash,
    ]);
    const [avatarOfOwner, avatarOfOther] = [
      await newAvatar(this.parley, owner.user.id),
      await newAvatar(this.parley, other.user.id),
    ];
    const [withOther, withBlocked, withRequester] = await Promise.all([
      this.#chat(owner, other),
      this.#chat(owner, blocked),
      this.#request(requester, owner),
    ]);
    await this.#call(owner, 'POST', `/api/users/${blocked.user.id}/block/`);
    const mine = {
      session: await this.#spareSession(owner),
      token: (await this.#accessToken(owner, ['read'])).id,
      passkey: await this.#passkey(owner),
      identity: await this.#identity(owner),
      subscription: await newSubscription(this.parley, owner.user.id),
      upload: await newUpload(this.parley, owner.user.id),
      image: await newImage(this.parley, owner.user.id),
    };
    const toOwner = { ...mine, user: owner.user.id, avatar: avatarOfOwner };
    const toOther = { ...mine, ...withOther, user: other.user.id, avatar: avatarOfOther };
    return {
      tokens: {
        owner: owner.token,
        other: other.token,
        blocked: blocked.token,
        requester: requester.token,
        stranger: stranger.token,
        anonymous: null,
        expired: await this.#expiredSession(owner),
        'read-only': (await this.#accessToken(owner, ['read'])).token,
        token: (await this.#accessToken(owner, ['read', 'write'])).token,
      },
      targets: {
        owner: toOther,
        other: { ...withOther, ...toOwner },
        blocked: { ...withBlocked, ...toOwner },
        requester: { ...withRequester, ...toOwner },
        stranger: { ...withOther, ...toOwner },
        anonymous: toOther,
        expired: toOther,
        'read-only': toOther,
        token: {
          ...toOther,
          upload: await newUpload(this.parley, owner.user.id),
          image: await newImage(this.parley, owner.user.id),
        },
      },
      request: { ...toOther, ...withRequester, user: requester.user.id },
      usernames: {
        owner: owner.user.username,
        other: other.user.username,
        blocked: blocked.user.username,
        requester: requester.user.username,
        stranger: stranger.user.username,
        anonymous: owner.user.username,
        expired: owner.user.username,
        'read-only': owner.user.username,
        token: owner.user.username,
      },
    };
  }

  /** A chat of two with a message of each; the target is that of the second. */
  async #chat(a: Person, b: Person): Promise<ChatTarget> {
    const room = await this.#tools.roomOf(a, b);
    await this.#send(a, room.id);
    const { id: spare } = await this.#send(b, room.id);
    const { id, seq } = await this.#send(b, room.id);
    return {
      room: room.id,
      message: id,
      spare,
      seq,
      attachment: await newAttachment(this.parley, a.user.id, room.id),
    };
  }

  /** A room with a message of the first, which the second has not accepted. */
  async #request(a: Person, b: Person): Promise<ChatTarget> {
    const room: Room = await this.#tools.roomOf(a, b);
    const { id: spare } = await this.#send(a, room.id);
    const { id, seq } = await this.#send(a, room.id);
    return {
      room: room.id,
      message: id,
      spare,
      seq,
      attachment: await newAttachment(this.parley, a.user.id, room.id),
    };
  }

  #send(person: Person, roomId: number): Promise<Message> {
    return this.#call<Message>(person, 'POST', `/api/rooms/${roomId}/messages/`, { text: 'a secret' });
  }

  #accessToken(person: Person, scopes: ('read' | 'write')[]): Promise<CreatedAccessToken> {
    return this.#tools.accessToken(person, scopes);
  }

  /** Id of one more session of a user. */
  async #spareSession({ user }: Person): Promise<number> {
    const token = await openSession(this.parley.databaseUrl, user.username);
    const { body } = await this.parley.call<SessionInfo[]>('GET', '/api/auth/sessions/', {
      headers: bearer(token),
    });
    const current = body.find((session) => session.current);
    if (!current) throw new Error('There is no session.');
    return current.id;
  }

  /** Id of a passkey of a user, which no authenticator has. */
  async #passkey({ user }: Person): Promise<number> {
    const [row] = await this.parley.sql<{ id: string }>(
      `INSERT INTO passkeys (user_id, credential_id, public_key, sign_count, transports, rp_id, name, is_synced)
       VALUES ($1, uuid_send(gen_random_uuid()), '', 0, '{}', 'localhost', 'A phone', false) RETURNING id`,
      [user.id],
    );
    return Number(row?.id);
  }

  /** Id of an identity of a user, at a provider that nobody has. */
  async #identity({ user }: Person): Promise<number> {
    const [row] = await this.parley.sql<{ id: string }>(
      `INSERT INTO identities (user_id, issuer, subject)
       VALUES ($1, 'https://id.example', gen_random_uuid()::text) RETURNING id`,
      [user.id],
    );
    return Number(row?.id);
  }

  async #expiredSession({ user, token: kept }: Person): Promise<string> {
    const token = await openSession(this.parley.databaseUrl, user.username);
    await this.parley.sql(
      `UPDATE sessions SET created_at = now() - interval '1 year'
       WHERE user_id = $1 AND id = (SELECT max(id) FROM sessions WHERE user_id = $1)`,
      [user.id],
    );
    expect(token).not.toBe(kept);
    return token;
  }

  async #call<Body = unknown>(
    { token }: Person,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Body> {
    const answer = await this.parley.call<Body>(method, path, { body, headers: bearer(token) });
    expect([path, answer.status < 300]).toEqual([path, true]);
    return answer.body;
  }
}

/** Id of a subscription to pushes of a browser that nobody has. */
export async function newSubscription(parley: Parley, userId: number): Promise<number> {
  const [row] = await parley.sql<{ id: string }>(
    `INSERT INTO push_subscriptions (user_id, session_id, endpoint, p256dh, auth)
     VALUES ($1, (SELECT min(id) FROM sessions WHERE user_id = $1), 'https://push.example.com/' || gen_random_uuid(), '', '')
     RETURNING id`,
    [userId],
  );
  return Number(row?.id);
}

/** Id of an upload of which nothing has arrived. */
export async function newUpload(parley: Parley, userId: number): Promise<number> {
  const [row] = await parley.sql<{ id: string }>(
    `INSERT INTO attachments (user_id, key, name, declared_type, size, expires_at)
     VALUES ($1, gen_random_uuid(), 'a secret', '', 10, now() + interval '1 day') RETURNING id`,
    [userId],
  );
  return Number(row?.id);
}

/** Id of a complete upload of an image. */
export async function newImage(parley: Parley, userId: number): Promise<number> {
  const [row] = await parley.sql<{ id: string; key: string }>(
    `INSERT INTO attachments (user_id, key, name, declared_type, size, received, type, expires_at)
     VALUES ($1, gen_random_uuid(), 'a secret', '', $2, $2, 'image/png', now() + interval '1 day') RETURNING id, key`,
    [userId, PIXEL.length],
  );
  if (!row) throw new Error('No upload came back.');
  await parley.app.get<FileStorage>(FILE_STORAGE).put(pathOf(row.key, 'file'), PIXEL);
  return Number(row.id);
}

/** Gives a user a picture. @returns what names it. */
export async function newAvatar(parley: Parley, userId: number): Promise<string> {
  const [row] = await parley.sql<{ key: string }>(
    `INSERT INTO attachments (user_id, key, name, declared_type, size, received, type, has_thumbnail)
     VALUES ($1, gen_random_uuid(), '', '', 8, 8, 'image/webp', true) RETURNING key`,
    [userId],
  );
  if (!row) throw new Error('No picture came back.');
  await parley.sql('UPDATE users SET avatar = $2 WHERE id = $1', [userId, row.key]);
  const storage = parley.app.get<FileStorage>(FILE_STORAGE);
  for (const name of ['file', 'thumbnail'] as const)
    await storage.put(pathOf(row.key, name), Buffer.from('a face'));
  await parley.app.get(UsersService).publishChanged(userId as UserId);
  return row.key;
}

/** A PNG of one pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** Id of an attachment, with a thumbnail, of the first message of a room. */
export async function newAttachment(parley: Parley, userId: number, roomId: number): Promise<number> {
  const [row] = await parley.sql<{ id: string; key: string }>(
    `INSERT INTO attachments (user_id, key, name, declared_type, size, received, type, has_thumbnail, room_id, seq)
     VALUES ($1, gen_random_uuid(), 'a secret', '', 8, 8, 'text/plain', true, $2, 1) RETURNING id, key`,
    [userId, roomId],
  );
  if (!row) throw new Error('No attachment came back.');
  const storage = parley.app.get<FileStorage>(FILE_STORAGE);
  for (const name of ['file', 'thumbnail'] as const)
    await storage.put(pathOf(row.key, name), Buffer.from('a secret'));
  return Number(row.id);
}
