import { Body, Controller, HttpCode, Param, Put } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Room, RoomId, UserId } from '@parley/shared';
import type { FastifyContextConfig } from 'fastify';
import { CurrentUser } from '../auth/current-user.js';
import { RoomIdPipe } from '../auth/id.pipes.js';
import { fieldError, noSuchRoom } from '../errors/chat-error.js';
import { ApiConstraints, ONE_USER, SAME_USER } from '../http/api-constraints.js';
import { ApiBodyProblems } from '../http/api-problems.js';
import { ACTIVE_USER, ID } from '../http/fields.js';
import { Valid } from '../http/valid.pipe.js';
import { RoomDto } from '../inbox/room.dto.js';
import { isBlocked } from '../messages/message-log.js';
import { SetTimerDto } from './timer.dto.js';
import { notAccepted, TimerService } from './timer.service.js';

/** Each change goes to both members. */
const CREATION: FastifyContextConfig = { limit: 'creations' };

@ApiTags('Rooms')
@Controller('api/rooms')
export class TimerController {
  constructor(private readonly timers: TimerService) {}

  @Put(':room_id/timer')
  @RouteConfig(CREATION)
  @HttpCode(200)
  @ApiOperation({
    operationId: 'setTimer',
    summary: 'Set after which time new messages disappear',
    description:
      'For both members, who both see who has set it. Messages that are stored keep the time that they have. Whatever is set, ' +
      'the server removes messages after its own `RETENTION_DAYS`, if it has that.',
  })
  @ApiParam({ ...ID, name: 'room_id', example: 1, description: 'Id of the room.' })
  @ApiQuery({ ...ACTIVE_USER, required: false })
  @ApiConstraints(ONE_USER, SAME_USER)
  @ApiOkResponse({ type: RoomDto, description: 'The room, with the timer.' })
  @ApiBodyProblems(fieldError('seconds', 'must not be less than 5'), noSuchRoom(), isBlocked(), notAccepted())
  set(
    @Param('room_id', RoomIdPipe) roomId: RoomId,
    @Body(Valid) { seconds }: SetTimerDto,
    @CurrentUser() userId: UserId,
  ): Promise<Room> {
    return this.timers.set(userId, roomId, seconds);
  }
}
