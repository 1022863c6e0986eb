import type { PasskeyCredential } from '@parley/shared';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** What a page asks an authenticator for, as far as it matters here. */
export interface Options {
  challenge: string;
  rpId?: string;
  rp?: { id: string };
  user?: { id: string };
}

/** What is different from what a browser and an honest authenticator do. */
export interface Lies {
  origin?: string;
  rpId?: string;
  challenge?: string;
  isUserVerified?: boolean;
  signCount?: number;
  userHandle?: string;
  /** Signs something else. */
  isForged?: boolean;
}

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const HAS_CREDENTIAL = 0x40;

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
const base64url = (data: Buffer | string) => Buffer.from(data).toString('base64url');

/** A passkey in software, with the page of one origin around it: what `navigator.credentials` returns. */
export class Authenticator {
  readonly #id = randomBytes(32);
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  #userHandle = '';
  #signCount = 0;

  constructor(private readonly origin: string) {}

  get credentialId(): Buffer {
    return this.#id;
  }

  /** Makes the passkey. */
  create(options: Options, lies: Lies = {}): PasskeyCredential {
    this.#userHandle = options.user?.id ?? '';
    const clientData = this.#clientData('webauthn.create', options, lies);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const authData = Buffer.concat([
      this.#authData(HAS_CREDENTIAL, options, lies),
      Buffer.alloc(16),
      length,
      this.#id,
      this.#coseKey(),
    ]);
    const attestation = isoCBOR.encode(
      new Map<string, string | Uint8Array | Map<string, string>>([
        ['fmt', 'none'],
        ['attStmt', new Map<string, string>()],
        ['authData', Uint8Array.from(authData)],
      ]),
    );
    return this.#credential({
      clientDataJSON: base64url(clientData),
      attestationObject: base64url(Buffer.from(attestation)),
      transports: ['internal'],
    });
  }

  /** Uses it. */
  get(options: Options, lies: Lies = {}): PasskeyCredential {
    this.#signCount++;
    const clientData = this.#clientData('webauthn.get', options, lies);
    const authData = this.#authData(0, options, lies);
    const signed = lies.isForged ? randomBytes(32) : Buffer.concat([authData, sha256(clientData)]);
    return this.#credential({
      clientDataJSON: base64url(clientData),
      authenticatorData: base64url(authData),
      signature: base64url(sign('sha256', signed, this.#keys.privateKey)),
      userHandle: lies.userHandle ?? this.#userHandle,
    });
  }

  #credential(response: PasskeyCredential['response']): PasskeyCredential {
    const id = base64url(this.#id);
    return { id, rawId: id, type: 'public-key', response };
  }

  #clientData(type: string, { challenge }: Options, lies: Lies): string {
    return JSON.stringify({
      type,
      challenge: lies.challenge ?? challenge,
      origin: lies.origin ?? this.origin,
      crossOrigin: false,
    });
  }

  #authData(flags: number, { rpId, rp }: Options, lies: Lies): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(lies.signCount ?? this.#signCount);
    const verified = lies.isUserVerified === false ? 0 : USER_VERIFIED;
    return Buffer.concat([
      sha256(lies.rpId ?? rpId ?? rp?.id ?? ''),
      Buffer.from([flags | USER_PRESENT | verified]),
      count,
    ]);
  }

  #coseKey(): Buffer {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const key = new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Uint8Array.from(Buffer.from(x, 'base64url'))],
      [-3, Uint8Array.from(Buffer.from(y, 'base64url'))],
    ]);
    return Buffer.from(isoCBOR.encode(key));
  }
}
