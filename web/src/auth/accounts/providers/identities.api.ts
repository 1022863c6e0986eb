import type { Identity, LinkStarted } from '@parley/shared';
import { getJson, postJson, remove } from '../../../api/http';

const PATH = '/api/auth/identities/';

export function listIdentities(): Promise<Identity[]> {
  return getJson<Identity[]>(PATH);
}

/** @throws HttpError 403 with `proof_required`, 409 for one too many, 503 when the provider cannot be used. */
export async function beginLink(provider: string): Promise<string> {
  return (await postJson<LinkStarted>(PATH, { provider })).url;
}

/** @throws HttpError 403 with `proof_required`, 409 for the only way to sign in. */
export function removeIdentity(id: number): Promise<void> {
  return remove(`${PATH}${id}/`);
}
