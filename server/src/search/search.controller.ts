import { Controller, Get, Query } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DEFAULT_FOUND_MESSAGES, type RoomId, type SearchPage, type UserId } from '@parley/shared';
import type { FastifyContextConfig } from 'fastify';
import { CurrentUser } from '../auth/current-user.js';
import { noUserNamed } from '../auth/legacy-clients.js';
import { fieldError, noSuchRoom } from '../errors/chat-error.js';
import { ApiProblems } from '../http/api-problems.js';
import { Valid } from '../http/valid.pipe.js';
import { SearchPageDto, SearchQuery } from './search.dto.js';
import { SearchService } from './search.service.js';

const SEARCH: FastifyContextConfig = { limit: 'searches' };

@ApiTags('Messages')
@Controller('api/search')
export class SearchController {
  constructor(private readonly searches: SearchService) {}

  @Get()
  @RouteConfig(SEARCH)
  @ApiOperation({
    operationId: 'searchMessages',
    summary: 'Search my messages',
    description:
      'Messages of the current user’s rooms, newest first, each with its neighbours. A message is found from the moment of ' +
      'its ack, an edited one by its text of now, and a deleted one never.',
  })
  @ApiOkResponse({ type: SearchPageDto, description: 'A page of the search.' })
  @ApiProblems(noUserNamed('active_user'), fieldError('q', 'is missing'), noSuchRoom())
  search(@Query(Valid) query: SearchQuery, @CurrentUser() currentUserId: UserId): Promise<SearchPage> {
    const { q, room, from, before, after, cursor, limit } = query;
    return this.searches.search(currentUserId, {
      query: q,
      roomId: (room ?? null) as RoomId | null,
      from: from ?? null,
      before: before ?? null,
      after: after ?? null,
      cursor: cursor ?? null,
      limit: limit ?? DEFAULT_FOUND_MESSAGES,
    });
  }
}
