import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MAX_USERNAME_LENGTH, MAX_USERS, USERNAME_PATTERN, type CreateUser, type User } from '@parley/shared';
import { IsOptional, IsString, Length, Matches } from 'class-validator';
import { ID, QueryInteger } from '../http/fields.js';

const MAX_SEARCH_LENGTH = 100;
/** PostgreSQL has no text with NUL. The length is in it too: class-validator counts some characters as none. */
const SEARCH_PATTERN = `^[^\\u0000]{0,${MAX_SEARCH_LENGTH}}$`;

export const ALICE: User = {
  id: 1,
  username: 'alice',
  display_name: 'alice',
  online: false,
  last_seen: '2026-11-22T07:01:55.123Z',
};
export const BOB: User = { ...ALICE, id: 2, username: 'bob', display_name: 'bob' };

export class UserDto implements User {
  @ApiProperty({ ...ID, example: 1 })
  id: number;

  @ApiProperty({ example: 'alice' })
  username: string;

  @ApiProperty({ example: 'alice' })
  display_name: string;

  @ApiProperty({
    example: false,
    description: 'A socket of one of the user’s devices is open, or was a moment ago.',
  })
  online: boolean;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'Null while online, unknown or hidden.',
    example: '2026-11-22T07:01:55.123Z',
  })
  last_seen: string | null;

  @ApiPropertyOptional({
    description:
      'Path of the picture, 256 pixels square (`?size=128`: the smaller one). Another picture has another path. Absent: there is none.',
    example: '/api/users/1/avatar/0b6e1f3c-9d2a-4c57-8f11-7a3d5e9b2c40/',
  })
  avatar?: string;

  @ApiPropertyOptional({
    type: 'boolean',
    enum: [true],
    description: 'The account is deleted: the room takes no message any more. Absent otherwise.',
  })
  deleted?: true;
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
  @ApiPropertyOptional({
    description: 'Part of a username or display name, without regard to case and accents.',
    pattern: SEARCH_PATTERN,
    maxLength: MAX_SEARCH_LENGTH,
  })
  @IsOptional()
  @IsString()
  @Matches(new RegExp(SEARCH_PATTERN, 'u'), {
    message: `search must have at most ${MAX_SEARCH_LENGTH} characters, and not the character NUL`,
  })
  search?: string;

  @QueryInteger({
    minimum: 1,
    maximum: MAX_USERS,
    default: MAX_USERS,
    description: 'Users in the answer, at most.',
  })
  limit?: number;
}
