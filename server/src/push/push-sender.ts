import type { Pushed } from '@parley/shared';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import webpush from 'web-push';
import { faultOfEndpoint } from './endpoint.js';
import { lookupPublic } from './public-address.js';

/** Where something is pushed to. */
export interface Target {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

/** Who pushes: the keys of the server, and how a push service reaches its operator. */
export interface Vapid {
  readonly subject: string;
  readonly publicKey: string;
  readonly privateKey: string;
}

/** What a push service has answered. `retryAfterMs`: it may be tried again then; null: at once would be too early. */
export type Outcome = 'sent' | 'gone' | 'refused' | { readonly retryAfterMs: number | null };

/** Longest wait for an answer of a push service, in milliseconds. */
const TIMEOUT_MS = 10_000;
/** So long does a push service keep what it cannot deliver, in seconds. */
const TTL_SECONDS = 86_400;

/**
 * Encrypts (RFC 8291), signs (RFC 8292) and sends one push. Never rejects for what a push service does: only for a
 * subscription whose keys are not right.
 */
export async function sendPush(
  target: Target,
  pushed: Pushed,
  vapid: Vapid,
  allowLoopback: boolean,
): Promise<Outcome> {
  if (faultOfEndpoint(target.endpoint, allowLoopback)) return 'gone';
  const keys = { p256dh: target.p256dh, auth: target.auth };
  const { headers, body } = webpush.generateRequestDetails(
    { endpoint: target.endpoint, keys },
    JSON.stringify(pushed),
    {
      vapidDetails: vapid,
      TTL: TTL_SECONDS,
      // A message is for now; that it is read can wait until the device is awake.
      urgency: pushed.type === 'message' ? 'high' : 'normal',
      // What is not delivered yet is replaced by the next one of the same chat.
      topic: `${pushed.user_id.toString(36)}-${pushed.room_id.toString(36)}`,
    },
  );
  try {
    return outcomeOf(await post(target.endpoint, headers, body));
  } catch {
    // Unreachable or silent.
    return { retryAfterMs: null };
  }
}

interface Answer {
  status: number;
  retryAfter: string | undefined;
}

function post(url: string, headers: Record<string, unknown>, body: Buffer | null): Promise<Answer> {
  const isSecure = url.startsWith('https:');
  return new Promise((resolve, reject) => {
    const request = (isSecure ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      headers: headers as Record<string, string>,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      // Plain http is to this machine (endpoint.ts), whose address is not public.
      ...(isSecure ? { lookup: lookupPublic } : {}),
    });
    request.on('error', reject);
    request.on('response', (response) => {
      // Redirections are not followed, and what stands in the answer is of no use.
      response.resume();
      response.on('error', () => undefined);
      resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] });
    });
    request.end(body);
  });
}

function outcomeOf({ status, retryAfter }: Answer): Outcome {
  if (status >= 200 && status < 300) return 'sent';
  if (status === 404 || status === 410) return 'gone';
  if (status === 429 || status >= 500) {
    const seconds = Number(retryAfter);
    return { retryAfterMs: Number.isFinite(seconds) && retryAfter ? seconds * 1_000 : null };
  }
  return 'refused';
}
