import { RequestError, type QueuedFile, type Uploads } from '@parley/client';
import type { ErrorCode, Problem } from '@parley/shared';
import { DetailedError, Upload } from 'tus-js-client';
import { dropFile, keepFile, keptFile, type KeptFile } from './kept-files';
import { setProgress } from './progress';

/** One request: the server takes it within 30 s, so a line needs 140 kbit/s. In bytes. */
const CHUNK_BYTES = 512 * 1024;
/** Waits between the attempts within one upload, in milliseconds. After the last one the outbox waits, and tries again. */
const RETRY_MS = [0, 1_000, 3_000];

let uploader: Uploads | undefined;

export function uploaderFor(urlOf: (path: string) => string): Uploads {
  return (uploader ??= createUploader(urlOf));
}

function createUploader(urlOf: (path: string) => string): Uploads {
  /** Ends an upload that runs. */
  const running = new Map<string, () => void>();

  async function uploadOne(file: QueuedFile): Promise<number> {
    const kept = await keptFile(file.key);
    if (!kept) throw new RequestError('not_found', 'file-gone');
    if (kept.id !== null) return kept.id;
    const id = await transfer(file, kept);
    await keepFile({ ...kept, id });
    setProgress(file.key, 1);
    return id;
  }

  function transfer(file: QueuedFile, kept: KeptFile): Promise<number> {
    return new Promise<number>((resolve, reject) => {
      const upload = new Upload(kept.content, {
        endpoint: urlOf('/api/uploads/'),
        uploadUrl: kept.url,
        chunkSize: CHUNK_BYTES,
        retryDelays: RETRY_MS,
        metadata: { filename: file.name, filetype: file.type },
        storeFingerprintForResuming: false,
        onUploadUrlAvailable() {
          kept.url = upload.url;
          void keepFile(kept);
        },
        onProgress: (sent, total) => setProgress(file.key, total ? sent / total : 0),
        onError: (error) => reject(refusalOf(error, kept)),
        onSuccess() {
          const id = Number(/\/uploads\/(\d+)/.exec(upload.url ?? '')?.[1]);
          if (id > 0) resolve(id);
          else reject(new RequestError('internal', 'no-id'));
        },
      });
      running.set(file.key, () => {
        // What has arrived is removed on the server as well.
        upload.abort(true).catch(() => undefined);
        reject(new RequestError('timeout', 'cancelled'));
      });
      setProgress(file.key, 0);
      upload.start();
    }).finally(() => running.delete(file.key));
  }

  return {
    async upload(files) {
      const ids: number[] = [];
      for (const file of files) ids.push(await uploadOne(file));
      return ids;
    },
    forget(files) {
      for (const { key } of files) {
        running.get(key)?.();
        setProgress(key, null);
        void dropFile(key);
      }
    },
  };
}

/** Why an upload ended, as the outbox knows it. */
function refusalOf(error: Error, kept: KeptFile): RequestError {
  const response = error instanceof DetailedError ? error.originalResponse : null;
  const status = response?.getStatus() ?? 0;
  // The server knows it no more: the next attempt begins anew.
  if (status === 404 || status === 410) kept.url = null;
  const isFinal = status >= 400 && status < 500 && ![404, 408, 409, 410, 423, 429].includes(status);
  return new RequestError(isFinal ? codeOf(response?.getBody()) : 'unavailable', error.message);
}

function codeOf(body: string | undefined): ErrorCode {
  try {
    const { status, code } = JSON.parse(body ?? '') as Problem;
    return status === 413 ? 'too_long' : (code as ErrorCode);
  } catch {
    return 'bad_frame';
  }
}
