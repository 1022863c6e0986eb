import type { Passkey, PasskeyCredential, PasskeyRegistration, User } from '@parley/shared';
import {
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
  WebAuthnError,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import * as api from './passkeys.api';

/** What the browser says instead of a passkey. `known`: the device has one of this account already. */
export class PasskeyError extends Error {
  constructor(readonly reason: 'cancelled' | 'known' | 'replaced') {
    super(reason);
  }
}

/** @throws PasskeyError, HttpError. */
export async function signInWithPasskey(): Promise<User> {
  return api.finishLogin(await use(await api.beginLogin()));
}

/** @throws PasskeyError, HttpError. */
export async function registerWithPasskey(registration: PasskeyRegistration): Promise<User> {
  return api.finishRegistration(await make(await api.beginRegistration(registration)));
}

/** @param name empty: the server names it. @throws PasskeyError, HttpError. */
export async function addPasskey(name: string): Promise<Passkey> {
  const credential = await make(await api.beginAddition());
  return api.finishAddition({ credential, ...(name !== '' && { name }) });
}

/** @throws PasskeyError, HttpError. */
export async function provePasskey(): Promise<void> {
  return api.finishProof(await use(await api.beginProof()));
}

export function canOfferPasskeys(): Promise<boolean> {
  return browserSupportsWebAuthnAutofill();
}

/**
 * Offers passkeys among the suggestions of the field with `autocomplete="… webauthn"`, until the user takes one.
 * @throws PasskeyError `replaced` when another ceremony begins, or {@link withdrawOffer} is called; HttpError.
 */
export async function offerPasskeys(): Promise<User> {
  return api.finishLogin(await use(await api.beginLogin(), true));
}

export function withdrawOffer(): void {
  WebAuthnAbortService.cancelCeremony();
}

async function use(
  optionsJSON: PublicKeyCredentialRequestOptionsJSON,
  useBrowserAutofill = false,
): Promise<PasskeyCredential> {
  try {
    return await startAuthentication({ optionsJSON, useBrowserAutofill });
  } catch (error) {
    throw reasonOf(error);
  }
}

async function make(optionsJSON: PublicKeyCredentialCreationOptionsJSON): Promise<PasskeyCredential> {
  try {
    return await startRegistration({ optionsJSON });
  } catch (error) {
    throw reasonOf(error);
  }
}

/** Browsers do not say whether the user declined, has no passkey, or took too long. */
function reasonOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = error instanceof WebAuthnError ? error.code : null;
  if (code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED') return new PasskeyError('known');
  if (code === 'ERROR_CEREMONY_ABORTED' || error.name === 'AbortError') return new PasskeyError('replaced');
  return new PasskeyError('cancelled');
}
