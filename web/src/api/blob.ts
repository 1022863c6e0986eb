import { HttpError, request } from './http';

/** `POST`s, and reads the answer as a file, however long that takes. The browser keeps a large one on the disk. */
export async function postForBlob(path: string, signal: AbortSignal): Promise<Blob> {
  const response = await request(path, { method: 'POST', signal });
  try {
    return await response.blob();
  } catch {
    // Broken off on the way.
    throw new HttpError(0, 'The server cannot be reached.');
  }
}
