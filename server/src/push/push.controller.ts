import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { PushSubscriptionInfo, PushSubscriptions, UserId } from '@parley/shared';
import type { FastifyContextConfig, FastifyReply } from 'fastify';
import { CurrentUser, OptionalSession } from '../auth/current-user.js';
import { parseId } from '../auth/id.js';
import { noUserNamed } from '../auth/legacy-clients.js';
import { SessionOnly } from '../auth/scopes.js';
import type { Session } from '../auth/sessions.service.js';
import { fieldError } from '../errors/chat-error.js';
import { ApiConstraints, ONE_USER, PUSH_SERVICE, SAME_USER } from '../http/api-constraints.js';
import { ApiBodyProblems, ApiProblems } from '../http/api-problems.js';
import { ACTIVE_USER, ID } from '../http/fields.js';
import { Valid } from '../http/valid.pipe.js';
import { PushKeysService } from './push-keys.service.js';
import {
  noSuchSubscription,
  PushSubscriptionsService,
  tooManySubscriptions,
} from './push-subscriptions.service.js';
import { CreatePushSubscriptionDto, PushSubscriptionInfoDto, PushSubscriptionsDto } from './push.dto.js';

const CREATION: FastifyContextConfig = { limit: 'creations' };

/** The browsers to which the messages of the current user are pushed (Web Push). */
@ApiTags('Users')
@Controller('api/me/push-subscriptions')
export class PushController {
  constructor(
    private readonly subscriptions: PushSubscriptionsService,
    private readonly keys: PushKeysService,
  ) {}

  @Get()
  @SessionOnly()
  @ApiOperation({
    operationId: 'listPushSubscriptions',
    summary: 'List my browsers with pushes',
    description: 'And the key of the server with which a browser subscribes at its push service.',
  })
  @ApiQuery({ ...ACTIVE_USER, example: 1 })
  @ApiOkResponse({ type: PushSubscriptionsDto, description: 'The key, and the subscriptions.' })
  @ApiProblems(noUserNamed('active_user'))
  async list(@CurrentUser() userId: UserId): Promise<PushSubscriptions> {
    const [{ publicKey }, subscriptions] = await Promise.all([
      this.keys.get(),
      this.subscriptions.list(userId),
    ]);
    return { public_key: publicKey, subscriptions };
  }

  @Post()
  @SessionOnly()
  @RouteConfig(CREATION)
  @HttpCode(201)
  @ApiOperation({
    operationId: 'createPushSubscription',
    summary: 'Push messages to a browser',
    description:
      'Messages that I have not read are pushed to it, encrypted for it, as my settings say (`notifications`, `notification_text`, `quiet_hours`). ' +
      'It ends with my session. The same endpoint again renews it.',
  })
  @ApiQuery({ ...ACTIVE_USER, required: false })
  @ApiConstraints(ONE_USER, SAME_USER, PUSH_SERVICE)
  @ApiCreatedResponse({ type: PushSubscriptionInfoDto, description: 'It is new.' })
  @ApiOkResponse({ type: PushSubscriptionInfoDto, description: 'It was there, and is renewed.' })
  @ApiBodyProblems(
    noUserNamed('active_user_id'),
    fieldError('endpoint', 'must be on the internet'),
    tooManySubscriptions(),
  )
  async create(
    @Body(Valid) body: CreatePushSubscriptionDto,
    @CurrentUser() userId: UserId,
    @OptionalSession() session: Session | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PushSubscriptionInfo> {
    const { subscription, created } = await this.subscriptions.create(userId, session, body);
    if (!created) reply.status(200);
    return subscription;
  }

  @Delete(':subscription_id')
  @SessionOnly()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deletePushSubscription',
    summary: 'Push nothing to a browser any more',
    description:
      'By the id that the list and the creation have. The browser unsubscribes at its push service by itself.',
  })
  @ApiParam({ ...ID, name: 'subscription_id', example: 1, description: 'Id of the subscription.' })
  @ApiQuery({ ...ACTIVE_USER, example: 1 })
  @ApiNoContentResponse({ description: 'It is removed.' })
  @ApiProblems(noUserNamed('active_user'), noSuchSubscription())
  async remove(@Param('subscription_id') id: string, @CurrentUser() userId: UserId): Promise<void> {
    const subscriptionId = parseId(id);
    if (subscriptionId === null) throw noSuchSubscription();
    await this.subscriptions.remove(userId, subscriptionId);
  }
}
