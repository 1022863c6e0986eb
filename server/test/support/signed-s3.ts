import { SignatureV4 } from '@smithy/signature-v4';
import crypto from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import S3rver from 's3rver';

/** The only account of s3rver. */
export const S3_KEY = 'S3RVER';
const REGION = 'us-east-1';
/** What Amazon allows a clock to be wrong, in milliseconds. */
const MAX_SKEW_MS = 15 * 60_000;

/**
 * S3, as far as there is one in a package: s3rver, which does not check signatures of version 4, behind a proxy that checks
 * them with the signer of Amazon's own SDK.
 */
export class SignedS3 {
  /** Connections are closed without an answer. */
  isAway = false;
  /** Files in one page of a list: a server may return fewer than the 1,000 of Amazon. */
  pageSize = 1_000;
  /** Of the requests that passed, with their headers. */
  readonly passed: { method: string; url: string; headers: IncomingMessage['headers'] }[] = [];

  private constructor(
    private readonly s3rver: S3rver,
    private readonly folder: string,
    private readonly targetPort: number,
    private readonly proxy: Server,
  ) {
    proxy.on('request', (asked: IncomingMessage, answer: ServerResponse) => void this.#answer(asked, answer));
  }

  /** @param bucket that it has. */
  static async start(bucket: string): Promise<SignedS3> {
    allowDes();
    const folder = await mkdtemp(join(tmpdir(), 'parley-s3-'));
    const s3rver = new S3rver({
      address: '127.0.0.1',
      port: 0,
      silent: true,
      directory: folder,
      configureBuckets: [{ name: bucket, configs: [] }],
    });
    const { port } = (await s3rver.run()) as unknown as AddressInfo;
    const proxy = createServer();
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    return new SignedS3(s3rver, folder, port, proxy);
  }

  get host(): string {
    return `127.0.0.1:${(this.proxy.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.proxy.closeAllConnections();
    await new Promise((resolve) => this.proxy.close(resolve));
    await this.s3rver.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await buffer(asked);
    if (this.isAway) {
      asked.socket.destroy();
      return;
    }
    const { method = '', url = '', headers } = asked;
    if (!(await isSigned(asked, body))) {
      const code = '<Error><Code>SignatureDoesNotMatch</Code></Error>';
      answer.writeHead(403, { 'Content-Type': 'application/xml' }).end(code);
      return;
    }
    this.passed.push({ method, url, headers });
    const path = url.includes('list-type=2') ? `${url}&max-keys=${this.pageSize}` : url;
    const target = request({ host: '127.0.0.1', port: this.targetPort, method, path, headers });
    target.on('response', (got) => got.pipe(answer.writeHead(got.statusCode ?? 500, got.headers)));
    target.on('error', () => answer.destroy());
    target.end(body);
  }
}

/** Signed by the one account, now, for exactly this request. What names another account is left to s3rver. */
async function isSigned({ method = '', url = '', headers }: IncomingMessage, body: Buffer): Promise<boolean> {
  const [, account, signedHeaders = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\S+ SignedHeaders=([^,]+), /.exec(headers.authorization ?? '') ??
    [];
  if (account === undefined) return false;
  if (account !== S3_KEY) return true;
  const { 'x-amz-date': date = '', 'x-amz-content-sha256': digest } = headers;
  const signingDate = new Date(String(date).replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  const isNow = Math.abs(Date.now() - signingDate.getTime()) < MAX_SKEW_MS;
  const isOfBody = digest === 'UNSIGNED-PAYLOAD' || digest === new Sha256().update(body).hex();
  if (!isNow || !isOfBody) return false;
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const names = signedHeaders.split(';');
  const signed = await new SignatureV4({
    service: 's3',
    region: REGION,
    credentials: { accessKeyId: S3_KEY, secretAccessKey: S3_KEY },
    sha256: Sha256,
    uriEscapePath: false,
  }).sign(
    {
      method,
      protocol: 'http:',
      hostname: String(headers.host),
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
    },
    { signingDate },
  );
  return (
    ['host', 'x-amz-date'].every((name) => names.includes(name)) &&
    partsOf(signed.headers.authorization).join() === partsOf(headers.authorization).join()
  );
}

const partsOf = (authorization = '') => authorization.replace(/^AWS4-HMAC-SHA256 /, '').split(/,\s*/);

/** As the signer wants it: a hash, or with a secret an HMAC. */
class Sha256 {
  readonly #hash: crypto.Hash | crypto.Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash =
      secret === undefined
        ? crypto.createHash('sha256')
        : crypto.createHmac('sha256', secret as crypto.BinaryLike);
  }

  update(data: string | ArrayBuffer | ArrayBufferView): this {
    this.#hash.update(data as crypto.BinaryLike as string);
    return this;
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }

  hex(): string {
    return this.#hash.digest('hex');
  }

  reset(): void {
    throw new Error('It is used once.');
  }
}

/**
 * s3rver makes the tokens between the pages of a list with DES, which OpenSSL 3 has only as the triple one: with the same key
 * three times they are equal.
 */
function allowDes(): void {
  for (const name of ['createCipheriv', 'createDecipheriv'] as const) {
    const original = crypto[name].bind(crypto) as (algorithm: string, key: Buffer, iv: Buffer) => unknown;
    const patched = (algorithm: string, key: Buffer, iv: Buffer) =>
      algorithm === 'des'
        ? original('des-ede3-cbc', Buffer.concat([key, key, key]), iv)
        : original(algorithm, key, iv);
    Object.assign(crypto, { [name]: patched });
  }
}
