import { Controller, Get, Header } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyContextConfig } from 'fastify';
import { Registry } from 'prom-client';
import { ApiOriginProblem } from '../http/api-problems.js';
import { Metrics } from './metrics.js';

/** Prometheus finds servers by their IP address. A rebound name (site.ts) is never an IP address. */
const SCRAPE_ROUTE: FastifyContextConfig = { hosts: 'ip', limit: 'none' };

@ApiTags('Operations')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @RouteConfig(SCRAPE_ROUTE)
  @ApiOperation({
    operationId: 'readMetrics',
    summary: 'Read the figures for Prometheus',
    description: 'For operators: a proxy should not pass it on.',
  })
  @ApiOkResponse({
    description: 'Every figure of this server, in the text format of Prometheus.',
    content: { 'text/plain': { schema: { type: 'string', example: 'parley_bus_up 1\n' } } },
  })
  @ApiOriginProblem()
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('Cache-Control', 'no-store')
  read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
