import { Body, Controller, Get, HttpCode, Param, Patch } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { RoomId, RoomSettings, UserId } from '@parley/shared';
import { CurrentUser } from '../auth/current-user.js';
import { RoomIdPipe } from '../auth/id.pipes.js';
import { fieldError, noSuchRoom } from '../errors/chat-error.js';
import { ApiConstraints, ONE_USER, SAME_USER } from '../http/api-constraints.js';
import { ApiBodyProblems, ApiProblems } from '../http/api-problems.js';
import { ACTIVE_USER, ID } from '../http/fields.js';
import { Valid } from '../http/valid.pipe.js';
import { tooManyPinned } from '../inbox/room-listings.js';
import { ChangeRoomSettingsDto, RoomSettingsDto } from './room-settings.dto.js';
import { RoomSettingsService } from './room-settings.service.js';

const ROOM = { ...ID, name: 'room_id', example: 1, description: 'Id of the room.' } as const;

/** How the current user keeps a chat, in both modes. */
@ApiTags('Rooms')
@Controller('api/rooms/:room_id/settings')
export class RoomSettingsController {
  constructor(private readonly settings: RoomSettingsService) {}

  @Get()
  @ApiOperation({
    operationId: 'getRoomSettings',
    summary: 'Get my settings of a chat',
    description: 'Private to the current user.',
  })
  @ApiParam(ROOM)
  @ApiQuery({ ...ACTIVE_USER, example: 1 })
  @ApiOkResponse({ type: RoomSettingsDto, description: 'The settings.' })
  @ApiProblems(fieldError('active_user', 'must be a positive integer'), noSuchRoom())
  get(@Param('room_id', RoomIdPipe) roomId: RoomId, @CurrentUser() userId: UserId): Promise<RoomSettings> {
    return this.settings.get(userId, roomId);
  }

  @Patch()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'changeRoomSettings',
    summary: 'Change my settings of a chat',
    description:
      'Private to the current user, whose sockets get them as `settings`. A chat that is archived is not pinned any more, and one ' +
      'that is pinned not archived, unless the same call says so.',
  })
  @ApiParam(ROOM)
  @ApiQuery({ ...ACTIVE_USER, required: false })
  @ApiBody({ type: ChangeRoomSettingsDto, required: false })
  @ApiConstraints(ONE_USER, SAME_USER)
  @ApiOkResponse({ type: RoomSettingsDto, description: 'The settings after the change.' })
  @ApiBodyProblems(fieldError('pinned', 'must be a boolean value'), noSuchRoom(), tooManyPinned())
  change(
    @Param('room_id', RoomIdPipe) roomId: RoomId,
    @Body(Valid) body: ChangeRoomSettingsDto,
    @CurrentUser() userId: UserId,
  ): Promise<RoomSettings> {
    return this.settings.change(userId, roomId, body);
  }
}
