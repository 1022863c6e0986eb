import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ATTACHMENTS_MAX, MAX_ATTACHMENT_NAME_LENGTH, type Attachment } from '@parley/shared';
import { ArrayMaxSize, IsArray, IsInt, IsOptional, Max, Min } from 'class-validator';
import { MOST_ATTACHMENTS } from '../config/config.js';
import { COUNT, ID } from '../http/fields.js';

const PIXELS = { ...ID, description: 'Pixels, of an image as it is shown.' } as const;

export class AttachmentDto implements Attachment {
  @ApiProperty({ ...ID, example: 3 })
  id: number;

  @ApiProperty({ minLength: 1, maxLength: MAX_ATTACHMENT_NAME_LENGTH, example: 'photo.jpg' })
  name: string;

  @ApiProperty({ example: 'image/jpeg', description: 'MIME type that the server found in the content.' })
  type: string;

  @ApiProperty({ ...COUNT, example: 182_044, description: 'Bytes.' })
  size: number;

  @ApiPropertyOptional({ ...PIXELS, example: 1_920 })
  width?: number;

  @ApiPropertyOptional({ ...PIXELS, example: 1_080 })
  height?: number;

  @ApiProperty({ example: '/api/attachments/3/photo.jpg', description: 'Path of the file.' })
  url: string;

  @ApiPropertyOptional({
    example: '/api/attachments/3/thumbnail/thumbnail.webp',
    description: 'Path of a smaller picture of a large image.',
  })
  thumbnail_url?: string;
}

/** `maxItems` is a setting (`ATTACHMENTS_MAX`): the documents have the value of this server. */
export function UploadIds(more: { nullable?: true } = {}): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      type: 'array',
      items: ID,
      maxItems: ATTACHMENTS_MAX,
      ...more,
      description:
        'Ids of complete uploads of the sender, each in one message only. With one, the text may be empty.',
    }),
    IsOptional(),
    IsArray(),
    // Before each entry is looked at, so that no long list is walked through.
    ArrayMaxSize(MOST_ATTACHMENTS),
    IsInt({ each: true }),
    Min(1, { each: true }),
    Max(Number.MAX_SAFE_INTEGER, { each: true }),
  );
}
