import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { User } from '@parley/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OptionalSession } from '../../auth/current-user.js';
import { Public } from '../../auth/public.js';
import type { Session } from '../../auth/sessions.service.js';
import { fieldError } from '../../errors/chat-error.js';
import { ApiBodyProblems, ApiProblems } from '../../http/api-problems.js';
import { urlOf } from '../../http/url.js';
import { Valid } from '../../http/valid.pipe.js';
import { UserDto } from '../../users/user.dto.js';
import { NewAccountDto } from '../accounts.dto.js';
import { inviteNotValid, registrationClosed, usernameTaken } from '../accounts.service.js';
import { deviceOf, SessionAnswer } from '../session-answer.js';
import { OidcService, REGISTRATION_MS, registrationExpired, type OidcFailure } from './oidc.service.js';
import { IdentitiesService, type LinkFailure } from './identities.service.js';
import { ATTEMPT, isLinkProof, redirectUriOf, type KeptAttempt } from './oidc-cookies.js';
import { noSuchProvider, Providers } from './providers.js';
import { ShortCookie } from './short-cookie.js';

const REGISTRATION = new ShortCookie('parley_oidc_registration', REGISTRATION_MS / 1_000);

const PROVIDER = { name: 'provider', type: String, example: 'example', description: 'Id of a provider.' };
const REDIRECT = (description: string) => ({
  status: 302,
  description,
  headers: { Location: { description: 'Where the browser goes.', schema: { type: 'string' as const } } },
});

/** OpenID Connect. The first two calls are pages that a browser opens: whatever happens, they lead somewhere. */
@ApiTags('Accounts')
@Controller('api/auth/oidc')
export class OidcController {
  constructor(
    private readonly oidc: OidcService,
    private readonly identities: IdentitiesService,
    private readonly providers: Providers,
    private readonly answer: SessionAnswer,
  ) {}

  @Get(':provider')
  @Public()
  @ApiOperation({
    operationId: 'beginOidc',
    summary: 'Log in with a provider',
    description: 'For a link in a page. Leads to the provider, with PKCE, a state and a nonce in a cookie.',
  })
  @ApiParam(PROVIDER)
  @ApiResponse(REDIRECT('To the provider; to `/#sign-in=failed` when it cannot be used now.'))
  @ApiProblems(noSuchProvider())
  async begin(
    @Param('provider') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const provider = this.providers.get(id);
    const begun = await this.oidc.begin(provider, redirectUriOf(request, id));
    if (!begun) return signIn('failed', reply);
    ATTEMPT.set(begun.attempt, request, reply);
    await reply.redirect(begun.url.href, 302);
  }

  @Get(':provider/callback')
  @Public()
  @ApiOperation({
    operationId: 'finishOidc',
    summary: 'Come back from a provider',
    description:
      'The provider leads here. A known identity gets a session; a new one chooses a username at `/register`, whose fragment has suggestions.',
  })
  @ApiParam(PROVIDER)
  @ApiResponse(REDIRECT('To `/`, to `/register`, to `/#sign-in=<reason>`, or to `/#link=<outcome>`.'))
  @ApiProblems(noSuchProvider())
  async finish(
    @Param('provider') id: string,
    @OptionalSession() before: Session | null,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const provider = this.providers.get(id);
    const callback = new URL(redirectUriOf(request, id));
    callback.search = urlOf(request).search;
    const attempt = ATTEMPT.take(request, reply);
    if (attempt?.link !== undefined) {
      const outcome = await this.#link(attempt, id, callback, before, request);
      await reply.redirect(`/#${new URLSearchParams({ link: outcome, provider: id })}`, 302);
      return;
    }
    const result = await this.oidc.finish(provider, attempt, callback, deviceOf(request), before);
    if ('failure' in result) return signIn(result.failure, reply);
    if ('opened' in result) {
      this.answer.setCookie(result.opened.token, request, reply);
      await reply.redirect('/', 302);
      return;
    }
    REGISTRATION.set(result.token, request, reply);
    const { username, displayName } = result;
    const suggested = new URLSearchParams({ provider: provider.id, username, name: displayName });
    await reply.redirect(`/register#${suggested}`, 302);
  }

  @Post('register')
  @Public()
  @ApiOperation({
    operationId: 'registerOidc',
    summary: 'Register with a provider',
    description:
      'For a browser that a provider has just led back. Makes a user without a password, and a session, whose token is in `Set-Cookie`.',
  })
  @ApiCreatedResponse({ type: UserDto, description: 'The new user, who is logged in.' })
  @ApiBodyProblems(
    fieldError('username', 'is missing'),
    registrationExpired(),
    registrationClosed(),
    inviteNotValid(),
    usernameTaken(),
  )
  async register(
    @Body(Valid) body: NewAccountDto,
    @OptionalSession() before: Session | null,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    const opened = await this.oidc.register(REGISTRATION.read(request), body, deviceOf(request), before);
    REGISTRATION.remove(request, reply);
    return this.answer.opened(opened, request, reply);
  }

  /** For the session that has begun it, and no other. */
  async #link(
    attempt: KeptAttempt,
    provider: string,
    callback: URL,
    session: Session | null,
    request: FastifyRequest,
  ): Promise<LinkFailure | 'done'> {
    if (session === null || !isLinkProof(request, attempt)) return 'expired';
    return (await this.identities.finish(session, provider, attempt, callback, request.ip)) ?? 'done';
  }
}

async function signIn(failure: OidcFailure, reply: FastifyReply): Promise<void> {
  await reply.redirect(`/#sign-in=${failure}`, 302);
}
