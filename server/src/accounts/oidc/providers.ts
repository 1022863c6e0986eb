import type { AuthProvider } from '@parley/shared';
import { Inject, Injectable } from '@nestjs/common';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { CONFIG, type Config } from '../../config/config.js';
import type { OidcProvider } from '../../config/providers.js';
import { ChatError } from '../../errors/chat-error.js';

export function noSuchProvider(): ChatError {
  return new ChatError('not_found', 'There is no such provider.');
}

/** One login that has begun, in the browser's cookie. It is worth nothing without the answer of the provider. */
export interface Attempt {
  readonly provider: string;
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE: only the browser that began can use the code. */
  readonly verifier: string;
}

/** Who the provider says has logged in. The names are suggestions: they prove nothing. */
export interface ProvenIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly username: string | null;
  readonly displayName: string | null;
}

/** Longest wait for an answer of a provider, in seconds. */
const TIMEOUT_S = 5;
/** Metadata of a provider is read again after this time, in milliseconds: endpoints may move. */
const METADATA_MS = 3_600_000;

interface Discovered {
  readonly configuration: Promise<Configuration>;
  readonly at: number;
}

/** The identity providers of the settings. Their metadata is read at the first login, not at the start. */
@Injectable()
export class Providers {
  readonly #providers: readonly OidcProvider[];
  readonly #discovered = new Map<string, Discovered>();

  constructor(@Inject(CONFIG) { accounts }: Config) {
    this.#providers = accounts?.providers ?? [];
  }

  list(): AuthProvider[] {
    return this.#providers.map(({ id, name }) => ({ id, name }));
  }

  ofIssuer(issuer: string): OidcProvider | undefined {
    return this.#providers.find((provider) => new URL(provider.issuer).href === new URL(issuer).href);
  }

  /** @throws ChatError `not_found`. */
  get(id: string): OidcProvider {
    const provider = this.#providers.find((candidate) => candidate.id === id);
    if (!provider) throw noSuchProvider();
    return provider;
  }

  /** @throws an error of the library or the network when the provider cannot be used. */
  async begin(provider: OidcProvider, redirectUri: string): Promise<{ attempt: Attempt; url: URL }> {
    const configuration = await this.#configurationOf(provider);
    const attempt = {
      provider: provider.id,
      state: randomState(),
      nonce: randomNonce(),
      verifier: randomPKCECodeVerifier(),
    };
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: provider.scopes,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    });
    return { attempt, url };
  }

  /**
   * Exchanges the code of a callback for the identity, whose signature, issuer, audience, nonce and times are checked.
   * @param callback URL of the callback, with what the provider has sent.
   * @throws an error of the library or the network.
   */
  async finish(provider: OidcProvider, attempt: Attempt, callback: URL): Promise<ProvenIdentity> {
    const configuration = await this.#configurationOf(provider);
    const tokens = await authorizationCodeGrant(configuration, callback, {
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.verifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (!claims) throw new Error('The provider sent no ID token.');
    const names = { ...(await this.#userInfo(configuration, tokens.access_token, claims)), ...claims };
    return {
      issuer: claims.iss,
      subject: claims.sub,
      username: textOf(names.preferred_username) ?? textOf(names.nickname),
      displayName: textOf(names.name),
    };
  }

  /** Many providers have the names there, and not in the ID token. Without them the user types them. */
  async #userInfo(
    configuration: Configuration,
    accessToken: string,
    claims: Readonly<Record<string, unknown>> & { sub: string },
  ): Promise<Readonly<Record<string, unknown>>> {
    const hasNames = claims.preferred_username !== undefined || claims.name !== undefined;
    if (hasNames || !configuration.serverMetadata().userinfo_endpoint) return {};
    return fetchUserInfo(configuration, accessToken, claims.sub).catch(() => ({}));
  }

  #configurationOf(provider: OidcProvider): Promise<Configuration> {
    const known = this.#discovered.get(provider.id);
    if (known && performance.now() - known.at < METADATA_MS) return known.configuration;
    const { issuer, clientId, clientSecret } = provider;
    const configuration = discovery(new URL(issuer), clientId, clientSecret ?? undefined, undefined, {
      timeout: TIMEOUT_S,
      execute: [
        enableNonRepudiationChecks,
        // The settings allow http for this machine only.
        ...(issuer.startsWith('http:') ? [allowInsecureRequests] : []),
      ],
    });
    this.#discovered.set(provider.id, { configuration, at: performance.now() });
    configuration.catch(() => this.#discovered.delete(provider.id));
    return configuration;
  }
}

function textOf(claim: unknown): string | null {
  return typeof claim === 'string' && claim !== '' ? claim : null;
}
