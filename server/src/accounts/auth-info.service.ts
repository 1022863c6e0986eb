import { Inject, Injectable } from '@nestjs/common';
import type { AuthInfo, UserId } from '@parley/shared';
import { CONFIG, type Config } from '../config/config.js';
import { toServerLimits } from '../config/server-limits.js';
import { UsersService } from '../users/users.service.js';
import { Providers } from './oidc/providers.js';

/** What a client needs to know before anything else. */
@Injectable()
export class AuthInfoService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly users: UsersService,
    private readonly providers: Providers,
  ) {}

  /** @param userId the current user; null when there is none. One that does not exist is none. */
  async of(userId: UserId | null): Promise<AuthInfo> {
    const { authMode, accounts } = this.config;
    const [profile] = userId === null ? [] : await this.users.profiles([userId]);
    return {
      mode: authMode,
      registration: accounts?.registration ?? 'closed',
      providers: this.providers.list(),
      limits: toServerLimits(this.config),
      user: profile ? this.users.withPresence(profile) : null,
    };
  }
}
