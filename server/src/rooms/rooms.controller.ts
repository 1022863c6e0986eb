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
import { MAX_ROOMS, type Room } from '@parley/shared';
import type { FastifyContextConfig, FastifyReply } from 'fastify';
import { Caller } from '../auth/caller.js';
import { RoomIdPipe } from '../auth/id.pipes.js';
import { ApiBodyProblems, ApiProblems } from '../http/api-problems.js';
import { ValidBase } from '../http/valid.pipe.js';
import { CreateRoomDto, RoomDto, RoomsQuery } from './room.dto.js';
import { RoomsService } from './rooms.service.js';

const CREATION: FastifyContextConfig = { limit: 'creations' };

@ApiTags('Rooms')
@Controller('api/rooms')
export class RoomsController {
  constructor(private readonly rooms: RoomsService) {}

  @Get()
  @ApiOperation({ summary: 'My rooms, the most recently active first' })
  @ApiQuery({ name: 'active_user', type: 'integer', description: 'Who asks.', example: 1 })
  @ApiOkResponse({ type: [RoomDto] })
  @ApiProblems(400, 404)
  list(@Caller() caller: number, @Query(ValidBase) query: RoomsQuery): Promise<Room[]> {
    return this.rooms.list(caller, query.limit ?? MAX_ROOMS, query.before ?? null);
  }

  @Post('create')
  @RouteConfig(CREATION)
  @HttpCode(200)
  @ApiOperation({ summary: 'The private room of two users, created if need be' })
  @ApiCreatedResponse({ type: RoomDto, description: 'A new room.' })
  @ApiOkResponse({ type: RoomDto, description: 'The pair has one: the same room.' })
  @ApiBodyProblems(400, 404)
  async create(
    @Body(ValidBase) body: CreateRoomDto,
    @Caller() caller: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Room> {
    const { room, created } = await this.rooms.createOrGet(caller, body.user_id);
    if (created) reply.status(201).header('Location', `/api/rooms/${room.id}/`);
    return room;
  }

  @Get(':room_id')
  @ApiOperation({ summary: 'One room' })
  @ApiParam({ name: 'room_id', type: 'integer', example: 1 })
  @ApiQuery({ name: 'active_user', type: 'integer', description: 'Who asks.', example: 1 })
  @ApiOkResponse({ type: RoomDto })
  @ApiProblems(400, 404)
  get(@Param('room_id', RoomIdPipe) roomId: number, @Caller() caller: number): Promise<Room> {
    return this.rooms.get(roomId, caller);
  }
}
