import { ChatError } from '../errors/chat-error.js';
import type { AuthStrategy, Credentials, Identity } from './authenticator.js';
import { tokenOf } from './session-token.js';
import type { SessionsService } from './sessions.service.js';

/** The refusal of a request without a session. */
export function noSession(): ChatError {
  return new ChatError('unauthorized', 'There is no session: log in first.');
}

/** Accounts: a session proves the user, by its cookie or as a bearer token; so does a personal access token. */
export class SessionStrategy implements AuthStrategy {
  constructor(private readonly sessions: SessionsService) {}

  async authenticate({ headers, isSecure, ip }: Credentials): Promise<Identity | null> {
    const token = tokenOf(headers, isSecure);
    if (token === null) return null;
    const session = await this.sessions.find(token, headers['user-agent'], ip);
    if (session === null) throw noSession();
    return { userId: session.userId, session };
  }
}
