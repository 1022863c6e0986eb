import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MAX_TEXT_LENGTH, type ClientFrames } from '@parley/shared';
import { IsInt, IsObject, IsOptional, IsString, IsUUID, Max, Min } from 'class-validator';

const ID = { type: 'integer', minimum: 1 } as const;

function IsId(): PropertyDecorator {
  return (target, property) => {
    for (const rule of [IsInt(), Min(1), Max(Number.MAX_SAFE_INTEGER)]) rule(target, property as string);
  };
}

/** What every frame about a room may carry. */
class RoomFrame {
  @ApiPropertyOptional({ ...ID, description: 'Required on the user socket, implied on a room socket.' })
  @IsOptional()
  @IsId()
  room_id?: number;

  @ApiPropertyOptional({ ...ID, description: 'Who sends it (simulation, room socket).' })
  @IsOptional()
  @IsId()
  sender_id?: number;
}

export class MessageFrameDto extends RoomFrame {
  @ApiProperty({ minLength: 1, maxLength: MAX_TEXT_LENGTH, example: 'Hello bob' })
  @IsString()
  text: string;

  @ApiPropertyOptional({
    format: 'uuid',
    description: 'Sent again with the same one, it is still one message.',
  })
  @IsOptional()
  @IsUUID()
  client_id?: string;

  @ApiPropertyOptional({ ...ID, description: 'Id of a message of this room.' })
  @IsOptional()
  @IsId()
  reply_to?: number;
}

export class TypingFrameDto extends RoomFrame {}

/** Either `message_id` or `seq`. */
export class ReceiptFrameDto extends RoomFrame {
  @ApiPropertyOptional({ ...ID, description: 'Everything up to this message.' })
  @IsOptional()
  @IsId()
  message_id?: number;

  @ApiPropertyOptional({ ...ID, description: 'Everything up to this place in the room.' })
  @IsOptional()
  @IsId()
  seq?: number;
}

export class SyncFrameDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer', minimum: 0 },
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
}

/** Only its ack is of interest. */
export class PingFrameDto {}

/** The DTO classes and the wire's catalogue must say the same: a compile error tells where they do not. */
export const CLIENT_FRAMES = {
  message: MessageFrameDto,
  typing: TypingFrameDto,
  read: ReceiptFrameDto,
  delivered: ReceiptFrameDto,
  sync: SyncFrameDto,
  ping: PingFrameDto,
} satisfies { [T in keyof ClientFrames]: new () => ClientFrames[T] };
