import { Inject, Injectable } from '@nestjs/common';
import type { User } from '@parley/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { deviceName } from '../auth/device.js';
import { sessionCookie } from '../auth/session-token.js';
import type { Device } from '../auth/sessions.service.js';
import { CONFIG, type Config } from '../config/config.js';
import { UsersService } from '../users/users.service.js';
import type { Opened } from './accounts.service.js';

/** How an answer hands a session over: its token is in `Set-Cookie`, and nowhere else. */
@Injectable()
export class SessionAnswer {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly users: UsersService,
  ) {}

  /** Sets the cookie of a new session. @returns its user. */
  opened({ userId, token }: Opened, request: FastifyRequest, reply: FastifyReply): Promise<User> {
    this.setCookie(token, request, reply);
    return this.users.get(userId);
  }

  /** @param token null: removes the cookie. */
  setCookie(token: string | null, { protocol }: FastifyRequest, reply: FastifyReply): void {
    const maxAgeMs = this.config.accounts?.sessionMaxMs ?? 0;
    void reply.header('Set-Cookie', sessionCookie(token, protocol === 'https', maxAgeMs));
  }
}

/** Where a request comes from, and a session that it opens will be used. */
export function deviceOf({ headers, ip }: FastifyRequest): Device {
  return { device: deviceName(headers['user-agent']), ip };
}
