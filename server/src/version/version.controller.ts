import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { PROTOCOL_VERSION, type VersionInfo } from '@parley/shared';
import { CONFIG, type Config } from '../config/config.js';
import { ApiLimitProblem } from '../http/api-problems.js';
import { VERSION } from './version.js';

export class VersionDto implements VersionInfo {
  @ApiProperty({ description: 'Semantic version of the server.', example: '1.4.0' })
  version: string;

  @ApiProperty({ type: 'integer', description: 'Version of the protocol of the sockets.', example: 1 })
  protocol: number;

  @ApiPropertyOptional({ description: 'Commit of the build, where the build says it.', example: '5b4d791' })
  commit?: string;
}

@ApiTags('Operations')
@Controller('api/version')
export class VersionController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Get()
  @ApiOperation({
    operationId: 'getVersion',
    summary: 'Ask which version runs here',
    description: 'The version of the product and of the protocol of its sockets.',
  })
  @ApiOkResponse({ type: VersionDto, description: 'The version.' })
  @ApiLimitProblem()
  read(): VersionDto {
    const { commit } = this.config;
    return { version: VERSION, protocol: PROTOCOL_VERSION, ...(commit === null ? {} : { commit }) };
  }
}
