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
import { noSuchProvider, Providers, type Attempt } from './providers.js';
import { ShortCookie } from './short-cookie.js';

/** How long a login at the provider may take, in seconds. */
const ATTEMPT_S = 600;
const ATTEMPT = new ShortCookie('parley_oidc', ATTEMPT_S);
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
    ATTEMPT.set(Buffer.from(JSON.stringify(begun.attempt)).toString('base64url'), request, reply);
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
  @ApiResponse(REDIRECT('To `/`, to `/register`, or to `/#sign-in=<reason>`.'))
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
    const attempt = attemptIn(ATTEMPT.read(request));
    ATTEMPT.remove(request, reply);
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
}

/** As it is registered at the provider: the public origin, behind a trusted proxy that of the browser. */
function redirectUriOf(request: FastifyRequest, provider: string): string {
  return new URL(`/api/auth/oidc/${provider}/callback/`, urlOf(request)).href;
}

async function signIn(failure: OidcFailure, reply: FastifyReply): Promise<void> {
  await reply.redirect(`/#sign-in=${failure}`, 302);
}

/** The browser may send anything. */
function attemptIn(cookie: string | null): Attempt | null {
  if (cookie === null) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(cookie, 'base64url').toString());
    return isAttempt(value) ? value : null;
  } catch {
    return null;
  }
}

function isAttempt(value: unknown): value is Attempt {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return ['provider', 'state', 'nonce', 'verifier'].every((name) => typeof fields[name] === 'string');
}
