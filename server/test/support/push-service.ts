import type { Pushed } from '@parley/shared';
import { createDecipheriv, createECDH, hkdfSync, randomBytes, verify, createPublicKey } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A push as it arrived, decrypted. */
export interface Arrived {
  pushed: Pushed;
  headers: IncomingHttpHeaders;
}

/** A browser at a push service: it decrypts what is pushed to it, as RFC 8291 says. */
export class PushedBrowser {
  readonly #ecdh = createECDH('prime256v1');
  readonly #auth = randomBytes(16);
  readonly arrived: Arrived[] = [];

  constructor(readonly endpoint: string) {
    this.#ecdh.generateKeys();
  }

  /** The body of `POST /api/me/push-subscriptions/`. */
  get subscription() {
    return {
      endpoint: this.endpoint,
      p256dh: this.#ecdh.getPublicKey('base64url'),
      auth: this.#auth.toString('base64url'),
    };
  }

  /** RFC 8188, with the keys of RFC 8291: salt (16), record size (4), length of the key id (1), key of the server, text. */
  decrypt(body: Buffer): string {
    const salt = body.subarray(0, 16);
    const keyLength = body[20]!;
    const serverKey = body.subarray(21, 21 + keyLength);
    const cipherText = body.subarray(21 + keyLength);
    const secret = this.#ecdh.computeSecret(serverKey);
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#ecdh.getPublicKey(), serverKey]);
    const key = Buffer.from(hkdfSync('sha256', secret, this.#auth, info, 32));
    const derive = (name: string, length: number) =>
      Buffer.from(hkdfSync('sha256', key, salt, Buffer.from(`Content-Encoding: ${name}\0`), length));
    const decipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
    decipher.setAuthTag(cipherText.subarray(-16));
    const text = Buffer.concat([decipher.update(cipherText.subarray(0, -16)), decipher.final()]);
    // The last record ends with 2 and padding.
    return text.subarray(0, text.lastIndexOf(2)).toString('utf8');
  }
}

/** A push service on this machine. It answers 201, or as `answers` says for the next requests. */
export class PushService {
  readonly #browsers = new Map<string, PushedBrowser>();
  /** Statuses of the next answers, with `Retry-After`. */
  readonly answers: [status: number, retryAfter?: string][] = [];
  requests = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<PushService> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const service = new PushService(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        service.requests++;
        const [status, retryAfter] = service.answers.shift() ?? [201];
        if (status < 300) service.#take(request.url ?? '', request.headers, Buffer.concat(chunks));
        response.writeHead(status, retryAfter ? { 'Retry-After': retryAfter } : {}).end();
      });
    });
    return service;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  newBrowser(): PushedBrowser {
    const path = `/push/${randomBytes(8).toString('hex')}`;
    const browser = new PushedBrowser(`${this.origin}${path}`);
    this.#browsers.set(path, browser);
    return browser;
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  #take(path: string, headers: IncomingHttpHeaders, body: Buffer): void {
    const browser = this.#browsers.get(path);
    browser?.arrived.push({ pushed: JSON.parse(browser.decrypt(body)) as Pushed, headers });
  }
}

/** What the signature of a push says, once it is verified with the key of the server (RFC 8292). */
export function claimsOf(
  authorization: string,
  publicKey: string,
): { aud: string; exp: number; sub: string } {
  const [, token = '', key = ''] = /^vapid t=([^,]+), k=(.+)$/.exec(authorization) ?? [];
  if (key !== publicKey) throw new Error('The push names another key.');
  const [header = '', claims = '', signature = ''] = token.split('.');
  const point = Buffer.from(key, 'base64url');
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const isRight = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!isRight) throw new Error('The signature is not right.');
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as { aud: string; exp: number; sub: string };
}
