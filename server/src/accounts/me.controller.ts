import { Body, Controller, Patch } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { User } from '@parley/shared';
import type { FastifyContextConfig } from 'fastify';
import { CurrentSession } from '../auth/current-user.js';
import { noSession } from '../auth/session.strategy.js';
import type { Session } from '../auth/sessions.service.js';
import { fieldError } from '../errors/chat-error.js';
import { ApiBodyProblems } from '../http/api-problems.js';
import { Valid } from '../http/valid.pipe.js';
import { UserDto } from '../users/user.dto.js';
import { UpdateMeDto } from './me.dto.js';
import { ProfileService } from './profile.service.js';

/** Every change is sent to the members of all chats of the user. */
const CHANGE: FastifyContextConfig = { limit: 'creations' };

/** The current user: profile and account. */
@ApiTags('Accounts')
@Controller('api/me')
export class MeController {
  constructor(private readonly profile: ProfileService) {}

  @Patch()
  @RouteConfig(CHANGE)
  @ApiOperation({
    operationId: 'updateMe',
    summary: 'Change my profile',
    description: 'A field that is absent stays as it is. The other members of my rooms get a `room` frame.',
  })
  @ApiBody({ type: UpdateMeDto, required: false })
  @ApiOkResponse({ type: UserDto, description: 'The user, as changed.' })
  @ApiBodyProblems(
    fieldError(
      'display_name',
      'must have 1 to 64 characters, one of them visible, and no control characters',
    ),
    noSession(),
  )
  update(@Body(Valid) body: UpdateMeDto, @CurrentSession() { userId }: Session): Promise<User> {
    return this.profile.update(userId, body);
  }
}
