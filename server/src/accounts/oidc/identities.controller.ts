import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Identity, LinkStarted } from '@parley/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentSession } from '../../auth/current-user.js';
import { IdentityIdPipe, noSuchIdentity } from '../../auth/id.pipes.js';
import { noSession } from '../../auth/session.strategy.js';
import { proofRequired, type Session } from '../../auth/sessions.service.js';
import { fieldError } from '../../errors/chat-error.js';
import { ApiBodyProblems, ApiProblems } from '../../http/api-problems.js';
import { ID } from '../../http/fields.js';
import { Valid } from '../../http/valid.pipe.js';
import { lastLoginMethod } from '../login-methods.js';
import { IdentityDto, LinkIdentityDto, LinkStartedDto } from './identities.dto.js';
import { IdentitiesService, providerUnavailable, tooManyIdentities } from './identities.service.js';
import { ATTEMPT, linkProofOf, redirectUriOf } from './oidc-cookies.js';
import { noSuchProvider } from './providers.js';

/** The identities at providers by which the current user logs in. */
@ApiTags('Accounts')
@Controller('api/auth/identities')
export class IdentitiesController {
  constructor(private readonly identities: IdentitiesService) {}

  @Get()
  @ApiOperation({
    operationId: 'listIdentities',
    summary: 'List my identities at providers',
    description: 'By which the current user logs in, the oldest first.',
  })
  @ApiOkResponse({ type: [IdentityDto], description: 'The identities.' })
  @ApiProblems(noSession())
  list(@CurrentSession() { userId }: Session): Promise<Identity[]> {
    return this.identities.list(userId);
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'linkIdentity',
    summary: 'Begin to link an identity',
    description:
      'The browser goes to `url`, and comes back to `/#link=<outcome>`. Within ten minutes of a login or a proof, and for this session alone.',
  })
  @ApiOkResponse({ type: LinkStartedDto, description: 'Where the browser goes.' })
  @ApiBodyProblems(
    fieldError('provider', 'must be a string'),
    noSession(),
    proofRequired(),
    noSuchProvider(),
    tooManyIdentities(),
    providerUnavailable(),
  )
  async link(
    @Body(Valid) { provider }: LinkIdentityDto,
    @CurrentSession() session: Session,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LinkStarted> {
    const { attempt, url } = await this.identities.begin(session, provider, redirectUriOf(request, provider));
    ATTEMPT.set({ ...attempt, link: linkProofOf(request, attempt.state) ?? '' }, request, reply);
    return { url: url.href };
  }

  @Delete(':identity_id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'unlinkIdentity',
    summary: 'Remove one of my identities',
    description:
      'Within ten minutes of a login or a proof. The only way to log in cannot be removed. Sessions stay.',
  })
  @ApiParam({ ...ID, name: 'identity_id', example: 1, description: 'Id of the identity.' })
  @ApiNoContentResponse({ description: 'The identity is removed.' })
  @ApiProblems(noSession(), proofRequired(), noSuchIdentity(), lastLoginMethod())
  remove(
    @Param('identity_id', IdentityIdPipe) id: number,
    @CurrentSession() session: Session,
  ): Promise<void> {
    return this.identities.remove(session, id);
  }
}
