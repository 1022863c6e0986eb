import { AwsClient } from 'aws4fetch';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { S3Settings } from '../../config/storage.js';
import {
  FileMissing,
  StorageError,
  type ByteRange,
  type FileStorage,
  type StoredFile,
} from './file-storage.js';

/** Longest wait for the head of an answer, in milliseconds. */
const TIMEOUT_MS = 20_000;
/** Attempts after the first one, when the storage is busy. */
const RETRIES = 3;

/** Files in a bucket of Amazon S3 or of a server that speaks its protocol. The bucket must exist. */
export class S3Storage implements FileStorage {
  readonly place: string;
  readonly #client: AwsClient;
  readonly #bucketUrl: string;
  readonly #prefix: string;

  constructor({ endpoint, bucket, prefix, region, accessKeyId, secretAccessKey }: S3Settings) {
    this.#client = new AwsClient({
      accessKeyId,
      secretAccessKey,
      region,
      service: 's3',
      retries: RETRIES,
    });
    this.#bucketUrl = `${endpoint}/${bucket}`;
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
    this.place = `${this.#bucketUrl}/${this.#prefix}`;
  }

  async put(path: string, content: Buffer): Promise<void> {
    const body = new Uint8Array(content.buffer as ArrayBuffer, content.byteOffset, content.byteLength);
    await this.#request('PUT', this.#urlOf(path), { body });
  }

  async read(path: string, range?: ByteRange): Promise<Readable> {
    const headers: Record<string, string> = range ? { Range: `bytes=${range.start}-${range.end}` } : {};
    const response = await this.#request('GET', this.#urlOf(path), { headers });
    if (!response) throw new FileMissing(path);
    return response.body ? Readable.fromWeb(response.body as ReadableStream) : Readable.from([]);
  }

  async remove(path: string): Promise<void> {
    await this.#request('DELETE', this.#urlOf(path));
  }

  async removeFolder(folder: string): Promise<void> {
    for await (const { path } of this.#listBelow(`${folder}/`)) await this.remove(path);
  }

  list(): AsyncGenerator<StoredFile> {
    return this.#listBelow('');
  }

  async *#listBelow(folder: string): AsyncGenerator<StoredFile> {
    let next: string | null = null;
    do {
      const query = new URLSearchParams({ 'list-type': '2', prefix: `${this.#prefix}${folder}` });
      if (next !== null) query.set('continuation-token', next);
      const response = await this.#request('GET', `${this.#bucketUrl}?${query}`);
      if (!response) throw new StorageError(`The bucket of ${this.place} does not exist.`);
      const xml = await response.text();
      for (const [, entry = ''] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        const path = valueOf(entry, 'Key').slice(this.#prefix.length);
        yield { path, size: Number(valueOf(entry, 'Size')) };
      }
      next = valueOf(xml, 'IsTruncated') === 'true' ? valueOf(xml, 'NextContinuationToken') : null;
    } while (next);
  }

  #urlOf(path: string): string {
    return `${this.#bucketUrl}/${this.#prefix}${path}`;
  }

  /** @returns null: there is no such file. @throws StorageError. */
  async #request(
    method: string,
    url: string,
    init: { body?: Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {},
  ): Promise<Response | null> {
    const answering = new AbortController();
    const timer = setTimeout(() => answering.abort(), TIMEOUT_MS);
    let response: Response;
    try {
      response = await this.#client.fetch(url, { ...init, method, signal: answering.signal });
    } catch (error) {
      throw new StorageError(`The storage ${this.place} does not answer to ${method}.`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
    if (response.ok) return response;
    const answer = await response.text();
    if (response.status === 404) return null;
    const code = valueOf(answer, 'Code');
    throw new StorageError(`The storage ${this.place} answers ${response.status} ${code} to ${method}.`);
  }
}

/** The text of an element of S3's flat XML. Keys, sizes and codes have nothing that XML escapes but `&` in tokens. */
function valueOf(xml: string, element: string): string {
  const [, value = ''] = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml) ?? [];
  return value.replaceAll('&amp;', '&');
}
