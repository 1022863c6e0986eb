import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Start, UserId } from '@parley/shared';
import type { FastifyRequest } from 'fastify';
import { OptionalCurrentUser } from '../auth/current-user.js';
import { Public } from '../auth/public.js';
import { fieldError } from '../errors/chat-error.js';
import { ApiProblems } from '../http/api-problems.js';
import { urlOf } from '../http/url.js';
import { Valid } from '../http/valid.pipe.js';
import { StartDto, StartQuery } from './start.dto.js';
import { StartService } from './start.service.js';

@ApiTags('Users')
@Controller('api/start')
export class StartController {
  constructor(private readonly service: StartService) {}

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'start',
    summary: 'Get all that a first view needs',
    description:
      'In one answer what `GET /api/auth/`, `GET /api/users/` (in simulation), `GET /api/rooms/` and the page of the open room say.',
  })
  @ApiOkResponse({
    type: StartDto,
    description: 'How users are known, the user, the rooms, and a page of one.',
  })
  @ApiProblems(fieldError('room', 'must be an integer number'))
  start(
    @OptionalCurrentUser() userId: UserId | null,
    @Query(Valid) query: StartQuery,
    @Req() request: FastifyRequest,
  ): Promise<Start> {
    return this.service.start(userId, query, urlOf(request));
  }
}
