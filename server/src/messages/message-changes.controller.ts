import {
  applyDecorators,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Put,
  Res,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
  type ApiOperationOptions,
} from '@nestjs/swagger';
import type { Message, MessageEdit, MessageId, UserId } from '@parley/shared';
import type { FastifyContextConfig, FastifyReply } from 'fastify';
import { CurrentUser } from '../auth/current-user.js';
import { MessageIdPipe } from '../auth/id.pipes.js';
import { ChatError, fieldError, noSuchMessage, roomClosed } from '../errors/chat-error.js';
import { ApiConstraints, ONE_USER, SAME_USER } from '../http/api-constraints.js';
import { ApiBodyProblems, ApiProblems } from '../http/api-problems.js';
import { ACTIVE_USER, ID } from '../http/fields.js';
import { setRateLimit } from '../http/rate-limit.js';
import { Valid } from '../http/valid.pipe.js';
import { EmojiPipe, noSuchEmoji } from './emoji.js';
import {
  isDeleted,
  notTheAuthor,
  requestNotAccepted,
  tooManyEdits,
  tooManyReactions,
  windowOver,
  type MessageChange,
} from './message-change-log.js';
import { EditMessageDto, MessageDto, MessageEditDto } from './message.dto.js';
import { isBlocked } from './message-log.js';
import { MessageChangesService, type ChangedMessage } from './message-changes.service.js';
import { SendLimit } from './send-limit.js';

const OWN_LIMIT: FastifyContextConfig = { limit: 'own' };
const WITH_TEXT: FastifyContextConfig = { ...OWN_LIMIT, carriesText: true };

const MESSAGE = { ...ID, name: 'message_id', example: 1, description: 'Id of the message.' } as const;
const EMOJI = {
  name: 'emoji',
  schema: { type: 'string', minLength: 1, example: '👍' },
  description: 'One fully qualified emoji (Unicode `RGI_Emoji`).',
} as const;

function tooFast(): ChatError {
  return new ChatError('rate_limited', 'You are sending faster than is allowed.');
}

/** What the two routes of a reaction have in common. `problems`: what only this one answers. */
function ReactionRoute(operation: ApiOperationOptions, done: string, ...problems: ChatError[]) {
  return applyDecorators(
    RouteConfig(OWN_LIMIT),
    HttpCode(204),
    ApiOperation(operation),
    ApiParam(MESSAGE),
    ApiParam(EMOJI),
    ApiQuery({ ...ACTIVE_USER, example: 1 }),
    ApiNoContentResponse({ description: done }),
    ApiProblems(
      fieldError('active_user', 'must be a positive integer'),
      roomClosed(),
      isBlocked(),
      requestNotAccepted(),
      noSuchMessage(),
      noSuchEmoji(),
      isDeleted(),
      tooFast(),
      ...problems,
    ),
  );
}

@ApiTags('Messages')
@Controller('api/messages/:message_id')
export class MessageChangesController {
  constructor(
    private readonly changes: MessageChangesService,
    private readonly limit: SendLimit,
  ) {}

  @Patch()
  @RouteConfig(WITH_TEXT)
  @ApiOperation({
    operationId: 'editMessage',
    summary: 'Edit a message',
    description:
      'Only its sender can, within `edit_window_seconds` of `GET /api/auth/`. The same text again changes nothing.',
  })
  @ApiParam(MESSAGE)
  @ApiQuery({ ...ACTIVE_USER, required: false })
  @ApiConstraints(ONE_USER, SAME_USER)
  @ApiOkResponse({ type: MessageDto, description: 'The message with the new text.' })
  @ApiBodyProblems(
    fieldError('text', 'must not be empty'),
    fieldError('text', 'must have at most 4000 characters', 'too_long'),
    notTheAuthor(),
    windowOver(),
    roomClosed(),
    isBlocked(),
    noSuchMessage(),
    isDeleted(),
    tooManyEdits(),
    tooFast(),
  )
  async edit(
    @Param('message_id', MessageIdPipe) messageId: MessageId,
    @Body(Valid) { text }: EditMessageDto,
    @CurrentUser() userId: UserId,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Message> {
    const { message } = await this.#apply(messageId, userId, { kind: 'edit', text }, reply);
    return message;
  }

  @Get('edits')
  @ApiOperation({
    operationId: 'listEdits',
    summary: 'List the edits of a message',
    description: 'What it said before each edit, oldest first. None once it is deleted.',
  })
  @ApiParam(MESSAGE)
  @ApiQuery({ ...ACTIVE_USER, example: 1 })
  @ApiOkResponse({ type: [MessageEditDto], description: 'The edits.' })
  @ApiProblems(fieldError('active_user', 'must be a positive integer'), noSuchMessage())
  edits(
    @Param('message_id', MessageIdPipe) messageId: MessageId,
    @CurrentUser() userId: UserId,
  ): Promise<MessageEdit[]> {
    return this.changes.edits(messageId, userId);
  }

  @Delete()
  @RouteConfig(OWN_LIMIT)
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteMessage',
    summary: 'Delete a message for both',
    description:
      'Only its sender can, within `delete_window_seconds` of `GET /api/auth/`. It keeps its place, without text, edits and reactions.',
  })
  @ApiParam(MESSAGE)
  @ApiQuery({ ...ACTIVE_USER, example: 1 })
  @ApiNoContentResponse({ description: 'It is deleted.' })
  @ApiProblems(
    fieldError('active_user', 'must be a positive integer'),
    notTheAuthor(),
    windowOver(),
    isBlocked(),
    noSuchMessage(),
    tooFast(),
  )
  async delete(
    @Param('message_id', MessageIdPipe) messageId: MessageId,
    @CurrentUser() userId: UserId,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.#apply(messageId, userId, { kind: 'delete' }, reply);
  }

  @Put('reactions/:emoji')
  @ReactionRoute(
    {
      operationId: 'addReaction',
      summary: 'React to a message',
      description: 'A user reacts once with each emoji; a message has up to 20 different ones.',
    },
    'The user reacts with it.',
    tooManyReactions(),
  )
  async react(
    @Param('message_id', MessageIdPipe) messageId: MessageId,
    @Param('emoji', EmojiPipe) emoji: string,
    @CurrentUser() userId: UserId,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.#apply(messageId, userId, { kind: 'react', emoji, on: true }, reply);
  }

  @Delete('reactions/:emoji')
  @ReactionRoute(
    {
      operationId: 'removeReaction',
      summary: 'Remove a reaction',
      description: 'Of the current user. One that is not there is no error.',
    },
    'The user does not react with it any more.',
  )
  async removeReaction(
    @Param('message_id', MessageIdPipe) messageId: MessageId,
    @Param('emoji', EmojiPipe) emoji: string,
    @CurrentUser() userId: UserId,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.#apply(messageId, userId, { kind: 'react', emoji, on: false }, reply);
  }

  async #apply(
    messageId: MessageId,
    userId: UserId,
    change: MessageChange,
    reply: FastifyReply,
  ): Promise<ChangedMessage> {
    const changed = await this.changes.apply(messageId, userId, change);
    const quota = this.limit.quota(userId);
    if (quota) setRateLimit(reply, quota);
    return changed;
  }
}
