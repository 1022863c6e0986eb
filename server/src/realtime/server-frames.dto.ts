import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ERROR_CODES, type ErrorCode, type Ref, type RoomChanges, type ServerFrames } from '@parley/shared';
import { MessageDto } from '../messages/message.dto.js';
import { RoomDto } from '../rooms/room.dto.js';
import { UserDto } from '../users/user.dto.js';

const ID = { type: 'integer', minimum: 1 } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const UNREAD = { ...COUNT, description: 'As this user now has it; on the user socket only.' };
const REV = { ...COUNT, description: 'The room’s revision after this change; on the user socket only.' };
const REF = {
  oneOf: [{ type: 'string' }, { type: 'number' }],
  example: 1,
  description: 'That of the frame.',
};

export class MessageServerFrameDto {
  @ApiProperty({ type: MessageDto })
  message: MessageDto;

  @ApiPropertyOptional(REV)
  rev?: number;

  @ApiPropertyOptional(UNREAD)
  unread_count?: number;
}

export class TypingServerFrameDto {
  @ApiProperty(ID)
  room_id: number;

  @ApiProperty(ID)
  user_id: number;
}

export class ReceiptServerFrameDto {
  @ApiProperty(ID)
  room_id: number;

  @ApiProperty({ ...ID, description: 'Who has read it (or on whose device it has arrived).' })
  user_id: number;

  @ApiProperty({ ...ID, description: 'Everything up to this place.' })
  seq: number;

  @ApiProperty({ ...ID, description: 'Id of the message at `seq`.' })
  message_id: number;

  @ApiProperty({ ...COUNT, description: 'The room’s revision after this change.' })
  rev: number;

  @ApiPropertyOptional({ ...COUNT, description: 'To the user’s own devices only.' })
  unread_count?: number;
}

export class UpdatedServerFrameDto {
  @ApiProperty({ type: MessageDto })
  message: MessageDto;

  @ApiProperty(COUNT)
  rev: number;
}

export class PresenceServerFrameDto {
  @ApiProperty(ID)
  user_id: number;

  @ApiProperty()
  online: boolean;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  last_seen: string | null;
}

export class RoomServerFrameDto {
  @ApiProperty({ type: RoomDto })
  room: RoomDto;
}

export class HelloServerFrameDto {
  @ApiProperty({ type: UserDto })
  user: UserDto;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'The server pings this often.' })
  heartbeat_seconds: number;

  @ApiProperty({ type: 'integer', enum: [1] })
  protocol: number;
}

export class ResyncServerFrameDto {}

export class ErrorServerFrameDto {
  @ApiProperty({ enum: Object.keys(ERROR_CODES) })
  code: ErrorCode;

  @ApiProperty({ description: 'A sentence for people: names the field and the rule.' })
  message: string;

  @ApiPropertyOptional(REF)
  ref?: Ref;

  @ApiPropertyOptional({ ...COUNT, description: 'Try again after this time, in milliseconds.' })
  retry_after_ms?: number;
}

export class RoomChangesDto implements RoomChanges {
  @ApiProperty({ type: RoomDto })
  room: RoomDto;

  @ApiProperty({
    description: 'What the client holds of the room is stale: fetch its newest page when needed.',
  })
  reset: boolean;

  @ApiProperty({
    type: [MessageDto],
    description: 'New and changed messages in `seq` order; none with a reset.',
  })
  messages: MessageDto[];
}

/** Every ack has `ref`; which of the others it has depends on the frame that it answers. */
export class AckServerFrameDto {
  @ApiProperty(REF)
  ref: Ref;

  @ApiPropertyOptional({ type: MessageDto, description: 'To `message`: as it is stored.' })
  message?: MessageDto;

  @ApiPropertyOptional({ ...ID, description: 'To `read` and `delivered`.' })
  room_id?: number;

  @ApiPropertyOptional({ ...COUNT, description: 'To `read` and `delivered`: where the watermark is now.' })
  seq?: number;

  @ApiPropertyOptional(REV)
  rev?: number;

  @ApiPropertyOptional(UNREAD)
  unread_count?: number;

  @ApiPropertyOptional({ type: [RoomChangesDto], description: 'To `sync`: every room that differs.' })
  rooms?: RoomChangesDto[];

  @ApiPropertyOptional({
    type: 'array',
    items: ID,
    description: 'To `sync`: rooms that do not exist or are not the user’s. Forget them.',
  })
  unknown?: number[];

  @ApiPropertyOptional({
    description: 'To `sync`: the answer was cut for size; sync again with what you now have.',
  })
  more?: boolean;
}

/** The DTO classes and the wire's catalogue must say the same: a compile error tells where they do not. */
export const SERVER_FRAMES = {
  message: MessageServerFrameDto,
  typing: TypingServerFrameDto,
  read: ReceiptServerFrameDto,
  delivered: ReceiptServerFrameDto,
  updated: UpdatedServerFrameDto,
  presence: PresenceServerFrameDto,
  room: RoomServerFrameDto,
  hello: HelloServerFrameDto,
  resync: ResyncServerFrameDto,
  error: ErrorServerFrameDto,
  ack: AckServerFrameDto,
} satisfies { [T in keyof ServerFrames]: new () => ServerFrames[T] };
