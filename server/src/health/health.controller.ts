import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import type { FastifyContextConfig } from 'fastify';
import { EventBus } from '../bus/event-bus.js';
import { Database, PROBE } from '../database/database.js';
import { SchemaCheck } from '../database/schema-check.js';
import { ChatError } from '../errors/chat-error.js';
import { ApiOriginProblem, ApiProblems } from '../http/api-problems.js';

/** Probes name a server as it suits them, and there is nothing here that a foreign page could gain by reading. */
const PROBE_ROUTE: FastifyContextConfig = { hosts: 'any', limit: 'none' };

export class HealthDto {
  @ApiProperty({
    enum: ['ok', 'degraded'],
    description: 'Degraded: it works, but other servers cannot be reached.',
  })
  status: 'ok' | 'degraded';
}

@ApiTags('Operations')
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly schema: SchemaCheck,
    private readonly bus: EventBus,
  ) {}

  @Get('live')
  @RouteConfig(PROBE_ROUTE)
  @ApiOperation({
    operationId: 'checkLive',
    summary: 'Ask whether the process answers',
    description: 'For supervisors: restart what does not answer this.',
  })
  @ApiOkResponse({ type: HealthDto, description: 'It does.' })
  @ApiOriginProblem()
  live(): HealthDto {
    return { status: 'ok' };
  }

  @Get('ready')
  @RouteConfig(PROBE_ROUTE)
  @ApiOperation({
    operationId: 'checkReady',
    summary: 'Ask whether the server can do its work',
    description: 'The database answers and is migrated; 503 with the reason when not.',
  })
  @ApiOkResponse({ type: HealthDto, description: 'It can.' })
  @ApiProblems()
  async ready(): Promise<HealthDto> {
    try {
      await this.schema.assertFits();
      await this.database.query(PROBE, []);
    } catch (error) {
      throw error instanceof ChatError ? error : new ServiceUnavailableException();
    }
    return { status: this.bus.isUp ? 'ok' : 'degraded' };
  }
}
