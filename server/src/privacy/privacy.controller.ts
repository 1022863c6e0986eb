import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Room, RoomId, User, UserId } from '@parley/shared';
import type { FastifyContextConfig } from 'fastify';
import { CurrentUser } from '../auth/current-user.js';
import { RoomIdPipe, UserIdPipe } from '../auth/id.pipes.js';
import { noSession } from '../auth/session.strategy.js';
import { fieldError, noSuchRoom, noSuchUser } from '../errors/chat-error.js';
import { ApiConstraints, CATEGORY_OR_REASON } from '../http/api-constraints.js';
import { ApiBodyProblems, ApiProblems } from '../http/api-problems.js';
import { ID } from '../http/fields.js';
import { Valid } from '../http/valid.pipe.js';
import { RoomDto } from '../inbox/room.dto.js';
import { UserDto } from '../users/user.dto.js';
import { ReportRoomDto } from './privacy.dto.js';
import { blocksOneself, notARequest, PrivacyService } from './privacy.service.js';

const CREATION: FastifyContextConfig = { limit: 'creations' };
const ROOM = { ...ID, name: 'room_id', example: 1, description: 'Id of the room.' } as const;
const USER = { ...ID, name: 'user_id', example: 2, description: 'Id of the user.' } as const;

/** Requests, blocks, reports, and what the current user shares (accounts). */
@ApiTags('Privacy')
@Controller('api')
export class PrivacyController {
  constructor(private readonly privacy: PrivacyService) {}

  @Get('me/blocked')
  @ApiOperation({
    operationId: 'listBlocked',
    summary: 'List whom I have blocked',
    description: 'By username, without presence.',
  })
  @ApiOkResponse({ type: [UserDto], description: 'The users.' })
  @ApiProblems(noSession())
  blocked(@CurrentUser() userId: UserId): Promise<User[]> {
    return this.privacy.blocked(userId);
  }

  @Post('users/:user_id/block')
  @RouteConfig(CREATION)
  @HttpCode(204)
  @ApiOperation({
    operationId: 'blockUser',
    summary: 'Block a user',
    description:
      'The user sees me offline, and gets neither receipts nor typing. What the user sends is stored and reaches me when I unblock.',
  })
  @ApiParam(USER)
  @ApiNoContentResponse({ description: 'The user is blocked.' })
  @ApiProblems(noSession(), noSuchUser(), blocksOneself())
  async block(@Param('user_id', UserIdPipe) otherId: UserId, @CurrentUser() userId: UserId): Promise<void> {
    await this.privacy.block(userId, otherId);
  }

  @Delete('users/:user_id/block')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'unblockUser',
    summary: 'Unblock a user',
    description: 'Messages that the user has sent meanwhile arrive now.',
  })
  @ApiParam(USER)
  @ApiNoContentResponse({ description: 'The user is not blocked.' })
  @ApiProblems(noSession(), noSuchUser())
  async unblock(@Param('user_id', UserIdPipe) otherId: UserId, @CurrentUser() userId: UserId): Promise<void> {
    await this.privacy.unblock(userId, otherId);
  }

  @Post('rooms/:room_id/accept')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'acceptRequest',
    summary: 'Accept a request',
    description:
      'From now on the other user sees receipts, typing and presence, as far as I share them. To answer accepts too.',
  })
  @ApiParam(ROOM)
  @ApiOkResponse({ type: RoomDto, description: 'The room, which is not a request.' })
  @ApiProblems(noSession(), noSuchRoom())
  accept(@Param('room_id', RoomIdPipe) roomId: RoomId, @CurrentUser() userId: UserId): Promise<Room> {
    return this.privacy.accept(userId, roomId);
  }

  @Post('rooms/:room_id/decline')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'declineRequest',
    summary: 'Decline a request',
    description:
      'The room leaves my list, and nothing of it reaches me until I open it again. The other user sees no difference.',
  })
  @ApiParam(ROOM)
  @ApiNoContentResponse({ description: 'The request is declined.' })
  @ApiProblems(noSession(), noSuchRoom(), notARequest())
  async decline(@Param('room_id', RoomIdPipe) roomId: RoomId, @CurrentUser() userId: UserId): Promise<void> {
    await this.privacy.decline(userId, roomId);
  }

  @Post('rooms/:room_id/report')
  @RouteConfig(CREATION)
  @HttpCode(204)
  @ApiOperation({
    operationId: 'reportRoom',
    summary: 'Report a chat',
    description:
      'Stores a report for the people who run this server, who may then read the reported messages: those that are named, or else the newest 50. The other user sees no difference.',
  })
  @ApiParam(ROOM)
  @ApiConstraints(CATEGORY_OR_REASON)
  @ApiNoContentResponse({ description: 'The report is stored.' })
  @ApiBodyProblems(
    fieldError('reason', 'must have 1 to 1000 characters, one of them visible'),
    noSession(),
    noSuchRoom(),
  )
  async report(
    @Param('room_id', RoomIdPipe) roomId: RoomId,
    @Body(Valid) body: ReportRoomDto,
    @CurrentUser() userId: UserId,
  ): Promise<void> {
    await this.privacy.report(userId, roomId, body);
  }
}
