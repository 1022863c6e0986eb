import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { EventBus } from '../bus/event-bus.js';
import { Database, type Statement } from '../database/database.js';
import { ApiOriginProblem, ApiProblems } from '../http/api-problems.js';

const PROBE: Statement = { name: 'health-probe', sql: 'SELECT 1' };

export class HealthDto {
  @ApiProperty({
    enum: ['ok', 'degraded'],
    description: 'Degraded: it works, but other servers cannot be reached.',
  })
  status: 'ok' | 'degraded';
}

@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly bus: EventBus,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'The process answers' })
  @ApiOkResponse({ type: HealthDto })
  @ApiOriginProblem()
  live(): HealthDto {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'It can do its work: the database answers (503 when not)' })
  @ApiOkResponse({ type: HealthDto })
  @ApiProblems(503)
  async ready(): Promise<HealthDto> {
    try {
      await this.database.query(PROBE, []);
    } catch {
      throw new ServiceUnavailableException();
    }
    return { status: this.bus.isUp ? 'ok' : 'degraded' };
  }
}
