import { parse, serialize } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * A cookie that lives through one attempt to log in. It comes back with the redirect from the provider (`SameSite=Lax`), and
 * over TLS neither a sibling domain nor anyone on the way can set it (`__Host-`).
 */
export class ShortCookie {
  /** @param maxAgeSeconds how long the browser keeps it. */
  constructor(
    private readonly name: string,
    private readonly maxAgeSeconds: number,
  ) {}

  read({ headers, protocol }: FastifyRequest): string | null {
    return parse(headers.cookie ?? '')[this.#nameOver(protocol)] || null;
  }

  set(value: string, { protocol }: FastifyRequest, reply: FastifyReply): void {
    this.#send(value, this.maxAgeSeconds, protocol, reply);
  }

  remove({ protocol }: FastifyRequest, reply: FastifyReply): void {
    this.#send('', 0, protocol, reply);
  }

  /** Beside the other cookies of the answer: Fastify keeps all values of this header. */
  #send(value: string, maxAge: number, protocol: string, reply: FastifyReply): void {
    const options = {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: protocol === 'https',
      maxAge,
    } as const;
    void reply.header('Set-Cookie', serialize(this.#nameOver(protocol), value, options));
  }

  #nameOver(protocol: string): string {
    return protocol === 'https' ? `__Host-${this.name}` : this.name;
  }
}
