import type { PasskeyCredential } from '@parley/shared';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { CHALLENGE_MS } from './challenges.js';
import type { RelyingParty } from './relying-party.js';

/** What a browser needs to know of a passkey to offer it, or not to make a second one beside it. */
interface Known {
  readonly credential_id: Buffer;
  readonly transports: string[];
}

/** The public half of a passkey that was just made. */
export interface MadePasskey {
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly signCount: number;
  readonly transports: string[];
  readonly isSynced: boolean;
}

/** What is stored of a passkey, and its signature is checked against. */
export interface StoredPasskey {
  readonly public_key: Buffer;
  readonly sign_count: number;
}

/**
 * The library. With its parsers of certificates it is 260 modules, a tenth of what a start loads, so that only a server
 * with accounts loads it: when it starts, because loading keeps the process busy for some 0.2 s.
 */
export const loadWebAuthn = () => import('@simplewebauthn/server');

const TRANSPORT = /^[a-z-]{1,20}$/;
const MAX_TRANSPORTS = 8;

/** Options for a passkey that authenticators find by themselves, without a username, and only after they know the user. */
export async function creationOptions(
  rp: RelyingParty,
  challenge: string,
  user: { handle: Buffer; username: string; displayName: string },
  known: readonly Known[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { generateRegistrationOptions } = await loadWebAuthn();
  return generateRegistrationOptions({
    rpName: 'Parley',
    rpID: rp.id,
    challenge: Buffer.from(challenge, 'base64url'),
    userID: Uint8Array.from(user.handle),
    userName: user.username,
    userDisplayName: user.displayName,
    timeout: CHALLENGE_MS,
    attestationType: 'none',
    excludeCredentials: known.map(descriptorOf),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
}

/** @param known the passkeys to choose from; null: all of this site that the browser knows. */
export async function requestOptions(
  rp: RelyingParty,
  challenge: string,
  known: readonly Known[] | null,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { generateAuthenticationOptions } = await loadWebAuthn();
  return generateAuthenticationOptions({
    rpID: rp.id,
    challenge: Buffer.from(challenge, 'base64url'),
    timeout: CHALLENGE_MS,
    userVerification: 'required',
    ...(known && { allowCredentials: known.map(descriptorOf) }),
  });
}

/** The challenge that was signed, as the browser says; null when that cannot be read. */
export function challengeIn({ response }: PasskeyCredential): string | null {
  try {
    const data: unknown = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString());
    const isObject = typeof data === 'object' && data !== null && 'challenge' in data;
    return isObject && typeof data.challenge === 'string' ? data.challenge : null;
  } catch {
    return null;
  }
}

/** @returns null unless a passkey was made for this challenge and site, by an authenticator that has verified its user. */
export async function verifyMade(
  rp: RelyingParty,
  challenge: string,
  credential: PasskeyCredential,
): Promise<MadePasskey | null> {
  const { verifyRegistrationResponse } = await loadWebAuthn();
  // Whatever the library throws is about the credential: it does nothing but decode and compute.
  const { registrationInfo } = await verifyRegistrationResponse({
    response: credential as unknown as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: rp.origin,
    expectedRPID: rp.id,
    requireUserVerification: true,
  }).catch(() => ({ registrationInfo: undefined }));
  if (!registrationInfo) return null;
  const { id, publicKey, counter } = registrationInfo.credential;
  return {
    credentialId: Buffer.from(id, 'base64url'),
    publicKey: Buffer.from(publicKey),
    signCount: counter,
    transports: (credential.response.transports ?? [])
      .filter((transport) => TRANSPORT.test(transport))
      .slice(0, MAX_TRANSPORTS),
    isSynced: registrationInfo.credentialBackedUp,
  };
}

/**
 * @returns null unless this passkey signed this challenge, at this site, after its authenticator had verified the user,
 *   and with a count of uses beyond the last one where it counts.
 */
export async function verifyUsed(
  rp: RelyingParty,
  challenge: string,
  credential: PasskeyCredential,
  stored: StoredPasskey,
): Promise<{ signCount: number; isSynced: boolean } | null> {
  const { verifyAuthenticationResponse } = await loadWebAuthn();
  const result = await verifyAuthenticationResponse({
    response: credential as unknown as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: rp.origin,
    expectedRPID: rp.id,
    requireUserVerification: true,
    credential: {
      id: credential.id,
      publicKey: Uint8Array.from(stored.public_key),
      counter: stored.sign_count,
    },
  }).catch(() => null);
  if (!result?.verified) return null;
  const { newCounter, credentialBackedUp } = result.authenticationInfo;
  return { signCount: newCounter, isSynced: credentialBackedUp };
}

function descriptorOf({ credential_id, transports }: Known): { id: string; transports: string[] } {
  return { id: credential_id.toString('base64url'), transports };
}
