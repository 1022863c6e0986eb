import { RequestError, type QueuedFile, type Uploads } from '@parley/client';
import { randomUUID } from 'node:crypto';
import { DetailedError, Upload } from 'tus-js-client';

interface HeldFile {
  content: Buffer;
  /** Where its upload has begun; null: nowhere. */
  url: string | null;
  /** Its id on the server, once it is complete. */
  id: number | null;
}

/** Waits between the attempts within one upload, in milliseconds. After the last one the outbox waits, and tries again. */
const RETRY_MS = [100, 500, 1_000];

/** The uploads of a client in Node: the tus client of the page, with the content in memory. */
export class TusUploads implements Uploads {
  /** Bytes of one request; Infinity: the whole file in one. */
  chunkBytes = Infinity;
  /** The offsets that the server named when uploads were taken up again. */
  readonly resumedAt: number[] = [];
  readonly #files = new Map<string, HeldFile>();

  constructor(
    private readonly origin: string,
    private readonly userId: number,
  ) {}

  /** A file, to be sent with a message. */
  add(name: string, content: Buffer): QueuedFile {
    const key = randomUUID();
    this.#files.set(key, { content, url: null, id: null });
    return { key, name, type: 'application/octet-stream', size: content.length };
  }

  /** The id of the upload of a file, as soon as it has begun. */
  idOf({ key }: QueuedFile): number | null {
    return idIn(this.#files.get(key)?.url ?? null);
  }

  async upload(files: readonly QueuedFile[]): Promise<number[]> {
    const ids: number[] = [];
    for (const file of files) {
      const held = this.#files.get(file.key);
      if (!held) throw new RequestError('not_found', 'file-gone');
      held.id ??= await this.#transfer(file, held);
      ids.push(held.id);
    }
    return ids;
  }

  forget(files: readonly QueuedFile[]): void {
    for (const { key } of files) this.#files.delete(key);
  }

  #transfer({ name, type }: QueuedFile, held: HeldFile): Promise<number> {
    return new Promise((resolve, reject) => {
      const upload = new Upload(held.content, {
        endpoint: `${this.origin}/api/uploads/?active_user=${this.userId}`,
        uploadUrl: held.url,
        chunkSize: this.chunkBytes,
        retryDelays: RETRY_MS,
        metadata: { filename: name, filetype: type },
        onUploadUrlAvailable: () => (held.url = upload.url),
        onAfterResponse: (request, response) => {
          if (request.getMethod() === 'HEAD' && response.getStatus() === 200)
            this.resumedAt.push(Number(response.getHeader('Upload-Offset')));
        },
        onError: (error) => {
          const status = error instanceof DetailedError ? (error.originalResponse?.getStatus() ?? 0) : 0;
          const isFinal = status >= 400 && status < 500;
          reject(new RequestError(isFinal ? 'bad_frame' : 'unavailable', error.message));
        },
        onSuccess: () => resolve(idIn(upload.url) ?? 0),
      });
      upload.start();
    });
  }
}

function idIn(url: string | null): number | null {
  return Number(/\/uploads\/(\d+)/.exec(url ?? '')?.[1] ?? 0) || null;
}
