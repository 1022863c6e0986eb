import type { FastifyRequest } from 'fastify';
import { isIP } from 'node:net';
import { ChatError } from '../../errors/chat-error.js';

/** The site that a passkey belongs to, as WebAuthn names it: a host, and the origin of the page. */
export interface RelyingParty {
  readonly id: string;
  readonly origin: string;
}

export function noHostName(): ChatError {
  return new ChatError(
    'forbidden',
    'Passkeys need a host name: open the page by its name (on this machine http://localhost) and not by an IP address.',
  );
}

/**
 * The page that calls. `auth/site.ts` has let its `Origin` in: it is that of this server, behind trusted proxies as the
 * browser sees it, or one of ALLOWED_ORIGINS. A program without `Origin` is taken for a page of this server.
 * @throws ChatError `forbidden` for an IP address, which WebAuthn does not allow.
 */
export function relyingPartyOf({ headers, protocol }: FastifyRequest): RelyingParty {
  const { origin, hostname } = new URL(headers.origin ?? `${protocol}://${headers.host ?? ''}`);
  if (isIP(hostname) !== 0 || hostname.startsWith('[')) throw noHostName();
  return { id: hostname, origin };
}
