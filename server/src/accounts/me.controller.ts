import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Patch,
  Post,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import {
  ApiBody,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { ExportProgress, Me } from '@parley/shared';
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import { CurrentSession } from '../auth/current-user.js';
import { SessionOnly } from '../auth/scopes.js';
import { sessionCookie } from '../auth/session-token.js';
import { noSession } from '../auth/session.strategy.js';
import { proofRequired, type Session } from '../auth/sessions.service.js';
import { fieldError } from '../errors/chat-error.js';
import { ApiConstraints, passwordIfThere } from '../http/api-constraints.js';
import { ApiBodyProblems, ApiProblems } from '../http/api-problems.js';
import { Valid } from '../http/valid.pipe.js';
import { MeDto } from '../privacy/privacy.dto.js';
import { PrivacyService } from '../privacy/privacy.service.js';
import { AccountsService, wrongPassword } from './accounts.service.js';
import { AccountDeletions } from './deletion/account-deletions.js';
import { exportRunning, ExportsService, tooManyExports } from './export/exports.service.js';
import { DeleteMeDto, ExportProgressDto, UpdateMeDto } from './me.dto.js';
import { ProfileService } from '../profiles/profile.service.js';

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
    private readonly exports: ExportsService,
    private readonly privacy: PrivacyService,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'getMe',
    summary: 'Get the current user',
    description: 'With what the user shares in every chat whose settings do not say otherwise.',
  })
  @ApiOkResponse({ type: MeDto, description: 'The current user.' })
  @ApiProblems(noSession())
  get(@CurrentSession() { userId }: Session): Promise<Me> {
    return this.privacy.me(userId);
  }

  @Patch()
  @RouteConfig(CHANGE)
  @ApiOperation({
    operationId: 'updateMe',
    summary: 'Change my profile, and what I share',
    description:
      'A field that is absent stays as it is. The other members of my rooms get a `room` frame where they see a difference. What I share applies at once to every chat whose settings do not say otherwise.',
  })
  @ApiBody({ type: UpdateMeDto, required: false })
  @ApiOkResponse({ type: MeDto, description: 'The user, as changed.' })
  @ApiBodyProblems(
    fieldError(
      'display_name',
      'must have 1 to 64 characters, one of them visible, and no control characters',
    ),
    fieldError('share_read', 'must be a boolean value'),
    noSession(),
  )
  async update(@Body(Valid) body: UpdateMeDto, @CurrentSession() { userId }: Session): Promise<Me> {
    await this.profile.update(userId, body);
    return this.privacy.changeSharing(userId, body);
  }

  @Delete()
  @SessionOnly()
  @ApiConstraints(passwordIfThere('password'))
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteMe',
    summary: 'Delete my account',
    description:
      'At once: the names, the password and all sessions are gone, and the rooms take no message any more. ' +
      'With `messages: "remove"` the texts of the messages go as well, within seconds to minutes. An account without a password ' +
      'is deleted without one, within ten minutes of the proof of a passkey.',
  })
  @ApiNoContentResponse({ description: 'The account is deleted.' })
  @ApiBodyProblems(
    fieldError('password', 'must have 1 to 128 characters'),
    noSession(),
    wrongPassword('password'),
    proofRequired(),
  )
  async delete(
    @Body(Valid) body: DeleteMeDto,
    @CurrentSession() session: Session,
    @Req() { protocol }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.accounts.assertOwner(session, body.password);
    await this.deletions.delete(session, body.messages === 'remove');
    void reply.header('Set-Cookie', sessionCookie(null, protocol === 'https', 0));
  }

  @Post('export')
  @SessionOnly()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    operationId: 'exportMe',
    summary: 'Export all my data',
    description:
      'A ZIP archive, sent while it is written: the account, the devices, and every message that the history shows to the user, ' +
      'as JSON and as pages to read. It breaks off when the session ends. One export at a time, five an hour.',
  })
  @ApiProduces('application/zip')
  @ApiOkResponse({ description: 'The archive.', schema: { type: 'string', format: 'binary' } })
  @ApiProblems(noSession(), exportRunning(), tooManyExports(1_000))
  async export(@CurrentSession() session: Session): Promise<StreamableFile> {
    const stream = await this.exports.start(session);
    const name = `parley-export-${new Date().toISOString().slice(0, 10)}.zip`;
    return new StreamableFile(stream, {
      type: 'application/zip',
      disposition: `attachment; filename="${name}"`,
    });
  }

  @Get('export')
  @SessionOnly()
  @ApiOperation({
    operationId: 'getExport',
    summary: 'See how far my export is',
    description: 'Of the export that runs now, or of the last one.',
  })
  @ApiOkResponse({ type: ExportProgressDto, description: 'The progress.' })
  @ApiProblems(noSession())
  progress(@CurrentSession() { userId }: Session): Promise<ExportProgress> {
    return this.exports.progress(userId);
  }
}
