import { Body, Controller, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { SessionId, SessionInfo, User } from '@parley/shared';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentSession, OptionalSession } from '../auth/current-user.js';
import { noSuchSession, SessionIdPipe } from '../auth/id.pipes.js';
import { Public } from '../auth/public.js';
import { noSession } from '../auth/session.strategy.js';
import { proofRequired, SessionsService, type Session } from '../auth/sessions.service.js';
import { fieldError } from '../errors/chat-error.js';
import { ApiConstraints, passwordIfThere } from '../http/api-constraints.js';
import { ApiBodyProblems, ApiProblems } from '../http/api-problems.js';
import { ID } from '../http/fields.js';
import { Valid } from '../http/valid.pipe.js';
import { UserDto } from '../users/user.dto.js';
import {
  ChangePasswordDto,
  LoginDto,
  ProvePasswordDto,
  RegisterDto,
  SessionInfoDto,
} from './accounts.dto.js';
import {
  AccountsService,
  inviteNotValid,
  registrationClosed,
  usernameTaken,
  wrongCredentials,
  wrongPassword,
} from './accounts.service.js';
import { deviceOf, SessionAnswer } from './session-answer.js';

/** The calls of AUTH_MODE=accounts. A new session is in `Set-Cookie`; a program may send its value as a bearer token. */
@ApiTags('Accounts')
@Controller('api/auth')
export class AccountsController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly sessions: SessionsService,
    private readonly answer: SessionAnswer,
  ) {}

  @Post('register')
  @Public()
  @ApiOperation({
    operationId: 'register',
    summary: 'Register',
    description:
      'Makes a user and a session, whose token is in `Set-Cookie`. Who may register is a setting (`REGISTRATION`).',
  })
  @ApiCreatedResponse({ type: UserDto, description: 'The new user, who is logged in.' })
  @ApiBodyProblems(
    fieldError('password', 'is one of the most common passwords'),
    registrationClosed(),
    inviteNotValid(),
    usernameTaken(),
  )
  async register(
    @Body(Valid) body: RegisterDto,
    @OptionalSession() before: Session | null,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    return this.answer.opened(await this.accounts.register(body, deviceOf(request), before), request, reply);
  }

  @Post('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'logIn',
    summary: 'Log in',
    description: 'Makes a session, whose token is in `Set-Cookie`. The session of the request ends.',
  })
  @ApiOkResponse({ type: UserDto, description: 'The user, who is logged in.' })
  @ApiBodyProblems(fieldError('password', 'must have 1 to 128 characters'), wrongCredentials())
  async logIn(
    @Body(Valid) body: LoginDto,
    @OptionalSession() before: Session | null,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    return this.answer.opened(await this.accounts.logIn(body, deviceOf(request), before), request, reply);
  }

  @Post('logout')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'logOut',
    summary: 'Log out',
    description: 'Ends the session of the request; its sockets are closed with 4401.',
  })
  @ApiNoContentResponse({ description: 'The session has ended.' })
  @ApiBodyProblems(noSession())
  async logOut(
    @CurrentSession() session: Session,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.end(session.userId, session.id);
    this.answer.setCookie(null, request, reply);
  }

  @Get('sessions')
  @ApiOperation({
    operationId: 'listSessions',
    summary: 'List my sessions',
    description: 'One for each browser and program that is logged in, the most recently used first.',
  })
  @ApiOkResponse({ type: [SessionInfoDto], description: 'The sessions.' })
  @ApiProblems(noSession())
  list(@CurrentSession() session: Session): Promise<SessionInfo[]> {
    return this.sessions.list(session.userId, session.id);
  }

  @Delete('sessions/:session_id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endSession',
    summary: 'End one of my sessions',
    description: 'Its sockets are closed with 4401, on every server.',
  })
  @ApiParam({ ...ID, name: 'session_id', example: 1, description: 'Id of the session.' })
  @ApiNoContentResponse({ description: 'The session has ended.' })
  @ApiProblems(noSession(), noSuchSession())
  async end(
    @Param('session_id', SessionIdPipe) sessionId: SessionId,
    @CurrentSession() session: Session,
  ): Promise<void> {
    if (!(await this.sessions.end(session.userId, sessionId))) throw noSuchSession();
  }

  @Delete('sessions')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'endOtherSessions',
    summary: 'End all my other sessions',
    description: 'Their sockets are closed with 4401, on every server. The session of the request stays.',
  })
  @ApiNoContentResponse({ description: 'The other sessions have ended.' })
  @ApiProblems(noSession())
  endOthers(@CurrentSession() session: Session): Promise<void> {
    return this.sessions.endOthers(session.userId, session.id);
  }

  @Post('proof')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'provePassword',
    summary: 'Prove my password again',
    description:
      'For ten minutes the session may then change how its user logs in. A login counts as well. ' +
      'An account without a password proves a passkey: `POST /api/auth/passkeys/proof/`.',
  })
  @ApiNoContentResponse({ description: 'The password is right.' })
  @ApiBodyProblems(
    fieldError('password', 'must have 1 to 128 characters'),
    noSession(),
    wrongPassword('password'),
  )
  prove(@Body(Valid) { password }: ProvePasswordDto, @CurrentSession() session: Session): Promise<void> {
    return this.accounts.prove(session, password);
  }

  @Post('password')
  @ApiConstraints(passwordIfThere('current_password'))
  @HttpCode(204)
  @ApiOperation({
    operationId: 'changePassword',
    summary: 'Change my password',
    description:
      'All other sessions end, and all personal access tokens. The session of the request gets a new token, in `Set-Cookie`. An account ' +
      'without a password gets one without `current_password`, within ten minutes of the proof of a passkey.',
  })
  @ApiNoContentResponse({ description: 'The password is changed.' })
  @ApiBodyProblems(
    fieldError('new_password', 'is one of the most common passwords'),
    noSession(),
    wrongPassword(),
    proofRequired(),
  )
  async changePassword(
    @Body(Valid) body: ChangePasswordDto,
    @CurrentSession() session: Session,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    const token = await this.accounts.changePassword(session, body.current_password, body.new_password);
    this.answer.setCookie(token, request, reply);
  }
}
