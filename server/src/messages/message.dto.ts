import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  DEFAULT_PAGE_SIZE,
  MAX_PAGE_SIZE,
  MAX_TEXT_LENGTH,
  type CreateMessage,
  type MarkedAsRead,
  type Message,
  type MessagePage,
  type Reaction,
} from '@parley/shared';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, IsUUID, Max, Min } from 'class-validator';
import { UserDto } from '../users/user.dto.js';

const ID = { type: 'integer', minimum: 1 } as const;
const TIME = { type: 'string', format: 'date-time' } as const;
const REPEATABLE = 'UUID of the sender’s own making: sent again with the same one, it is still one message.';

export class ReactionDto implements Reaction {
  @ApiProperty({ ...ID })
  user_id: number;

  @ApiProperty({ example: '👍' })
  emoji: string;
}

export class MessageDto implements Message {
  @ApiProperty({ ...ID, example: 42 })
  id: number;

  @ApiProperty({ example: 'Hello bob' })
  text: string;

  @ApiProperty({ ...TIME, example: '2026-11-22T07:01:55.123Z' })
  timestamp: string;

  @ApiProperty({ type: UserDto })
  sender: UserDto;

  @ApiProperty({ type: UserDto })
  receiver: UserDto;

  @ApiProperty({ description: 'The receiver has read it.' })
  is_read: boolean;

  @ApiProperty({ description: 'It has arrived on a device of the receiver.' })
  is_delivered: boolean;

  @ApiProperty({ ...ID, example: 1 })
  room_id: number;

  @ApiProperty({ ...ID, example: 7, description: 'Place in the room: 1, 2, 3 … without a gap.' })
  seq: number;

  @ApiProperty({ type: 'string', format: 'uuid', nullable: true, description: REPEATABLE })
  client_id: string | null;

  @ApiProperty({ ...TIME, nullable: true })
  edited_at: string | null;

  @ApiProperty({ ...TIME, nullable: true })
  deleted_at: string | null;

  @ApiProperty({ ...ID, nullable: true, description: 'Id of the message that this one answers.' })
  reply_to: number | null;

  @ApiProperty({ type: [ReactionDto] })
  reactions: ReactionDto[];
}

export class MessagePageDto implements MessagePage {
  @ApiProperty({ type: 'integer', minimum: 0, description: 'How many messages the room has.' })
  count: number;

  @ApiProperty({ type: 'string', format: 'uri', nullable: true, description: 'Older messages.' })
  next: string | null;

  @ApiProperty({ type: 'string', format: 'uri', nullable: true, description: 'Newer messages.' })
  previous: string | null;

  @ApiProperty({ type: [MessageDto], description: 'Newest first.' })
  results: MessageDto[];
}

export class CreateMessageDto implements CreateMessage {
  @ApiProperty({
    minLength: 1,
    maxLength: MAX_TEXT_LENGTH,
    example: 'Hello bob',
    description: 'Counted in characters (code points) after trimming.',
  })
  @IsString()
  text: string;

  @ApiPropertyOptional({ format: 'uuid', description: REPEATABLE })
  @IsOptional()
  @IsUUID()
  client_id?: string;

  @ApiPropertyOptional({ ...ID, description: 'Id of a message of this room.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  reply_to?: number;

  @ApiPropertyOptional({ ...ID, example: 1, description: 'Who sends it; `?active_user=` does as well.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  active_user_id?: number;
}

/** At most one of `page`, `before`, `after` and `changed_since`. */
export class HistoryQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, default: 1, description: 'Counted from the newest.' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  page?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MAX_PAGE_SIZE, default: DEFAULT_PAGE_SIZE })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(MAX_PAGE_SIZE)
  page_size?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    description: 'The messages just older than this `seq`.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(Number.MAX_SAFE_INTEGER)
  before?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    description: 'The messages just newer than this `seq`.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  after?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    description: 'Everything new or changed since this `rev` of the room, in one page.',
  })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  changed_since?: number;
}

export class MarkedAsReadDto implements MarkedAsRead {
  @ApiProperty({ enum: ['marked as read'], example: 'marked as read' })
  status: 'marked as read';
}
