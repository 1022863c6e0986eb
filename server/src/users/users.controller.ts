import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { MAX_USERS, type User } from '@parley/shared';
import { OptionalSession } from '../auth/current-user.js';
import { noSession } from '../auth/session.strategy.js';
import type { Session } from '../auth/sessions.service.js';
import { CONFIG, type Config } from '../config/config.js';
import { fieldError } from '../errors/chat-error.js';
import { ApiProblems } from '../http/api-problems.js';
import { ValidBase } from '../http/valid.pipe.js';
import { UserDto, UsersQuery } from './user.dto.js';
import { UsersService } from './users.service.js';

@ApiTags('Users')
@Controller('api/users')
export class UsersController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly users: UsersService,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listUsers',
    summary: 'List users',
    description:
      'In simulation: everyone whose name contains `search`, usernames that begin with it first, else by id. With accounts: ' +
      'the people with whom the current user has a chat and whose name contains `search`, and at most 20 others whose ' +
      'username begins with `search`, which then has three or more characters. Names are compared without regard to case ' +
      'and accents: `zoe` finds “Zoë”.',
  })
  @ApiOkResponse({ type: [UserDto], description: 'The users, at most `limit`.' })
  @ApiProblems(fieldError('limit', 'must not be greater than 500'))
  list(
    @Query(ValidBase) { search = '', limit = MAX_USERS }: UsersQuery,
    @OptionalSession() session: Session | null,
  ): Promise<User[]> {
    if (!this.config.accounts) return this.users.search(search, limit);
    if (session === null) throw noSession();
    return this.users.searchAs(session.userId, search, limit);
  }
}
