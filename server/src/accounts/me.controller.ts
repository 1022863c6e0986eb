import { Body, Controller, Delete, HttpCode, Patch, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { User } from '@parley/shared';
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import { CurrentSession } from '../auth/current-user.js';
import { SessionOnly } from '../auth/scopes.js';
import { sessionCookie } from '../auth/session-token.js';
import { noSession } from '../auth/session.strategy.js';
import type { Session } from '../auth/sessions.service.js';
import { fieldError } from '../errors/chat-error.js';
import { ApiBodyProblems } from '../http/api-problems.js';
import { Valid } from '../http/valid.pipe.js';
import { UserDto } from '../users/user.dto.js';
import { AccountsService, wrongPassword } from './accounts.service.js';
import { AccountDeletions } from './deletion/account-deletions.js';
import { DeleteMeDto, UpdateMeDto } from './me.dto.js';
import { ProfileService } from './profile.service.js';

/** Every change is sent to the members of all chats of the user. */
const CHANGE: FastifyContextConfig = { limit: 'creations' };

/** The current user: profile and account. */
@ApiTags('Accounts')
@Controller('api/me')
export class MeController {
  constructor(
    private readonly profile: ProfileService,
    private readonly accounts: AccountsService,
    private readonly deletions: AccountDeletions,
  ) {}

  @Patch()
  @RouteConfig(CHANGE)
  @ApiOperation({
    operationId: 'updateMe',
    summary: 'Change my profile',
    description: 'A field that is absent stays as it is. The other members of my rooms get a `room` frame.',
  })
  @ApiBody({ type: UpdateMeDto, required: false })
  @ApiOkResponse({ type: UserDto, description: 'The user, as changed.' })
  @ApiBodyProblems(
    fieldError(
      'display_name',
      'must have 1 to 64 characters, one of them visible, and no control characters',
    ),
    noSession(),
  )
  update(@Body(Valid) body: UpdateMeDto, @CurrentSession() { userId }: Session): Promise<User> {
    return this.profile.update(userId, body);
  }

  @Delete()
  @SessionOnly()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteMe',
    summary: 'Delete my account',
    description:
      'At once: the names, the password and all sessions are gone, and the rooms take no message any more. ' +
      'With `messages: "remove"` the texts of the messages go as well, within seconds to minutes.',
  })
  @ApiNoContentResponse({ description: 'The account is deleted.' })
  @ApiBodyProblems(
    fieldError('password', 'must have 1 to 128 characters'),
    noSession(),
    wrongPassword('password'),
  )
  async delete(
    @Body(Valid) body: DeleteMeDto,
    @CurrentSession() session: Session,
    @Req() { protocol }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.accounts.prove(session, body.password);
    await this.deletions.delete(session, body.messages === 'remove');
    void reply.header('Set-Cookie', sessionCookie(null, protocol === 'https', 0));
  }
}
