import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ERROR_CODES,
  type ClientFrameType,
  type ErrorCode,
  type Ref,
  type ReplyOf,
  type RoomChanges,
  type RoomListingChange,
  type ServerLimits,
  type ServerFrames,
} from '@parley/shared';
import { AuthLimitsDto } from '../accounts/auth-info.dto.js';
import { TIME } from '../http/fields.js';
import { MessageDto } from '../messages/message.dto.js';
import { RoomDto, RoomListingDto } from '../inbox/room.dto.js';
import { SharingDto } from '../privacy/privacy.dto.js';
import { RoomSettingsDto } from '../privacy/room-settings.dto.js';
import { UserSettingsDto } from '../settings/settings.dto.js';
import { UserDto } from '../users/user.dto.js';

const ID = { type: 'integer', minimum: 1 } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const UNREAD = {
  ...COUNT,
  description: 'Unread messages of this user in the room; on the user socket only.',
};
const REV = { ...COUNT, description: 'The room’s revision after this change; on the user socket only.' };
const REF = {
  oneOf: [{ type: 'string' }, { type: 'number' }],
  example: 1,
  description: 'The `ref` of the frame that is answered.',
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

  @ApiProperty({
    ...ID,
    description: 'The user who has read the messages, or on whose device they have arrived.',
  })
  user_id: number;

  @ApiProperty({ ...ID, description: '`seq` of the last message that the receipt covers.' })
  seq: number;

  @ApiProperty({ ...ID, description: 'Id of the message at `seq`.' })
  message_id: number;

  @ApiProperty({ ...COUNT, description: 'The room’s revision after this change.' })
  rev: number;

  @ApiPropertyOptional({
    ...COUNT,
    description: 'Unread messages of this user; on the sockets of this user only.',
  })
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

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'Null while online, unknown or hidden.',
  })
  last_seen: string | null;
}

export class RoomServerFrameDto {
  @ApiProperty({ type: RoomDto })
  room: RoomDto;
}

export class SettingsServerFrameDto extends RoomSettingsDto {
  @ApiProperty(ID)
  room_id: number;

  @ApiProperty({
    type: RoomListingDto,
    nullable: true,
    description: 'The `listing` of the room from now on.',
  })
  listing: RoomListingDto | null;
}

export class RoomListingChangeDto extends RoomListingDto implements RoomListingChange {
  @ApiProperty(ID)
  room_id: number;
}

export class SharingServerFrameDto extends SharingDto {}

export class UserSettingsServerFrameDto {
  @ApiProperty({ type: UserSettingsDto })
  settings: UserSettingsDto;
}

export class ProfileServerFrameDto {
  @ApiProperty({ type: UserDto })
  user: UserDto;
}

export class ServerLimitsDto extends AuthLimitsDto implements ServerLimits {}

export class HelloServerFrameDto {
  @ApiProperty({ type: UserDto })
  user: UserDto;

  @ApiProperty({ type: 'number', minimum: 0.1, description: 'Seconds between two pings of the server.' })
  heartbeat_seconds: number;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: 'The protocol version of the server. Each version includes the ones before it.',
  })
  protocol: number;

  @ApiProperty({ type: ServerLimitsDto, description: 'What a client checks before it sends.' })
  limits: ServerLimitsDto;

  @ApiProperty({ ...TIME, description: 'What time it is: by that clock messages disappear.' })
  time: string;
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
    description: 'The messages that the client has of the room are stale: fetch the newest page when needed.',
  })
  reset: boolean;

  @ApiProperty({
    type: [MessageDto],
    description: 'New and changed messages in `seq` order; none with a reset.',
  })
  messages: MessageDto[];
}

/** The field that every ack has. */
class AckDto {
  @ApiProperty(REF)
  ref: Ref;
}

export class MessageAckDto extends AckDto {
  @ApiProperty({ type: MessageDto })
  message: MessageDto;

  @ApiPropertyOptional(REV)
  rev?: number;

  @ApiPropertyOptional(UNREAD)
  unread_count?: number;
}

export class TypingAckDto extends AckDto {}

export class PingAckDto extends AckDto {}

export class ReceiptAckDto extends AckDto {
  @ApiProperty(ID)
  room_id: number;

  @ApiProperty({ ...COUNT, description: 'The watermark after this receipt.' })
  seq: number;

  @ApiProperty({ ...COUNT, description: 'The room’s revision.' })
  rev: number;

  @ApiProperty({ ...COUNT, description: 'Unread messages of this user in the room.' })
  unread_count: number;
}

export class SyncAckDto extends AckDto {
  @ApiProperty({
    type: [RoomChangesDto],
    description: 'Every room that differs, the most recently active first.',
  })
  rooms: RoomChangesDto[];

  @ApiProperty({
    type: 'array',
    items: ID,
    description: 'Rooms that were sent and do not exist or are not the user’s: forget them.',
  })
  unknown: number[];

  @ApiProperty({ description: 'The answer was cut for size: send `sync` again with what you now have.' })
  more: boolean;

  @ApiPropertyOptional({
    type: [RoomListingChangeDto],
    description: 'Those with a higher `rev` than `listing_rev`, in the order of `rev`. Absent without that.',
  })
  listings?: RoomListingChangeDto[];

  @ApiPropertyOptional({
    description:
      'True: the listings of the client are of another database than the server’s, which was restored. `listings` takes the place of them all.',
  })
  listings_reset?: boolean;
}

class ChangeAckDto extends AckDto {
  @ApiProperty(ID)
  message_id: number;

  @ApiProperty({ ...COUNT, description: 'The room’s revision.' })
  rev: number;
}

export class EditAckDto extends ChangeAckDto {}

export class ReactAckDto extends ChangeAckDto {}

export class DeleteAckDto extends ChangeAckDto {}

/** Documents the frames of the catalogue; a DTO that differs from its frame does not compile. */
export const SERVER_FRAMES = {
  message: MessageServerFrameDto,
  typing: TypingServerFrameDto,
  read: ReceiptServerFrameDto,
  delivered: ReceiptServerFrameDto,
  updated: UpdatedServerFrameDto,
  presence: PresenceServerFrameDto,
  room: RoomServerFrameDto,
  settings: SettingsServerFrameDto,
  sharing: SharingServerFrameDto,
  user_settings: UserSettingsServerFrameDto,
  profile: ProfileServerFrameDto,
  hello: HelloServerFrameDto,
  resync: ResyncServerFrameDto,
  error: ErrorServerFrameDto,
} satisfies { [T in Exclude<keyof ServerFrames, 'ack'>]: new () => ServerFrames[T] };

/** Documents the acks, by the client frame that each one answers. */
export const ACKS = {
  message: MessageAckDto,
  typing: TypingAckDto,
  read: ReceiptAckDto,
  delivered: ReceiptAckDto,
  edit: EditAckDto,
  react: ReactAckDto,
  delete: DeleteAckDto,
  sync: SyncAckDto,
  ping: PingAckDto,
} satisfies { [T in ClientFrameType]: new () => { ref: Ref } & ReplyOf<T> };
