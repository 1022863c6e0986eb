import { ApiProperty, ApiPropertyOptional, type ApiPropertyOptions } from '@nestjs/swagger';
import {
  DEFAULT_PAGE_SIZE,
  MAX_PAGE_SIZE,
  MAX_TEXT_LENGTH,
  VISIBLE_CHARACTER,
  MAX_QUOTE_LENGTH,
  type CreateMessage,
  type EditMessage,
  type MarkedAsRead,
  type Message,
  type MessageEdit,
  type MessagePage,
  type MessageReply,
  type Reaction,
} from '@parley/shared';
import { IsOptional, IsString, IsUUID } from 'class-validator';
import { AttachmentDto, UploadIds } from '../attachments/attachment.dto.js';
import { ID, OptionalId, QueryInteger, TIME } from '../http/fields.js';
import { BOB, UserDto } from '../users/user.dto.js';

const REPEATABLE =
  'UUID that the client generates. A message that is sent again with the same one is stored once.';
/** What class-validator takes for a UUID: RFC 9562, every version, in either case. */
/** What `IsUUID` accepts. */
export const UUID =
  '^(?:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}' +
  '|00000000-0000-0000-0000-000000000000|[fF]{8}-[fF]{4}-[fF]{4}-[fF]{4}-[fF]{12})$';
/** PostgreSQL has no text with these characters. */
const NOT_STORABLE = '[\\u0000\\ud800-\\udfff]';

export class ReactionDto implements Reaction {
  @ApiProperty({ example: '👍' })
  emoji: string;

  @ApiProperty({
    type: 'array',
    items: ID,
    example: [2],
    description: 'The members who have reacted with it, in that order.',
  })
  user_ids: number[];
}

export class MessageReplyDto implements MessageReply {
  @ApiProperty({ ...ID, example: 41 })
  id: number;

  @ApiProperty({ ...ID, example: 6 })
  seq: number;

  @ApiProperty({ ...ID, example: 2 })
  sender_id: number;

  @ApiProperty({
    maxLength: MAX_QUOTE_LENGTH,
    example: 'Hello alice',
    description: 'The beginning of its text, as it is now.',
  })
  text: string;

  @ApiProperty({ example: false })
  deleted: boolean;

  @ApiPropertyOptional({
    ...TIME,
    description: 'When that message disappears, and this text with it. Absent: it stays.',
  })
  expires_at?: string;
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

  @ApiProperty({ type: UserDto, example: BOB })
  receiver: UserDto;

  @ApiProperty({ example: false, description: 'The receiver has read it.' })
  is_read: boolean;

  @ApiProperty({ example: true, description: 'It has arrived on a device of the receiver.' })
  is_delivered: boolean;

  @ApiProperty({ ...ID, example: 1 })
  room_id: number;

  @ApiProperty({ ...ID, example: 7, description: 'Place in the room: 1, 2, 3 … without a gap.' })
  seq: number;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    example: '0190d5b2-7c1e-7f3a-9b64-2f1c8a5e4d10',
    description: REPEATABLE,
  })
  client_id: string | null;

  @ApiProperty({ ...TIME, nullable: true })
  edited_at: string | null;

  @ApiProperty({ ...TIME, nullable: true })
  deleted_at: string | null;

  @ApiProperty({
    type: MessageReplyDto,
    nullable: true,
    example: null,
    description: 'The message that this one answers.',
  })
  reply_to: MessageReplyDto | null;

  @ApiProperty({ type: [ReactionDto], example: [], description: 'In the order of their first use.' })
  reactions: ReactionDto[];

  @ApiProperty({ type: [AttachmentDto], example: [] })
  attachments: AttachmentDto[];

  @ApiPropertyOptional({
    ...TIME,
    description:
      'When it disappears: from then on it has no content (`text` is empty, `deleted_at` set). Absent: it stays.',
  })
  expires_at?: string;
}

export class MessageEditDto implements MessageEdit {
  @ApiProperty({ example: 'Helo bob', description: 'What the message said before the edit.' })
  text: string;

  @ApiProperty({ ...TIME, example: '2026-11-22T07:02:10.456Z' })
  edited_at: string;
}

export class MessagePageDto implements MessagePage {
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'How many messages the room has.',
    example: 1,
  })
  count: number;

  @ApiProperty({ type: 'string', format: 'uri', nullable: true, description: 'Older messages.' })
  next: string | null;

  @ApiProperty({ type: 'string', format: 'uri', nullable: true, description: 'Newer messages.' })
  previous: string | null;

  @ApiProperty({ type: [MessageDto], description: 'Newest first.' })
  results: MessageDto[];
}

/** `maxLength` of the text is a setting (`TEXT_MAX_LENGTH`): the document has the value of this server. */
const TEXT = {
  minLength: 1,
  maxLength: MAX_TEXT_LENGTH,
  pattern: VISIBLE_CHARACTER.source,
  not: { pattern: NOT_STORABLE },
  example: 'Hello bob',
  description:
    'White space around it is taken away; the length, in characters (code points), is counted after that. ' +
    'It has something to see, no NUL and no half of a surrogate pair.',
} as ApiPropertyOptions;

export class EditMessageDto implements EditMessage {
  @ApiProperty(TEXT)
  @IsString()
  text: string;

  @OptionalId({ example: 1, description: 'The user who edits it; `?active_user=` names it as well.' })
  active_user_id?: number;
}

export class CreateMessageDto implements CreateMessage {
  @ApiProperty(TEXT)
  @IsString()
  text: string;

  @ApiPropertyOptional({
    type: 'string',
    format: 'uuid',
    pattern: UUID,
    nullable: true,
    description: REPEATABLE,
  })
  @IsOptional()
  @IsUUID()
  client_id?: string | null;

  @OptionalId({ nullable: true, description: 'Id of a message of this room, which this one answers.' })
  reply_to?: number | null;

  @UploadIds({ nullable: true })
  attachments?: number[] | null;

  @OptionalId({ example: 1, description: 'The user who sends it; `?active_user=` names it as well.' })
  active_user_id?: number;
}

/** At most one of `page`, `before`, `after`, `around` and `changed_since`. */
export class HistoryQuery {
  // No default in the document: an explorer would send it along with `before`.
  @QueryInteger({ minimum: 1, description: 'Counted from the newest; the first when nothing is said.' })
  page?: number;

  @QueryInteger({
    minimum: 1,
    maximum: MAX_PAGE_SIZE,
    default: DEFAULT_PAGE_SIZE,
    description: 'Messages on a page.',
  })
  page_size?: number;

  @QueryInteger({ minimum: 1, description: 'The messages just older than this `seq`.' })
  before?: number;

  @QueryInteger({ minimum: 0, description: 'The messages just newer than this `seq`.' })
  after?: number;

  @QueryInteger({
    minimum: 1,
    description:
      'A page with the message of this `seq` in the middle: with `page_size=20`, `around=120` is 110 to 129. Near an ' +
      'end of the room the page is filled from the other side; beyond the newest message it is the newest page.',
  })
  around?: number;

  @QueryInteger({
    minimum: 0,
    description: 'Everything new or changed since this `rev` of the room, in one page.',
  })
  changed_since?: number;
}

/** What `POST /api/messages/{message_id}/read/` may carry. Legacy clients send nothing, or what they like. */
export class MarkReadDto {
  @OptionalId({ description: 'The user who has read; without it the receiver of the message.' })
  active_user_id?: number;
}

export class MarkedAsReadDto implements MarkedAsRead {
  @ApiProperty({ enum: ['marked as read'], example: 'marked as read' })
  status: 'marked as read';
}
