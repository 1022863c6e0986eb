import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MAX_USERNAME_LENGTH, type Start } from '@parley/shared';
import { IsOptional, IsString, Matches } from 'class-validator';
import { ID, QueryInteger } from '../http/fields.js';
import { RoomDto } from '../inbox/room.dto.js';
import { MessagePageDto } from '../messages/message.dto.js';
import { UserDto } from '../users/user.dto.js';
import { AuthInfoDto } from './auth-info.dto.js';

/** PostgreSQL has no text with NUL. */
const NAME = `^[^\\u0000]{0,${MAX_USERNAME_LENGTH}}$`;

export class StartQuery {
  @ApiPropertyOptional({
    pattern: NAME,
    maxLength: MAX_USERNAME_LENGTH,
    example: 'alice',
    description: 'In simulation: the username of the current user, as the URL of the page has it.',
  })
  @IsOptional()
  @IsString()
  @Matches(new RegExp(NAME, 'u'), {
    message: `as must have at most ${MAX_USERNAME_LENGTH} characters, and not the character NUL`,
  })
  as?: string;

  @QueryInteger({ minimum: 1, example: 1, description: 'Id of the room that is open.' })
  room?: number;

  @QueryInteger({
    minimum: 1,
    description: 'The `seq` of the message at which it is open. Unset: the first one that is not read.',
  })
  around?: number;

  /** Checked where it names the user: current-user.ts. */
  @ApiPropertyOptional({ ...ID, example: 1, description: 'The current user.' })
  @IsOptional()
  active_user?: unknown;
}

export class StartDto implements Start {
  @ApiProperty({ type: AuthInfoDto, description: 'As `GET /api/auth/`.' })
  auth: AuthInfoDto;

  @ApiProperty({
    type: [UserDto],
    description: 'In simulation as `GET /api/users/`, to choose from. With accounts there are none.',
  })
  users: UserDto[];

  @ApiProperty({
    type: [RoomDto],
    nullable: true,
    description: 'As `GET /api/rooms/`. Null without a current user.',
  })
  rooms: RoomDto[] | null;

  @ApiProperty({
    type: MessagePageDto,
    nullable: true,
    description:
      'Messages of the room that is open, around the one where it opens, else the newest. Null without such a room: ' +
      'one that is not the user’s is answered like one that does not exist.',
  })
  page: MessagePageDto | null;
}
