import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { AuthInfo, UserId } from '@parley/shared';
import { OptionalCurrentUser } from '../auth/current-user.js';
import { Public } from '../auth/public.js';
import { CONFIG, type Config } from '../config/config.js';
import { toServerLimits } from '../config/server-limits.js';
import { fieldError } from '../errors/chat-error.js';
import { ApiProblems } from '../http/api-problems.js';
import { ACTIVE_USER } from '../http/fields.js';
import { UsersService } from '../users/users.service.js';
import { Providers } from './oidc/providers.js';
import { AuthInfoDto } from './auth-info.dto.js';

@ApiTags('Users')
@Controller('api/auth')
export class AuthInfoController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly users: UsersService,
    private readonly providers: Providers,
  ) {}

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'getAuth',
    summary: 'See how users are known',
    description: 'What a client needs to know before anything else, and the current user if there is one.',
  })
  @ApiQuery({ ...ACTIVE_USER, required: false })
  @ApiOkResponse({ type: AuthInfoDto, description: 'The mode, who may register, the limits, and the user.' })
  @ApiProblems(fieldError('active_user', 'must be a positive integer'))
  async get(@OptionalCurrentUser() userId: UserId | null): Promise<AuthInfo> {
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
