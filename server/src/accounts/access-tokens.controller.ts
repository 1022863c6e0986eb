import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { AccessTokenInfo, CreatedAccessToken, SessionId } from '@parley/shared';
import { CurrentSession } from '../auth/current-user.js';
import { AccessTokenIdPipe, noSuchAccessToken } from '../auth/id.pipes.js';
import { noSession } from '../auth/session.strategy.js';
import type { Session } from '../auth/sessions.service.js';
import { fieldError } from '../errors/chat-error.js';
import { ApiConstraints, IN_THE_FUTURE } from '../http/api-constraints.js';
import { ApiBodyProblems, ApiProblems } from '../http/api-problems.js';
import { ID } from '../http/fields.js';
import { Valid } from '../http/valid.pipe.js';
import { AccessTokenInfoDto, CreateAccessTokenDto, CreatedAccessTokenDto } from './access-tokens.dto.js';
import { AccessTokensService, expiryInThePast, tooManyTokens } from './access-tokens.service.js';

/** Personal access tokens: how programs prove their user. Only a session manages them. */
@ApiTags('Accounts')
@Controller('api/auth/tokens')
export class AccessTokensController {
  constructor(private readonly tokens: AccessTokensService) {}

  @Get()
  @ApiOperation({
    operationId: 'listAccessTokens',
    summary: 'List my access tokens',
    description: 'The newest first, with those that have expired in the last 30 days.',
  })
  @ApiOkResponse({
    type: [AccessTokenInfoDto],
    description: 'The access tokens, without the tokens themselves.',
  })
  @ApiProblems(noSession())
  list(@CurrentSession() { userId }: Session): Promise<AccessTokenInfo[]> {
    return this.tokens.list(userId);
  }

  @Post()
  @ApiOperation({
    operationId: 'createAccessToken',
    summary: 'Create an access token',
    description:
      'For a program, which sends it as `Authorization: Bearer`. It reads everything of its user, and with `write` it also ' +
      'sends and changes. No access token manages tokens, sessions, passwords or the account.',
  })
  @ApiConstraints(IN_THE_FUTURE)
  @ApiCreatedResponse({ type: CreatedAccessTokenDto, description: 'The token, which is sent this once.' })
  @ApiBodyProblems(fieldError('scopes', 'must have read'), expiryInThePast(), noSession(), tooManyTokens())
  create(
    @Body(Valid) body: CreateAccessTokenDto,
    @CurrentSession() session: Session,
  ): Promise<CreatedAccessToken> {
    return this.tokens.create(session, body);
  }

  @Delete(':token_id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteAccessToken',
    summary: 'Delete one of my access tokens',
    description: 'It proves nothing any more, and its sockets are closed with 4401, on every server.',
  })
  @ApiParam({ ...ID, name: 'token_id', example: 7, description: 'Id of the access token.' })
  @ApiNoContentResponse({ description: 'The access token is deleted.' })
  @ApiProblems(noSession(), noSuchAccessToken())
  async delete(
    @Param('token_id', AccessTokenIdPipe) tokenId: SessionId,
    @CurrentSession() { userId }: Session,
  ): Promise<void> {
    if (!(await this.tokens.delete(userId, tokenId))) throw noSuchAccessToken();
  }
}
