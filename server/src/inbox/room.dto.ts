import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  MAX_ROOMS,
  MAX_TIMER_SECONDS,
  MIN_TIMER_SECONDS,
  type CreateRoom,
  type Member,
  type MessageTimer,
  type Room,
  type RoomListing,
} from '@parley/shared';
import { COUNT, ID, Id, QueryInteger, TIME } from '../http/fields.js';
import { MessageDto } from '../messages/message.dto.js';
import { ALICE, BOB, UserDto } from '../users/user.dto.js';

export class MemberDto implements Member {
  @ApiProperty({ ...ID, example: 1 })
  user_id: number;

  @ApiProperty({
    ...COUNT,
    nullable: true,
    description: 'Everything up to this `seq` is read. Null: the other user hides it.',
  })
  read_seq: number | null;

  @ApiProperty({
    ...COUNT,
    nullable: true,
    description: 'Everything up to this `seq` has arrived on a device. Null: the other user hides it.',
  })
  delivered_seq: number | null;
}

export class MessageTimerDto implements MessageTimer {
  @ApiProperty({
    type: 'integer',
    minimum: MIN_TIMER_SECONDS,
    maximum: MAX_TIMER_SECONDS,
    nullable: true,
    example: 86_400,
    description: 'A new message disappears this long after it was sent. Null: it stays.',
  })
  seconds: number | null;

  @ApiProperty({ ...ID, example: 1, description: 'Who has set it.' })
  user_id: number;

  @ApiProperty({ ...TIME, example: '2026-11-22T07:01:55.123Z' })
  changed_at: string;

  @ApiProperty({
    ...COUNT,
    example: 7,
    description: '`seq` of the newest message then: those up to it keep the time that they had.',
  })
  after_seq: number;
}

export class RoomListingDto implements RoomListing {
  @ApiProperty({
    ...ID,
    example: 4,
    description: 'Counts the changes of the user in the listings of all rooms, without a gap.',
  })
  rev: number;

  @ApiProperty({ ...TIME, nullable: true, description: 'Since when the room is pinned. Null: it is not.' })
  pinned_at: string | null;

  @ApiProperty({
    ...TIME,
    nullable: true,
    description: 'Until when the user is not notified of messages, which may be over. Null: never set.',
  })
  muted_until: string | null;

  @ApiProperty({
    ...COUNT,
    nullable: true,
    description: '`last_seq` when the room was archived. Null: it is not.',
  })
  archived_seq: number | null;

  @ApiProperty({
    ...COUNT,
    nullable: true,
    description: 'The user’s `read_seq` when the room was marked as unread. Null: it is not.',
  })
  unread_seq: number | null;
}

export class RoomDto implements Room {
  @ApiProperty({ ...ID, example: 1 })
  id: number;

  @ApiProperty({
    type: [UserDto],
    minItems: 2,
    maxItems: 2,
    example: [ALICE, BOB],
    description: 'The lower id first.',
  })
  users: [UserDto, UserDto];

  @ApiProperty({ format: 'date-time', example: '2026-11-22T07:00:00.000Z' })
  created_at: string;

  @ApiProperty({ type: MessageDto, nullable: true })
  last_message: MessageDto | null;

  @ApiProperty({
    ...COUNT,
    example: 0,
    description: 'Messages of the other user that the current user has not read. Exact.',
  })
  unread_count: number;

  @ApiProperty({ ...COUNT, example: 7, description: '`seq` of the newest message.' })
  last_seq: number;

  @ApiProperty({
    ...COUNT,
    example: 9,
    description: 'Counts everything that ever changed in the room, without a gap.',
  })
  rev: number;

  @ApiProperty({
    type: [MemberDto],
    minItems: 2,
    maxItems: 2,
    example: [
      { user_id: 1, read_seq: 7, delivered_seq: 7 },
      { user_id: 2, read_seq: 6, delivered_seq: 7 },
    ],
    description: 'How far each of the two has come, in the order of `users`.',
  })
  members: [MemberDto, MemberDto];

  @ApiPropertyOptional({
    enum: [true],
    description:
      'With accounts: the other user is new to the current one, who has not accepted the chat. Absent otherwise.',
  })
  request?: true;

  @ApiPropertyOptional({
    enum: [true],
    description: 'The current user has blocked the other. Absent otherwise.',
  })
  blocked?: true;

  @ApiPropertyOptional({
    type: MessageTimerDto,
    description: 'After which time new messages disappear. Absent when no member has ever set it.',
  })
  timer?: MessageTimerDto;

  @ApiPropertyOptional({
    ...COUNT,
    example: 0,
    description: 'Every message up to this `seq` has disappeared. Absent: none.',
  })
  expired_seq?: number;

  @ApiPropertyOptional({
    type: RoomListingDto,
    description: 'How the current user keeps the room in the list. Absent: as every new one.',
  })
  listing?: RoomListingDto;
}

/** With accounts the session says who the current user is. */
export class OpenRoomDto {
  @Id({ example: 2, description: 'The other user.' })
  user_id: number;
}

export class CreateRoomDto extends OpenRoomDto implements CreateRoom {
  @Id({ example: 1, description: 'The current user.' })
  active_user_id: number;
}

export class RoomsQuery {
  @QueryInteger({
    minimum: 1,
    maximum: MAX_ROOMS,
    default: MAX_ROOMS,
    description: 'Rooms in the answer, at most.',
  })
  limit?: number;

  @QueryInteger({ minimum: 1, description: 'Id of a room of the list: the answer begins after it.' })
  before?: number;
}
