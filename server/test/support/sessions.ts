import { Client } from 'pg';
import { skeletonOf } from '../../src/accounts/username-skeleton.js';
import { hashOfToken, newToken } from '../../src/auth/session-token.js';

/** Stored where a password hash belongs: no password fits it, and none needs to be hashed. */
const NO_PASSWORD = '$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA';

/**
 * A new session of a user, who is made when there is none, by SQL: without the cost of a password.
 * @param database a connection, or the URL to open one for this session alone.
 * @returns its token.
 */
export async function openSession(database: Client | string, username: string): Promise<string> {
  if (typeof database === 'string') {
    const client = new Client({ connectionString: database });
    await client.connect();
    try {
      return await openSession(client, username);
    } finally {
      await client.end();
    }
  }
  const token = newToken();
  const values = [username, skeletonOf(username), NO_PASSWORD, hashOfToken(token)];
  await database.query(
    `WITH made AS (INSERT INTO users (username, display_name) VALUES ($1, $1) ON CONFLICT DO NOTHING RETURNING id),
       this AS (SELECT id FROM made UNION ALL SELECT id FROM users WHERE lower(username) = lower($1)),
       account AS (
         INSERT INTO accounts (user_id, skeleton, password_hash) SELECT id, $2, $3 FROM this ON CONFLICT DO NOTHING)
     INSERT INTO sessions (token_hash, user_id, device, ip) SELECT $4, id, 'Test', '192.0.2.1' FROM this`,
    values,
  );
  return token;
}

/** Proves a session, as a program does it. */
export function bearer(token: string): { Authorization: string } {
  return { Authorization: `Bearer ${token}` };
}

/** Proves a session, as a browser does it, of the page of this origin. */
export function cookieFrom(token: string, origin: string): { Cookie: string; Origin: string } {
  return { Cookie: `parley_session=${token}`, Origin: origin };
}

/** The session token in the `Set-Cookie` of an answer. */
export function tokenIn({ headers }: { headers: Headers }): string {
  const token = /parley_session=([\w-]{43});/.exec(headers.get('Set-Cookie') ?? '')?.[1];
  if (token === undefined) throw new Error(`No session in Set-Cookie: ${headers.get('Set-Cookie')}`);
  return token;
}
