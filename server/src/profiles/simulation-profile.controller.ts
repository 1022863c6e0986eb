import { Body, Controller, Patch } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { User, UserId } from '@parley/shared';
import type { FastifyContextConfig } from 'fastify';
import { CurrentUser } from '../auth/current-user.js';
import { fieldError, noSuchUser } from '../errors/chat-error.js';
import { ApiConstraints, ONE_USER, SAME_USER } from '../http/api-constraints.js';
import { ApiBodyProblems } from '../http/api-problems.js';
import { ACTIVE_USER } from '../http/fields.js';
import { Valid } from '../http/valid.pipe.js';
import { UserDto } from '../users/user.dto.js';
import { ProfileService } from './profile.service.js';
import { UpdateProfileDto } from './profiles.dto.js';

/** Every change is sent to the members of all chats of the user. */
const CHANGE: FastifyContextConfig = { limit: 'creations' };

/** The name of a user without an account, for simulation only. */
@ApiTags('Users')
@Controller('api/me')
export class SimulationProfileController {
  constructor(private readonly profile: ProfileService) {}

  @Patch()
  @RouteConfig(CHANGE)
  @ApiOperation({
    operationId: 'updateMe',
    summary: 'Change my profile',
    description:
      'A field that is absent stays as it is. The other members of my rooms get a `room` frame, my devices a `profile` frame.',
  })
  @ApiQuery({ ...ACTIVE_USER, required: false })
  @ApiBody({ type: UpdateProfileDto, required: false })
  @ApiConstraints(ONE_USER, SAME_USER)
  @ApiOkResponse({ type: UserDto, description: 'The user, as changed.' })
  @ApiBodyProblems(
    fieldError(
      'display_name',
      'must have 1 to 64 characters, one of them visible, and no control characters',
    ),
    noSuchUser(),
  )
  update(@Body(Valid) body: UpdateProfileDto, @CurrentUser() userId: UserId): Promise<User> {
    return this.profile.update(userId, body);
  }
}
