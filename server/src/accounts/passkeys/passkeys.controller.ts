import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Req, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { LoginMethods, Passkey, User } from '@parley/shared';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CurrentSession, OptionalSession } from '../../auth/current-user.js';
import { noSuchPasskey, PasskeyIdPipe } from '../../auth/id.pipes.js';
import { Public } from '../../auth/public.js';
import { noSession } from '../../auth/session.strategy.js';
import { proofRequired, type Session } from '../../auth/sessions.service.js';
import { fieldError } from '../../errors/chat-error.js';
import { ApiBodyProblems, ApiProblems } from '../../http/api-problems.js';
import { ID } from '../../http/fields.js';
import { Valid } from '../../http/valid.pipe.js';
import { UserDto } from '../../users/user.dto.js';
import { NewAccountDto } from '../accounts.dto.js';
import { lastLoginMethod } from '../login-methods.js';
import { inviteNotValid, registrationClosed, usernameTaken } from '../accounts.service.js';
import { deviceOf, SessionAnswer } from '../session-answer.js';
import {
  LoginMethodsDto,
  NewPasskeyDto,
  PasskeyAnswerDto,
  PasskeyCreationDto,
  PasskeyDto,
  PasskeyRequestDto,
  RenamePasskeyDto,
} from './passkeys.dto.js';
import {
  credentialNotValid,
  passkeyKnown,
  passkeyNotValid,
  PasskeysService,
  tooManyPasskeys,
} from './passkeys.service.js';
import { noHostName, relyingPartyOf } from './relying-party.js';

const notCredential = () => fieldError('credential', 'must be what PublicKeyCredential.toJSON() returns');
const TWO_STEPS =
  'A browser makes two calls: `options` for `navigator.credentials`, and the one with what comes of it.';

/** Passkeys (WebAuthn). Each ceremony is a pair: `…/options/` and the call that gets the browser's answer. */
@ApiTags('Accounts')
@Controller('api/auth/passkeys')
export class PasskeysController {
  constructor(
    private readonly passkeys: PasskeysService,
    private readonly answer: SessionAnswer,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listPasskeys',
    summary: 'List my passkeys',
    description: 'How the current user can log in.',
  })
  @ApiOkResponse({ type: LoginMethodsDto, description: 'The passkeys, the oldest first.' })
  @ApiProblems(noSession())
  list(@CurrentSession() { userId }: Session): Promise<LoginMethods> {
    return this.passkeys.methods(userId);
  }

  @Post('options')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'beginPasskey',
    summary: 'Begin to add a passkey',
    description: `${TWO_STEPS} The user has logged in, or proved the password or a passkey, within ten minutes.`,
  })
  @ApiOkResponse({ type: PasskeyCreationDto, description: 'Options for `navigator.credentials.create()`.' })
  @ApiProblems(noSession(), noHostName(), proofRequired(), tooManyPasskeys())
  beginAddition(
    @CurrentSession() session: Session,
    @Req() request: FastifyRequest,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    return this.passkeys.beginAddition(relyingPartyOf(request), session);
  }

  @Post()
  @ApiOperation({
    operationId: 'addPasskey',
    summary: 'Add a passkey',
    description: 'With what `navigator.credentials.create()` made.',
  })
  @ApiCreatedResponse({ type: PasskeyDto, description: 'The passkey.' })
  @ApiBodyProblems(
    notCredential(),
    noSession(),
    credentialNotValid(),
    noHostName(),
    passkeyKnown(),
    tooManyPasskeys(),
  )
  add(
    @Body(Valid) { credential, name }: NewPasskeyDto,
    @CurrentSession() session: Session,
    @Req() request: FastifyRequest,
  ): Promise<Passkey> {
    const shown = name?.trim() ?? deviceOf(request).device;
    return this.passkeys.add(relyingPartyOf(request), session, credential, shown);
  }

  @Patch(':passkey_id')
  @ApiOperation({
    operationId: 'renamePasskey',
    summary: 'Rename one of my passkeys',
    description: 'Its name is for the user alone.',
  })
  @ApiParam({ ...ID, name: 'passkey_id', example: 1, description: 'Id of the passkey.' })
  @ApiOkResponse({ type: PasskeyDto, description: 'The passkey, as changed.' })
  @ApiBodyProblems(fieldError('name', 'must have 1 to 64 characters'), noSession(), noSuchPasskey())
  rename(
    @Param('passkey_id', PasskeyIdPipe) id: number,
    @Body(Valid) { name }: RenamePasskeyDto,
    @CurrentSession() { userId }: Session,
  ): Promise<Passkey> {
    return this.passkeys.rename(userId, id, name.trim());
  }

  @Delete(':passkey_id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'removePasskey',
    summary: 'Remove one of my passkeys',
    description:
      'Within ten minutes of a login or a proof. The only way to log in cannot be removed. Sessions stay.',
  })
  @ApiParam({ ...ID, name: 'passkey_id', example: 1, description: 'Id of the passkey.' })
  @ApiNoContentResponse({ description: 'The passkey is removed.' })
  @ApiProblems(noSession(), proofRequired(), noSuchPasskey(), lastLoginMethod())
  remove(@Param('passkey_id', PasskeyIdPipe) id: number, @CurrentSession() session: Session): Promise<void> {
    return this.passkeys.remove(session, id);
  }

  @Post('login/options')
  // Each call stores a row, and needs no session.
  @Public({ limit: 'creations' })
  @HttpCode(200)
  @ApiOperation({
    operationId: 'beginPasskeyLogin',
    summary: 'Begin to log in with a passkey',
    description: `${TWO_STEPS} No username is needed: the browser offers the passkeys that it knows.`,
  })
  @ApiOkResponse({ type: PasskeyRequestDto, description: 'Options for `navigator.credentials.get()`.' })
  @ApiProblems(noHostName())
  beginLogin(@Req() request: FastifyRequest): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return this.passkeys.beginLogin(relyingPartyOf(request), request.ip);
  }

  @Post('login')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'logInPasskey',
    summary: 'Log in with a passkey',
    description: 'Makes a session, whose token is in `Set-Cookie`. The session of the request ends.',
  })
  @ApiOkResponse({ type: UserDto, description: 'The user, who is logged in.' })
  @ApiBodyProblems(notCredential(), passkeyNotValid(), noHostName())
  async logIn(
    @Body(Valid) { credential }: PasskeyAnswerDto,
    @OptionalSession() before: Session | null,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    const opened = await this.passkeys.logIn(relyingPartyOf(request), credential, deviceOf(request), before);
    return this.answer.opened(opened, request, reply);
  }

  @Post('register/options')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'beginPasskeyRegistration',
    summary: 'Begin to register with a passkey',
    description: `${TWO_STEPS} Who may register is a setting (\`REGISTRATION\`). The account has no password.`,
  })
  @ApiOkResponse({ type: PasskeyCreationDto, description: 'Options for `navigator.credentials.create()`.' })
  @ApiBodyProblems(
    fieldError('username', 'is missing'),
    registrationClosed(),
    inviteNotValid(),
    usernameTaken(),
    noHostName(),
  )
  beginRegistration(
    @Body(Valid) body: NewAccountDto,
    @Req() request: FastifyRequest,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    return this.passkeys.beginRegistration(relyingPartyOf(request), body, request.ip);
  }

  @Post('register')
  @Public()
  @ApiOperation({
    operationId: 'registerPasskey',
    summary: 'Register with a passkey',
    description: 'Makes the user that the attempt began with, and a session, whose token is in `Set-Cookie`.',
  })
  @ApiCreatedResponse({ type: UserDto, description: 'The new user, who is logged in.' })
  @ApiBodyProblems(notCredential(), credentialNotValid(), inviteNotValid(), usernameTaken(), noHostName())
  async register(
    @Body(Valid) { credential }: PasskeyAnswerDto,
    @OptionalSession() before: Session | null,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    const opened = await this.passkeys.register(
      relyingPartyOf(request),
      credential,
      deviceOf(request),
      before,
    );
    return this.answer.opened(opened, request, reply);
  }

  @Post('proof/options')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'beginPasskeyProof',
    summary: 'Begin to prove a passkey again',
    description: TWO_STEPS,
  })
  @ApiOkResponse({ type: PasskeyRequestDto, description: 'Options for `navigator.credentials.get()`.' })
  @ApiProblems(noSession(), noHostName())
  beginProof(
    @CurrentSession() session: Session,
    @Req() request: FastifyRequest,
  ): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return this.passkeys.beginProof(relyingPartyOf(request), session);
  }

  @Post('proof')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'provePasskey',
    summary: 'Prove a passkey again',
    description: 'For ten minutes the session may then change how its user logs in.',
  })
  @ApiNoContentResponse({ description: 'The passkey is one of the user.' })
  @ApiBodyProblems(notCredential(), noSession(), credentialNotValid(), noHostName())
  prove(
    @Body(Valid) { credential }: PasskeyAnswerDto,
    @CurrentSession() session: Session,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    return this.passkeys.prove(relyingPartyOf(request), session, credential, request.ip);
  }
}
