import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { MarkedAsRead, Message, MessagePage } from '@parley/shared';
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import { Caller, CallerIfNamed } from '../auth/caller.js';
import { MessageIdPipe, RoomIdPipe } from '../auth/id.pipes.js';
import { MembershipService } from '../auth/membership.service.js';
import { addressOf } from '../http/address.js';
import { ApiBodyProblems, ApiProblems } from '../http/api-problems.js';
import { setRateLimit } from '../http/rate-limit.js';
import { Valid, ValidBase } from '../http/valid.pipe.js';
import {
  CreateMessageDto,
  HistoryQuery,
  MarkedAsReadDto,
  MessageDto,
  MessagePageDto,
} from './message.dto.js';
import { MessagesService } from './messages.service.js';
import { PagesService } from './pages.service.js';
import { ReceiptsService } from './receipts.service.js';
import { SendLimit } from './send-limit.js';

const WITH_TEXT: FastifyContextConfig = { carriesText: true, limit: 'own' };

@ApiTags('Messages')
@Controller('api')
export class MessagesController {
  constructor(
    private readonly membership: MembershipService,
    private readonly messages: MessagesService,
    private readonly pages: PagesService,
    private readonly receipts: ReceiptsService,
    private readonly limit: SendLimit,
  ) {}

  @Get('rooms/:room_id/messages')
  @ApiOperation({ summary: 'History, newest first, 20 a page' })
  @ApiParam({ name: 'room_id', type: 'integer', example: 1 })
  @ApiQuery({ name: 'active_user', type: 'integer', required: false, description: 'Who asks.', example: 1 })
  @ApiOkResponse({ type: MessagePageDto })
  @ApiProblems(400, 404, 410)
  async page(
    @Param('room_id', RoomIdPipe) roomId: number,
    @Query(ValidBase) query: HistoryQuery,
    @CallerIfNamed() caller: number | null,
    @Req() request: FastifyRequest,
  ): Promise<MessagePage> {
    if (caller !== null) await this.membership.require(roomId, caller);
    return this.pages.page(roomId, query, addressOf(request));
  }

  @Post('rooms/:room_id/messages')
  @RouteConfig(WITH_TEXT)
  @HttpCode(201)
  @ApiOperation({ summary: 'Send a message' })
  @ApiParam({ name: 'room_id', type: 'integer', example: 1 })
  @ApiQuery({
    name: 'active_user',
    type: 'integer',
    required: false,
    description: 'Who sends it.',
    example: 1,
  })
  @ApiCreatedResponse({ type: MessageDto, description: 'It is stored.' })
  @ApiOkResponse({ type: MessageDto, description: 'The same client_id came before: the very same message.' })
  @ApiBodyProblems(400, 404, 409, 429)
  async send(
    @Param('room_id', RoomIdPipe) roomId: number,
    @Body(Valid) body: CreateMessageDto,
    @Caller() senderId: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Message> {
    const { message, repeated } = await this.messages.send({
      roomId,
      senderId,
      text: body.text,
      clientId: body.client_id,
      replyTo: body.reply_to,
    });
    const quota = this.limit.quota(senderId);
    if (quota) setRateLimit(reply, quota);
    if (repeated) reply.status(200);
    return message;
  }

  @Post('messages/:message_id/read')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Everything up to this message is read',
    description: 'By whom is clear: its receiver.',
  })
  @ApiParam({ name: 'message_id', type: 'integer', example: 1 })
  @ApiOkResponse({ type: MarkedAsReadDto })
  @ApiBodyProblems(400, 404)
  async read(
    @Param('message_id', MessageIdPipe) messageId: number,
    @CallerIfNamed() caller: number | null,
  ): Promise<MarkedAsRead> {
    const message = await this.messages.locate(messageId, caller);
    const userId = caller ?? message.receiver_id;
    await this.receipts.mark({ roomId: message.room_id, userId, kind: 'read', seq: message.seq });
    return { status: 'marked as read' };
  }
}
