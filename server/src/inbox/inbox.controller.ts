import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { MAX_ROOMS, type Room, type RoomId, type UserId } from '@parley/shared';
import type { FastifyContextConfig, FastifyReply } from 'fastify';
import { CurrentUser } from '../auth/current-user.js';
import { RoomIdPipe } from '../auth/id.pipes.js';
import { noUserNamed } from '../auth/legacy-clients.js';
import { fieldError, noSuchRoom, noSuchUser } from '../errors/chat-error.js';
import { ANOTHER_USER, ApiConstraints } from '../http/api-constraints.js';
import { ApiBodyProblems, ApiProblems } from '../http/api-problems.js';
import { ACTIVE_USER, ID } from '../http/fields.js';
import { ValidBase } from '../http/valid.pipe.js';
import { RoomBodyPipe } from './room-body.pipe.js';
import { CreateRoomDto, RoomDto, RoomsQuery } from './room.dto.js';
import { InboxService } from './inbox.service.js';

const CREATION: FastifyContextConfig = { limit: 'creations' };

@ApiTags('Rooms')
@Controller('api/rooms')
export class InboxController {
  constructor(private readonly rooms: InboxService) {}

  @Get()
  @ApiOperation({
    operationId: 'listRooms',
    summary: 'List my rooms',
    description: 'The most recently active first, each as the current user sees it.',
  })
  @ApiQuery({ ...ACTIVE_USER, example: 1 })
  @ApiOkResponse({ type: [RoomDto], description: 'The rooms, at most `limit`.' })
  @ApiProblems(noUserNamed('active_user'), noSuchUser(), noSuchRoom())
  list(@CurrentUser() currentUserId: UserId, @Query(ValidBase) query: RoomsQuery): Promise<Room[]> {
    return this.rooms.list(currentUserId, query.limit ?? MAX_ROOMS, (query.before ?? null) as RoomId | null);
  }

  @Post('create')
  @RouteConfig(CREATION)
  @HttpCode(200)
  @ApiOperation({
    operationId: 'createRoom',
    summary: 'Open the room of two users',
    description:
      'A pair has one room: it is created when there is none, and the same one is returned for ever after.',
  })
  @ApiConstraints(ANOTHER_USER)
  @ApiCreatedResponse({ type: RoomDto, description: 'A new room.' })
  @ApiOkResponse({ type: RoomDto, description: 'The pair has one: the same room.' })
  @ApiBodyProblems(
    fieldError('user_id', 'must be another user than yourself'),
    fieldError('user_id', 'must be an integer number'),
    noSuchUser(),
  )
  async create(
    @Body(RoomBodyPipe) body: CreateRoomDto,
    @CurrentUser() currentUserId: UserId,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Room> {
    const { room, created } = await this.rooms.createOrGet(currentUserId, body.user_id as UserId);
    if (created) reply.status(201).header('Location', `/api/rooms/${room.id}/`);
    return room;
  }

  @Get(':room_id')
  @ApiOperation({
    operationId: 'getRoom',
    summary: 'Get a room',
    description:
      'As the current user sees it. A room of other users is answered like one that does not exist.',
  })
  @ApiParam({ ...ID, name: 'room_id', example: 1, description: 'Id of the room.' })
  @ApiQuery({ ...ACTIVE_USER, example: 1 })
  @ApiOkResponse({ type: RoomDto, description: 'The room.' })
  @ApiProblems(fieldError('active_user', 'must be a positive integer'), noSuchRoom())
  get(@Param('room_id', RoomIdPipe) roomId: RoomId, @CurrentUser() currentUserId: UserId): Promise<Room> {
    return this.rooms.get(roomId, currentUserId);
  }
}
