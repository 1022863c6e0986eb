import type { ServerLimits } from './limits.js';
import type { Sharing } from './privacy.js';
import type { User } from './users.js';

/**
 * How a server knows its users. `simulation`: a request names the user it acts as. `accounts`: users register and log
 * in, and a session proves who they are.
 */
export type AuthMode = 'simulation' | 'accounts';

/** Who may register: everyone, people with an invite, nobody. */
export type RegistrationPolicy = 'open' | 'invite' | 'closed';

/** An identity provider that users can log in with. */
export interface AuthProvider {
  id: string;
  name: string;
}

/** Answer of `GET /api/auth/`: what a client needs before it has a session. */
export interface AuthInfo {
  mode: AuthMode;
  /** `closed` in simulation, where nobody registers. */
  registration: RegistrationPolicy;
  providers: AuthProvider[];
  limits: ServerLimits;
  /** The current user; null without a session. */
  user: User | null;
}

/** Body of `POST /api/auth/register/`. */
export interface Register {
  username: string;
  password: string;
  /** The username when absent. */
  display_name?: string;
  /** Code of an invite. */
  invite?: string;
}

/** Body of `PATCH /api/me/`: what is absent stays as it is. */
export interface UpdateMe extends Partial<Sharing> {
  /** As at registration. */
  display_name?: string;
}

/** Body of `DELETE /api/me/`. */
export interface DeleteMe {
  /** Absent for an account without a password: then a passkey must have proved the user a moment ago. */
  password?: string;
  /** What happens to the texts of the user's messages: the other members keep them (`keep`, when absent), or they go. */
  messages?: DeletedMessages;
}

export type DeletedMessages = 'keep' | 'remove';

/** Answer of `GET /api/me/export/`: how far the running export is, or how far the last one came. */
export interface ExportProgress {
  running: boolean;
  /** Messages that are in the archive, of `total`. */
  messages: number;
  total: number;
}

/** Body of `POST /api/auth/login/`. */
export interface Login {
  username: string;
  password: string;
}

/** Body of `POST /api/auth/password/`. */
export interface ChangePassword {
  /** Absent for an account without a password: then a passkey must have proved the user a moment ago. */
  current_password?: string;
  new_password: string;
}

/** A passkey of the current user. */
export interface Passkey {
  /** Positive integer. */
  id: number;
  /** As the user named it, or the browser in which it was made. */
  name: string;
  /** Host of the page at which it was made, and the only one at which it works. */
  host: string;
  /** It is kept in an account of its provider, and works on the user's other devices too. */
  is_synced: boolean;
  /** ISO-8601 UTC. */
  created_at: string;
  /** ISO-8601 UTC; null: it was not used yet. */
  last_used_at: string | null;
}

/** Body of `PATCH /api/auth/passkeys/<id>/`. */
export interface RenamePasskey {
  name: string;
}

/** An account at an identity provider by which the current user logs in. */
export interface Identity {
  /** Positive integer. */
  id: number;
  /** Id of the provider; null: the server does not offer it any more. */
  provider: string | null;
  /** Name of the provider, or its host. */
  name: string;
  /** ISO-8601 UTC. */
  created_at: string;
}

/** Most identities of one account. */
export const MAX_IDENTITIES = 10;

/** Body of `POST /api/auth/identities/`. */
export interface LinkIdentity {
  /** Id of a provider. */
  provider: string;
}

/** Answer of `POST /api/auth/identities/`. */
export interface LinkStarted {
  /** Where the browser goes. */
  url: string;
}

/** Answer of `GET /api/auth/passkeys/`: how the current user can log in. */
export interface LoginMethods {
  passkeys: Passkey[];
  has_password: boolean;
  /** The user logs in with an identity provider. */
  has_provider: boolean;
}

/** Body of `POST /api/auth/passkeys/register/options/`. */
export type PasskeyRegistration = Omit<Register, 'password'>;

/**
 * What a browser's `PublicKeyCredential.toJSON()` returns, of `navigator.credentials.create()` or `.get()`. Texts are
 * base64url (WebAuthn Level 3, RegistrationResponseJSON and AuthenticationResponseJSON).
 */
export interface PasskeyCredential {
  id: string;
  rawId: string;
  type: 'public-key';
  response: {
    clientDataJSON: string;
    attestationObject?: string;
    authenticatorData?: string;
    signature?: string;
    userHandle?: string;
    transports?: string[];
  };
}

/** Body of `POST /api/auth/passkeys/login/`, `…/register/` and `…/proof/`. */
export interface PasskeyAnswer {
  credential: PasskeyCredential;
}

/** Body of `POST /api/auth/passkeys/`. */
export interface NewPasskey extends PasskeyAnswer {
  /** The name of the browser when absent. */
  name?: string;
}

/** A session of the current user: one browser or program. */
export interface SessionInfo {
  /** Positive integer. */
  id: number;
  /** Program and system, as the client named them at login, for example `Firefox on Linux`. */
  device: string;
  /** IP address at login. */
  ip: string;
  /** ISO-8601 UTC. */
  created_at: string;
  /** ISO-8601 UTC, exact to about a minute. */
  last_used_at: string;
  /** The session of the request itself. */
  current: boolean;
}

/** What a personal access token may do: `read` everything of its user; `write`: send, and change what a chat has. */
export const TOKEN_SCOPES = ['read', 'write'] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** A personal access token of the current user: it proves the user to a program. */
export interface AccessTokenInfo {
  /** Positive integer. */
  id: number;
  name: string;
  /** Always has `read`. */
  scopes: TokenScope[];
  /** ISO-8601 UTC. */
  created_at: string;
  /** ISO-8601 UTC; null: it does not expire. */
  expires_at: string | null;
  /** ISO-8601 UTC, exact to about a minute; null: never used. */
  last_used_at: string | null;
  /** Program and system that used it last; null: never used. */
  device: string | null;
  /** IP address of that use. */
  ip: string | null;
}

/** Body of `POST /api/auth/tokens/`. */
export interface CreateAccessToken {
  name: string;
  scopes: TokenScope[];
  /** ISO-8601 UTC, in the future. Without it the token does not expire. */
  expires_at?: string | null;
}

/** Answer of `POST /api/auth/tokens/`: the only time that the token itself is sent. */
export interface CreatedAccessToken extends AccessTokenInfo {
  token: string;
}

/** Name of the session cookie. Over TLS it has the prefix `__Host-`. */
export const SESSION_COOKIE = 'parley_session';
