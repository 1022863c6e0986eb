import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MAX_ROOMS, type CreateRoom, type Member, type Room } from '@parley/shared';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { MessageDto } from '../messages/message.dto.js';
import { UserDto } from '../users/user.dto.js';

const ID = { type: 'integer', minimum: 1 } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;

export class MemberDto implements Member {
  @ApiProperty({ ...ID, example: 1 })
  user_id: number;

  @ApiProperty({ ...COUNT, description: 'Everything up to this `seq` is read.' })
  read_seq: number;

  @ApiProperty({ ...COUNT, description: 'Everything up to this `seq` has arrived on a device.' })
  delivered_seq: number;
}

export class RoomDto implements Room {
  @ApiProperty({ ...ID, example: 1 })
  id: number;

  @ApiProperty({ type: [UserDto], minItems: 2, maxItems: 2, description: 'The lower id first.' })
  users: [UserDto, UserDto];

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ type: MessageDto, nullable: true })
  last_message: MessageDto | null;

  @ApiProperty({
    ...COUNT,
    description: 'Messages of the other user that the asking user has not read. Exact.',
  })
  unread_count: number;

  @ApiProperty({ ...COUNT, description: '`seq` of the newest message.' })
  last_seq: number;

  @ApiProperty({ ...COUNT, description: 'Counts everything that ever changed in the room, without a gap.' })
  rev: number;

  @ApiProperty({ type: [MemberDto], minItems: 2, maxItems: 2 })
  members: [MemberDto, MemberDto];
}

export class CreateRoomDto implements CreateRoom {
  @ApiProperty({ ...ID, example: 2, description: 'The other user.' })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  user_id: number;

  @ApiProperty({ ...ID, example: 1, description: 'Who asks.' })
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  active_user_id: number;
}

export class RoomsQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_ROOMS, default: MAX_ROOMS })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_ROOMS)
  limit?: number;

  @ApiPropertyOptional({ ...ID, description: 'A room of the list: the answer begins after it.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  before?: number;
}
