import type {
  LoginMethods,
  NewPasskey,
  Passkey,
  PasskeyCredential,
  PasskeyRegistration,
  User,
} from '@parley/shared';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { getJson, patchJson, post, postJson, remove } from '../../../api/http';

const PATH = '/api/auth/passkeys/';

export function getLoginMethods(): Promise<LoginMethods> {
  return getJson<LoginMethods>(PATH);
}

export function beginLogin(): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return postJson(`${PATH}login/options/`, {});
}

/** @throws HttpError 401 when the passkey is not one of this server, or the attempt has expired. */
export function finishLogin(credential: PasskeyCredential): Promise<User> {
  return postJson<User>(`${PATH}login/`, { credential });
}

/** @throws HttpError as `register` of accounts.api.ts. */
export function beginRegistration(
  registration: PasskeyRegistration,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return postJson(`${PATH}register/options/`, registration);
}

export function finishRegistration(credential: PasskeyCredential): Promise<User> {
  return postJson<User>(`${PATH}register/`, { credential });
}

/** @throws HttpError 403 with `proof_required`, 409 for one passkey too many. */
export function beginAddition(): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return postJson(`${PATH}options/`, {});
}

export function finishAddition(made: NewPasskey): Promise<Passkey> {
  return postJson<Passkey>(PATH, made);
}

export function renamePasskey(id: number, name: string): Promise<Passkey> {
  return patchJson<Passkey>(`${PATH}${id}/`, { name });
}

/** @throws HttpError 403 with `proof_required`, 409 for the only way to sign in. */
export function removePasskey(id: number): Promise<void> {
  return remove(`${PATH}${id}/`);
}

export function beginProof(): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return postJson(`${PATH}proof/options/`, {});
}

export function finishProof(credential: PasskeyCredential): Promise<void> {
  return post(`${PATH}proof/`, { credential });
}

/** @throws HttpError 403 for a wrong password, 429 with a wait. */
export function provePassword(password: string): Promise<void> {
  return post('/api/auth/proof/', { password });
}
