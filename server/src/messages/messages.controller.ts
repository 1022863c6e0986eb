import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { MarkedAsRead, Message, MessagePage, MessageId, RoomId, UserId } from '@parley/shared';
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import { CurrentUser, CurrentUserOrMember, CurrentUserOrReceiver } from '../auth/current-user.js';
import { MessageIdPipe, RoomIdPipe } from '../auth/id.pipes.js';
import { ChatError, fieldError, noSuchMessage, noSuchRoom } from '../errors/chat-error.js';
import { urlOf } from '../http/url.js';
import {
  ApiConstraints,
  ONE_USER,
  ONE_WAY,
  OWN_UPLOADS,
  REPLY_IN_ROOM,
  SAME_USER,
} from '../http/api-constraints.js';
import { ApiBodyProblems, ApiProblems } from '../http/api-problems.js';
import { ACTIVE_USER, ID } from '../http/fields.js';
import { setRateLimit } from '../http/rate-limit.js';
import { Valid, ValidBase } from '../http/valid.pipe.js';
import {
  CreateMessageDto,
  HistoryQuery,
  MarkedAsReadDto,
  MarkReadDto,
  MessageDto,
  MessagePageDto,
} from './message.dto.js';
import { isBlocked, notAttachable } from './message-log.js';
import { MessagesService } from './messages.service.js';
import { noSuchPage, PagesService, tooManyChanges } from './pages.service.js';
import { ReceiptsService } from './receipts.service.js';
import { SendLimit } from './send-limit.js';

const WITH_TEXT: FastifyContextConfig = { carriesText: true, limit: 'own' };

@ApiTags('Messages')
@Controller('api')
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly pages: PagesService,
    private readonly receipts: ReceiptsService,
    private readonly limit: SendLimit,
  ) {}

  @Get('rooms/:room_id/messages')
  @ApiOperation({
    operationId: 'listMessages',
    summary: 'List the messages of a room',
    description:
      'Newest first. By pages (`page`), from a place (`before`, `after`), around one (`around`), or what a client ' +
      'lacks (`changed_since`). `next` and `previous` lead on.',
  })
  @ApiParam({ ...ID, name: 'room_id', example: 1, description: 'Id of the room.' })
  @ApiQuery({ ...ACTIVE_USER, required: false })
  @ApiConstraints(ONE_WAY)
  @ApiOkResponse({ type: MessagePageDto, description: 'A page of the history.' })
  @ApiProblems(
    fieldError('before', 'cannot be combined with page'),
    noSuchRoom(),
    noSuchPage(),
    tooManyChanges(),
  )
  page(
    @Param('room_id', RoomIdPipe) roomId: RoomId,
    @Query(ValidBase) query: HistoryQuery,
    @CurrentUserOrMember() currentUserId: UserId,
    @Req() request: FastifyRequest,
  ): Promise<MessagePage> {
    return this.pages.page(currentUserId, roomId, query, urlOf(request));
  }

  @Post('rooms/:room_id/messages')
  @RouteConfig(WITH_TEXT)
  @HttpCode(201)
  @ApiOperation({
    operationId: 'sendMessage',
    summary: 'Send a message',
    description:
      'Both users get it on their sockets. With a `client_id` it may be sent again until it is answered: it is ' +
      'stored once.',
  })
  @ApiParam({ ...ID, name: 'room_id', example: 1, description: 'Id of the room.' })
  @ApiQuery({ ...ACTIVE_USER, required: false })
  @ApiConstraints(ONE_USER, SAME_USER, REPLY_IN_ROOM, OWN_UPLOADS)
  @ApiCreatedResponse({ type: MessageDto, description: 'The message, as it is stored.' })
  @ApiOkResponse({ type: MessageDto, description: 'The message that this `client_id` has made before.' })
  @ApiBodyProblems(
    fieldError('text', 'must not be empty'),
    fieldError('text', 'must have at most 4000 characters', 'too_long'),
    fieldError('reply_to', 'names no message of this room'),
    notAttachable(),
    noSuchRoom(),
    isBlocked(),
    fieldError('client_id', 'was used for another message already', 'conflict'),
    new ChatError('rate_limited', 'You are sending faster than is allowed.'),
  )
  async send(
    @Param('room_id', RoomIdPipe) roomId: RoomId,
    @Body(Valid) body: CreateMessageDto,
    @CurrentUser() senderId: UserId,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Message> {
    const { message, repeated } = await this.messages.send({
      roomId,
      senderId,
      text: body.text,
      clientId: body.client_id ?? undefined,
      replyTo: (body.reply_to ?? undefined) as MessageId | undefined,
      attachments: body.attachments ?? undefined,
    });
    const quota = this.limit.quota(senderId);
    if (quota) setRateLimit(reply, quota);
    if (repeated) reply.status(200);
    return message;
  }

  @Post('messages/:message_id/read')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'markMessageRead',
    summary: 'Mark everything up to a message as read',
    description: 'Who has read it need not be named: it is the receiver.',
  })
  @ApiParam({ ...ID, name: 'message_id', example: 1, description: 'Id of the message.' })
  @ApiQuery({ ...ACTIVE_USER, required: false })
  @ApiBody({ type: MarkReadDto, required: false })
  @ApiConstraints(SAME_USER)
  @ApiOkResponse({ type: MarkedAsReadDto, description: 'It is read.' })
  @ApiBodyProblems(fieldError('active_user_id', 'must be a positive integer'), noSuchMessage())
  async read(
    @Param('message_id', MessageIdPipe) messageId: MessageId,
    @CurrentUserOrReceiver() currentUserId: UserId,
  ): Promise<MarkedAsRead> {
    const message = await this.messages.locate(messageId, currentUserId);
    await this.receipts.update({
      roomId: message.room_id,
      userId: currentUserId,
      kind: 'read',
      seq: message.seq,
    });
    return { status: 'marked as read' };
  }
}
