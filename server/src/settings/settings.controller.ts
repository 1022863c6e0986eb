import { Body, Controller, Get, Patch } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { UserId, UserSettings } from '@parley/shared';
import type { FastifyContextConfig } from 'fastify';
import { CurrentUser } from '../auth/current-user.js';
import { noUserNamed } from '../auth/legacy-clients.js';
import { fieldError, noSuchUser } from '../errors/chat-error.js';
import { ApiConstraints, KNOWN_TIME_ZONE, ONE_USER, SAME_USER } from '../http/api-constraints.js';
import { ApiBodyProblems, ApiProblems } from '../http/api-problems.js';
import { ACTIVE_USER } from '../http/fields.js';
import { Valid } from '../http/valid.pipe.js';
import { ChangeUserSettingsDto, UserSettingsDto } from './settings.dto.js';
import { SettingsService } from './settings.service.js';

/** Each change goes to all sockets of the user. */
const CHANGE: FastifyContextConfig = { limit: 'creations' };

/** How the current user wants the page to be. */
@ApiTags('Users')
@Controller('api/me/settings')
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Get()
  @ApiOperation({
    operationId: 'getUserSettings',
    summary: 'Get my settings',
    description: 'Of the page, on all devices. What the user has not set has its default.',
  })
  @ApiQuery({ ...ACTIVE_USER, example: 1 })
  @ApiOkResponse({ type: UserSettingsDto, description: 'The settings.' })
  @ApiProblems(noUserNamed('active_user'), noSuchUser())
  get(@CurrentUser() userId: UserId): Promise<UserSettings> {
    return this.settings.get(userId);
  }

  @Patch()
  @RouteConfig(CHANGE)
  @ApiOperation({
    operationId: 'changeUserSettings',
    summary: 'Change my settings',
    description:
      'A field that is absent stays as it is. The user’s sockets get all settings as `user_settings`.',
  })
  @ApiQuery({ ...ACTIVE_USER, required: false })
  @ApiBody({ type: ChangeUserSettingsDto, required: false })
  @ApiConstraints(ONE_USER, SAME_USER, KNOWN_TIME_ZONE)
  @ApiOkResponse({ type: UserSettingsDto, description: 'The settings after the change.' })
  @ApiBodyProblems(
    noUserNamed('active_user'),
    fieldError('theme', 'must be one of system, light, dark'),
    fieldError('quiet_hours', 'time_zone must be the IANA name of a time zone'),
    noSuchUser(),
  )
  change(
    @Body(Valid) { active_user_id: _named, ...change }: ChangeUserSettingsDto,
    @CurrentUser() userId: UserId,
  ): Promise<UserSettings> {
    return this.settings.change(userId, change);
  }
}
