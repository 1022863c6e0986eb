import type { PasskeyRegistration, User } from '@parley/shared';
import { postJson } from '../../../api/http';

const INVITE = 'parley-invite';

/** Why a login with a provider led back here, as the server writes it into the fragment; null when it did not. */
export function takeFailure(): string | null {
  const failure = fragment().get('sign-in');
  // Said once: not again after a reload.
  if (failure !== null) window.history.replaceState(window.history.state, '', window.location.pathname);
  return failure;
}

/** What the provider says of a new person, who now chooses a username. */
export interface Newcomer {
  provider: string;
  username: string;
  name: string;
}

/** The person whom a provider has just led here; null without one. */
export function newcomer(): Newcomer | null {
  const params = fragment();
  const provider = params.get('provider');
  if (provider === null) return null;
  return { provider, username: params.get('username') ?? '', name: params.get('name') ?? '' };
}

/** @throws HttpError 401 when it took too long; else as `register` of accounts.api.ts. */
export function registerWithProvider(registration: PasskeyRegistration): Promise<User> {
  return postJson<User>('/api/auth/oidc/register/', registration);
}

/** Keeps the code of an invite while the browser is at the provider. */
export function keepInvite(invite: string | null): void {
  try {
    if (invite === null) sessionStorage.removeItem(INVITE);
    else sessionStorage.setItem(INVITE, invite);
  } catch {
    // Blocked: then the invite link has to be opened again.
  }
}

export function keptInvite(): string | null {
  try {
    return sessionStorage.getItem(INVITE);
  } catch {
    return null;
  }
}

function fragment(): URLSearchParams {
  return new URLSearchParams(window.location.hash.slice(1));
}
