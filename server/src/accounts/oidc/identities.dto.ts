import { ApiProperty } from '@nestjs/swagger';
import type { Identity, LinkIdentity, LinkStarted } from '@parley/shared';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { ID, TIME } from '../../http/fields.js';

const MAX_PROVIDER_LENGTH = 100;

export class IdentityDto implements Identity {
  @ApiProperty({ ...ID, example: 1 })
  id: number;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'example',
    description: 'Id of the provider. Null: the server does not offer it any more.',
  })
  provider: string | null;

  @ApiProperty({ example: 'Example', description: 'Name of the provider, or its host.' })
  name: string;

  @ApiProperty({ ...TIME, example: '2026-11-22T07:00:00.000Z' })
  created_at: string;
}

export class LinkIdentityDto implements LinkIdentity {
  @ApiProperty({
    minLength: 1,
    maxLength: MAX_PROVIDER_LENGTH,
    example: 'example',
    description: 'Id of a provider (`GET /api/auth/`).',
  })
  @IsString()
  @MinLength(1)
  @MaxLength(MAX_PROVIDER_LENGTH)
  provider: string;
}

export class LinkStartedDto implements LinkStarted {
  @ApiProperty({ format: 'uri', example: 'https://id.example/auth', description: 'Where the browser goes.' })
  url: string;
}
