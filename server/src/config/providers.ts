import { readSecret } from './secret.js';

/** An identity provider (OpenID Connect) that users can log in with. */
export interface OidcProvider {
  /** Part of the URL of the callback. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** URL below which the provider publishes its metadata. */
  readonly issuer: string;
  readonly clientId: string;
  /** null: a public client, which PKCE alone protects. */
  readonly clientSecret: string | null;
  readonly scopes: string;
}

type Env = Readonly<Record<string, string | undefined>>;

const ID = /^[a-z0-9][a-z0-9-]{0,31}$/;
/** What a path of the API has in the place of an id. */
const RESERVED = 'register';
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The identity providers: OIDC_PROVIDERS lists their ids, and each has settings with its id in capitals in their names, a
 * dash as an underscore: OIDC_CORP_ISSUER, …_CLIENT_ID, …_CLIENT_SECRET, …_NAME, …_SCOPES.
 */
export function readProviders(env: Env, mistakes: string[]): readonly OidcProvider[] {
  const ids = (env.OIDC_PROVIDERS ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (new Set(ids).size < ids.length) mistakes.push('OIDC_PROVIDERS must list each provider once');
  return ids.flatMap((id) => readProvider(id, env, mistakes) ?? []);
}

function readProvider(id: string, env: Env, mistakes: string[]): OidcProvider | null {
  if (!ID.test(id) || id === RESERVED) {
    mistakes.push(
      `OIDC_PROVIDERS must list names of up to 32 small letters, digits and dashes, and not "${RESERVED}", not "${id}"`,
    );
    return null;
  }
  const prefix = `OIDC_${id.toUpperCase().replaceAll('-', '_')}`;
  const issuer = env[`${prefix}_ISSUER`] ?? '';
  const clientId = env[`${prefix}_CLIENT_ID`] ?? '';
  if (!isIssuer(issuer)) {
    mistakes.push(
      `${prefix}_ISSUER must be the URL of the provider, with https (http for this machine only), not "${issuer}"`,
    );
  }
  if (clientId === '') mistakes.push(`${prefix}_CLIENT_ID must be set, as OIDC_PROVIDERS has ${id}`);
  const scopes = env[`${prefix}_SCOPES`] || 'openid profile';
  if (!scopes.split(' ').includes('openid')) mistakes.push(`${prefix}_SCOPES must contain openid`);
  return {
    id,
    name: env[`${prefix}_NAME`] || id,
    issuer,
    clientId,
    clientSecret: readSecret(env, `${prefix}_CLIENT_SECRET`, mistakes) || null,
    scopes,
  };
}

function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
}
