import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { AVATAR_SIZES, type User, type UserId } from '@parley/shared';
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import { noSuchUpload } from '../attachments/attachments.service.js';
import { CurrentUser } from '../auth/current-user.js';
import { parseId } from '../auth/id.js';
import { fieldError } from '../errors/chat-error.js';
import { ApiConstraints, ONE_USER, OWN_IMAGE, SAME_USER } from '../http/api-constraints.js';
import { ApiBodyProblems, ApiProblems } from '../http/api-problems.js';
import { ACTIVE_USER, ID } from '../http/fields.js';
import { Valid, ValidBase } from '../http/valid.pipe.js';
import { UserDto } from '../users/user.dto.js';
import { AvatarsService, imageTooLarge, noImage, noSuchAvatar } from './avatars.service.js';
import { AvatarQuery, SetAvatarDto } from './profiles.dto.js';

/** Every change is sent to the members of all chats of the user. */
const CHANGE: FastifyContextConfig = { limit: 'creations' };
const A_FILE: FastifyContextConfig = { sendsFile: true };
/** In seconds. A URL never changes its content. */
const A_YEAR = 31_536_000;

/** The pictures of users. */
@ApiTags('Users')
@Controller('api')
export class AvatarsController {
  constructor(private readonly avatars: AvatarsService) {}

  @Put('me/avatar')
  @RouteConfig(CHANGE)
  @HttpCode(200)
  @ApiOperation({
    operationId: 'setAvatar',
    summary: 'Set my picture',
    description:
      'Upload an image first (`POST /api/uploads/`), and name it here: it becomes the picture, cut to a square around its middle, in two sizes, and without anything but its pixels. My devices get a `profile` frame, the other members of my rooms a `room` frame.',
  })
  @ApiQuery({ ...ACTIVE_USER, required: false })
  @ApiConstraints(ONE_USER, SAME_USER, OWN_IMAGE)
  @ApiOkResponse({ type: UserDto, description: 'The user, with the picture.' })
  @ApiBodyProblems(noImage(), imageTooLarge(), noSuchUpload())
  set(@Body(Valid) { upload }: SetAvatarDto, @CurrentUser() userId: UserId): Promise<User> {
    return this.avatars.set(userId, upload);
  }

  @Delete('me/avatar')
  @RouteConfig(CHANGE)
  @HttpCode(204)
  @ApiOperation({
    operationId: 'removeAvatar',
    summary: 'Remove my picture',
    description: 'Its files are removed within minutes; its URL is gone at once. May be repeated.',
  })
  @ApiQuery({ ...ACTIVE_USER, example: 1 })
  @ApiNoContentResponse({ description: 'There is no picture.' })
  @ApiProblems(fieldError('active_user', 'must be a positive integer'))
  remove(@CurrentUser() userId: UserId): Promise<void> {
    return this.avatars.remove(userId);
  }

  @Get('users/:user_id/avatar/:avatar')
  @RouteConfig(A_FILE)
  @ApiOperation({
    operationId: 'getAvatar',
    summary: 'Get the picture of a user',
    description:
      'As WebP, by the path in `avatar` of the user, for everybody who may see the user’s name. Another picture has another path, so an answer may be kept for ever.',
  })
  @ApiParam({ ...ID, name: 'user_id', example: 1, description: 'Id of the user.' })
  @ApiParam({
    name: 'avatar',
    type: 'string',
    example: '0b6e1f3c-9d2a-4c57-8f11-7a3d5e9b2c40',
    description: 'As in `avatar` of the user.',
  })
  @ApiQuery({ ...ACTIVE_USER, example: 1 })
  @ApiProduces('image/webp')
  @ApiOkResponse({ description: 'The picture.', schema: { type: 'string', format: 'binary' } })
  @ApiProblems(fieldError('size', 'must be one of 256, 128'), noSuchAvatar())
  async get(
    @Param('user_id') rawId: string,
    @Param('avatar') avatar: string,
    @Query(ValidBase) { size = AVATAR_SIZES[0] }: AvatarQuery,
    @CurrentUser() _userId: UserId,
    @Req() { method }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const id = parseId(rawId);
    if (id === null) throw noSuchAvatar();
    const content = await this.avatars.read(id as UserId, avatar, size);
    void reply.headers({
      'Content-Type': 'image/webp',
      'Content-Disposition': 'inline; filename="avatar.webp"',
      'Cache-Control': `private, max-age=${A_YEAR}, immutable`,
    });
    if (method === 'HEAD') content.destroy();
    await reply.send(method === 'HEAD' ? null : content);
  }
}
