import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import {
  MAX_TOKEN_NAME_LENGTH,
  TOKEN_SCOPES,
  VISIBLE_CHARACTER,
  type AccessTokenInfo,
  type CreateAccessToken,
  type CreatedAccessToken,
  type TokenScope,
} from '@parley/shared';
import { ArrayContains, ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsString, Matches } from 'class-validator';
import { ID, OptionalTime, TIME } from '../http/fields.js';
import { NOT_IN_NAME } from '../users/display-name.js';

const NAME = new RegExp(
  `^(?!.*${NOT_IN_NAME})(?=.*${VISIBLE_CHARACTER.source}).{1,${MAX_TOKEN_NAME_LENGTH}}$`,
  'su',
);
const SCOPES = {
  type: 'array' as const,
  items: { type: 'string', enum: [...TOKEN_SCOPES] as string[] },
  example: [...TOKEN_SCOPES] as string[],
};

export class CreateAccessTokenDto implements CreateAccessToken {
  @ApiProperty({
    minLength: 1,
    maxLength: MAX_TOKEN_NAME_LENGTH,
    pattern: VISIBLE_CHARACTER.source,
    not: { pattern: NOT_IN_NAME },
    example: 'Echo bot',
    description: 'By which its user knows it again.',
  })
  @IsString()
  @Matches(NAME, {
    message: `must have 1 to ${MAX_TOKEN_NAME_LENGTH} characters, one of them visible, and no control characters`,
  })
  name: string;

  @ApiProperty({
    ...SCOPES,
    minItems: 1,
    maxItems: TOKEN_SCOPES.length,
    uniqueItems: true,
    contains: { const: 'read' },
    description: '`read` is always one of them: who may send may read.',
  } as ApiPropertyOptions)
  @IsArray()
  @ArrayMaxSize(TOKEN_SCOPES.length)
  @ArrayUnique()
  @IsIn(TOKEN_SCOPES, { each: true, message: `must be of ${TOKEN_SCOPES.join(', ')}` })
  @ArrayContains(['read'], { message: 'must have read' })
  scopes: TokenScope[];

  @OptionalTime({ nullable: true, description: 'ISO-8601 UTC. Without it the token does not expire.' })
  expires_at?: string | null;
}

export class AccessTokenInfoDto implements AccessTokenInfo {
  @ApiProperty({ ...ID, example: 7 })
  id: number;

  @ApiProperty({ example: 'Echo bot' })
  name: string;

  @ApiProperty(SCOPES)
  scopes: TokenScope[];

  @ApiProperty({ ...TIME, example: '2026-11-22T07:00:00.000Z' })
  created_at: string;

  @ApiProperty({ ...TIME, nullable: true, description: 'Null: it does not expire.' })
  expires_at: string | null;

  @ApiProperty({
    ...TIME,
    nullable: true,
    example: '2026-11-22T07:01:55.123Z',
    description: 'Exact to about a minute. Null: never used.',
  })
  last_used_at: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: 'node',
    description: 'Program and system that used it last. Null: never used.',
  })
  device: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: '192.0.2.7',
    description: 'IP address of that use. Null: never used.',
  })
  ip: string | null;
}

export class CreatedAccessTokenDto extends AccessTokenInfoDto implements CreatedAccessToken {
  @ApiProperty({
    example: '3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    description: 'For `Authorization: Bearer`. Sent this once, and not stored.',
  })
  token: string;
}
