import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MAX_TEXT_LENGTH, TEXT_PATTERN, type ClientFrameType, type RequestOf } from '@parley/shared';
import { UploadIds } from '../attachments/attachment.dto.js';
import { MAX_EMOJI_LENGTH } from '../messages/emoji.js';
import { UUID } from '../messages/message.dto.js';
import { IsBoolean, IsInt, IsObject, IsOptional, IsString, IsUUID, Max, Min } from 'class-validator';

const ID = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;

/** A key of `rooms` in `sync`: a room id as text. A regular expression, because JSON Schema cannot bound numbers in text. */
export const ROOM_KEY = new RegExp(`^(?:${digitsUpTo(Number.MAX_SAFE_INTEGER)})$`);

function IsId(): PropertyDecorator {
  return (target, property) => {
    for (const rule of [IsInt(), Min(1), Max(Number.MAX_SAFE_INTEGER)]) rule(target, property as string);
  };
}

/** A pattern for the whole numbers from 1 to `max`: those with fewer digits, then those with a smaller digit at one place. */
function digitsUpTo(max: number): string {
  const digits = String(max);
  const less = [...digits].flatMap((digit, at) => {
    const least = at === 0 ? 1 : 0;
    if (Number(digit) <= least) return [];
    return [`${digits.slice(0, at)}[${least}-${Number(digit) - 1}][0-9]{${digits.length - at - 1}}`];
  });
  return [`[1-9][0-9]{0,${digits.length - 2}}`, ...less, digits].join('|');
}

const TEXT = {
  minLength: 1,
  maxLength: MAX_TEXT_LENGTH,
  pattern: TEXT_PATTERN,
  example: 'Hello bob',
  description:
    'White space at both ends is removed, then the characters (code points) are counted. Something has to be visible, and NUL and half surrogate pairs are refused.',
} as const;

/** Fields that every frame about a room may have. */
class RoomFrame {
  @ApiPropertyOptional({ ...ID, description: 'The room.' })
  @IsOptional()
  @IsId()
  room_id?: number;

  @ApiPropertyOptional({ ...ID, description: 'The user who sends it (simulation).' })
  @IsOptional()
  @IsId()
  sender_id?: number;
}

export class MessageFrameDto extends RoomFrame {
  @ApiProperty(TEXT)
  @IsString()
  text: string;

  @ApiPropertyOptional({
    format: 'uuid',
    pattern: UUID,
    description:
      'A UUID that the client generates. A message that is sent again with the same one is stored once.',
  })
  @IsOptional()
  @IsUUID()
  client_id?: string;

  @ApiPropertyOptional({ ...ID, description: 'Id of a message of this room; any other is `bad_frame`.' })
  @IsOptional()
  @IsId()
  reply_to?: number;

  @UploadIds()
  attachments?: number[];
}

export class TypingFrameDto extends RoomFrame {}

/** Either `message_id` or `seq`. */
export class ReceiptFrameDto extends RoomFrame {
  @ApiPropertyOptional({ ...ID, description: 'Id of the last message that the receipt covers.' })
  @IsOptional()
  @IsId()
  message_id?: number;

  @ApiPropertyOptional({ ...ID, description: '`seq` of the last message that the receipt covers.' })
  @IsOptional()
  @IsId()
  seq?: number;
}

/** The fields of every frame that changes a message. */
class ChangeFrame {
  @ApiProperty({ ...ID, description: 'Id of the message.' })
  @IsId()
  message_id: number;

  @ApiPropertyOptional({ ...ID, description: 'The user who sends it (simulation).' })
  @IsOptional()
  @IsId()
  sender_id?: number;
}

export class EditFrameDto extends ChangeFrame {
  @ApiProperty(TEXT)
  @IsString()
  text: string;
}

export class DeleteFrameDto extends ChangeFrame {}

export class ReactFrameDto extends ChangeFrame {
  @ApiProperty({
    maxLength: MAX_EMOJI_LENGTH,
    example: '👍',
    description: 'One fully qualified emoji (Unicode `RGI_Emoji`); anything else is `bad_frame`.',
  })
  @IsString()
  emoji: string;

  @ApiProperty({ description: 'Whether the user reacts with it from now on.' })
  @IsBoolean()
  on: boolean;
}

export class SyncFrameDto {
  @ApiProperty({
    type: 'object',
    // JSON Schema has this keyword; the decorator's types lack it.
    ...({ propertyNames: { pattern: ROOM_KEY.source } } as object),
    additionalProperties: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    description: 'Room id to the `rev` that the client has.',
    example: { 1: 42 },
  })
  @IsObject()
  rooms: Record<string, number>;

  @ApiPropertyOptional({ ...ID, description: 'Only rooms from this id on are compared.' })
  @IsOptional()
  @IsId()
  first_room_id?: number;

  @ApiPropertyOptional({ ...ID, description: 'Only rooms up to this id are compared.' })
  @IsOptional()
  @IsId()
  last_room_id?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'The `rev` up to which the client has every `listing`. Unset: the ack has none.',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(Number.MAX_SAFE_INTEGER)
  listing_rev?: number;
}

/** Has no fields. */
export class PingFrameDto {}

/** Checks and documents the frames of the catalogue; a DTO that differs from its frame does not compile. */
export const CLIENT_FRAMES = {
  message: MessageFrameDto,
  typing: TypingFrameDto,
  read: ReceiptFrameDto,
  delivered: ReceiptFrameDto,
  edit: EditFrameDto,
  react: ReactFrameDto,
  delete: DeleteFrameDto,
  sync: SyncFrameDto,
  ping: PingFrameDto,
} satisfies { [T in ClientFrameType]: new () => RequestOf<T> };
