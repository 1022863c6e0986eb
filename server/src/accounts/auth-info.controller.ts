import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { AuthInfo, UserId } from '@parley/shared';
import { OptionalCurrentUser } from '../auth/current-user.js';
import { Public } from '../auth/public.js';
import { fieldError } from '../errors/chat-error.js';
import { ApiProblems } from '../http/api-problems.js';
import { ACTIVE_USER } from '../http/fields.js';
import { AuthInfoDto } from './auth-info.dto.js';
import { AuthInfoService } from './auth-info.service.js';

@ApiTags('Users')
@Controller('api/auth')
export class AuthInfoController {
  constructor(private readonly info: AuthInfoService) {}

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'getAuth',
    summary: 'See how users are known',
    description: 'What a client needs to know before anything else, and the current user if there is one.',
  })
  @ApiQuery({ ...ACTIVE_USER, required: false })
  @ApiOkResponse({ type: AuthInfoDto, description: 'The mode, who may register, the limits, and the user.' })
  @ApiProblems(fieldError('active_user', 'must be a positive integer'))
  get(@OptionalCurrentUser() userId: UserId | null): Promise<AuthInfo> {
    return this.info.of(userId);
  }
}
