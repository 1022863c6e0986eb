import type { SetAvatar, User } from '@parley/shared';
import { Upload } from 'tus-js-client';
import { HttpError, patchJson, remove, request } from '../api/http';
import type { Session } from '../auth/session';

/** A proxy in front of the server takes bodies of this size. In bytes. */
const CHUNK_BYTES = 128 * 1024;
/** Waits between attempts, in milliseconds. After the last one the user tries again. */
const RETRY_MS = [0, 1_000];

/** @throws HttpError 400 when the name cannot be used. */
export function changeName(session: Session, display_name: string): Promise<User> {
  return patchJson<User>('/api/me/', { display_name, ...session.named });
}

/** @throws HttpError 400 when the server cannot read the picture. */
export async function setPicture(session: Session, picture: Blob): Promise<User> {
  const body: SetAvatar = { upload: await upload(session, picture), ...session.named };
  const answer = await request('/api/me/avatar/', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as User;
}

export function removePicture(session: Session): Promise<void> {
  return remove(session.urlOf('/api/me/avatar/'));
}

/** @returns the id of the upload. */
function upload(session: Session, content: Blob): Promise<number> {
  return new Promise((resolve, reject) => {
    const transfer = new Upload(content, {
      endpoint: session.urlOf('/api/uploads/'),
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRY_MS,
      metadata: { filename: 'picture', filetype: content.type },
      storeFingerprintForResuming: false,
      onError: (error) => {
        const status = 'originalResponse' in error ? (error.originalResponse?.getStatus() ?? 0) : 0;
        reject(new HttpError(status, error.message));
      },
      onSuccess: () => resolve(Number(/\/uploads\/(\d+)/.exec(transfer.url ?? '')?.[1])),
    });
    transfer.start();
  });
}
