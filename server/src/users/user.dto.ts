import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MAX_USERNAME_LENGTH, MAX_USERS, USERNAME_PATTERN, type CreateUser, type User } from '@parley/shared';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Length, Matches, Max, MaxLength, Min } from 'class-validator';

export class UserDto implements User {
  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  id: number;

  @ApiProperty({ example: 'alice' })
  username: string;

  @ApiProperty({ example: 'alice' })
  display_name: string;

  @ApiProperty({ description: 'A socket of one of the user’s devices is open, or was a moment ago.' })
  online: boolean;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'Null while online, unknown or hidden.',
    example: '2026-11-22T07:01:55.123Z',
  })
  last_seen: string | null;
}

export class CreateUserDto implements CreateUser {
  @ApiProperty({
    minLength: 1,
    maxLength: MAX_USERNAME_LENGTH,
    pattern: USERNAME_PATTERN.source,
    example: 'frida',
    description: 'Unique without regard to case.',
  })
  @IsString()
  @Length(1, MAX_USERNAME_LENGTH)
  @Matches(USERNAME_PATTERN, {
    message: 'username must begin with a letter or digit and have only letters, digits, ".", "_" and "-"',
  })
  username: string;
}

export class UsersQuery {
  @ApiPropertyOptional({ description: 'Part of a username or display name.', maxLength: 100 })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  // PostgreSQL has no text with it.
  @Matches(/^[^\0]*$/, { message: 'search must not contain the character NUL' })
  search?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_USERS, default: MAX_USERS })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_USERS)
  limit?: number;
}
