import type {
  AccessTokenInfo,
  ChangePassword,
  CreateAccessToken,
  CreatedAccessToken,
  Login,
  Register,
  SessionInfo,
  User,
  DeleteMe,
  ExportProgress,
} from '@parley/shared';
import { getJson, post, postJson, remove } from '../../api/http';
import { postForBlob } from '../../api/blob';

/** @throws HttpError 401 for an unknown user and for a wrong password, 429 with a wait. */
export function signIn(login: Login): Promise<User> {
  return postJson<User>('/api/auth/login/', login);
}

/** @throws HttpError 409 when the name is taken, 403 when the invite is not valid, 429 with a wait. */
export function register(registration: Register): Promise<User> {
  return postJson<User>('/api/auth/register/', registration);
}

/** Ends all other sessions of the user, and all access tokens. */
export function changePassword(change: ChangePassword): Promise<void> {
  return post('/api/auth/password/', change);
}

export function listDevices(): Promise<SessionInfo[]> {
  return getJson<SessionInfo[]>('/api/auth/sessions/');
}

export function endDevice(id: number): Promise<void> {
  return remove(`/api/auth/sessions/${id}/`);
}

export function endOtherDevices(): Promise<void> {
  return remove('/api/auth/sessions/');
}

export function listAccessTokens(): Promise<AccessTokenInfo[]> {
  return getJson<AccessTokenInfo[]>('/api/auth/tokens/');
}

/** @throws HttpError 409 when the user has too many, 429 with a wait. */
export function createAccessToken(token: CreateAccessToken): Promise<CreatedAccessToken> {
  return postJson<CreatedAccessToken>('/api/auth/tokens/', token);
}

export function deleteAccessToken(id: number): Promise<void> {
  return remove(`/api/auth/tokens/${id}/`);
}

/** @throws HttpError 403 when the password is wrong. */
export function deleteAccount(deletion: DeleteMe): Promise<void> {
  return remove('/api/me/', deletion);
}

/** How far the export of the user is that runs now. */
export function exportProgress(): Promise<ExportProgress> {
  return getJson<ExportProgress>('/api/me/export/');
}

/** All data of the user, as a ZIP archive. @throws HttpError 409 while another export runs, 429 after too many. */
export function exportData(signal: AbortSignal): Promise<Blob> {
  return postForBlob('/api/me/export/', signal);
}

/** Ends the session of this browser. */
export function endSession(): Promise<void> {
  return post('/api/auth/logout/');
}
