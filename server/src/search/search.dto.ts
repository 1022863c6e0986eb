import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  DEFAULT_FOUND_MESSAGES,
  MAX_FOUND_MESSAGES,
  MAX_QUERY_LENGTH,
  MAX_USERNAME_LENGTH,
  type FoundMessage,
  type SearchPage,
} from '@parley/shared';
import { IsOptional, IsString, Matches } from 'class-validator';
import { ID, OptionalTime, QueryInteger } from '../http/fields.js';
import { MessageDto } from '../messages/message.dto.js';

/** PostgreSQL has no text with NUL. The lengths are in it too: class-validator counts some characters as none. */
const text = (length: number) => `^[^\\u0000]{1,${length}}$`;

export class SearchQuery {
  @ApiProperty({
    pattern: text(MAX_QUERY_LENGTH),
    minLength: 1,
    maxLength: MAX_QUERY_LENGTH,
    example: 'hello',
    description:
      'Any part of a text, in any script, without regard to case and accents; white space around it is taken away. Nothing in it ' +
      'is a wildcard. What has nothing but marks and white space finds nothing.',
  })
  @IsString()
  @Matches(new RegExp(text(MAX_QUERY_LENGTH), 'u'), {
    message: `must have 1 to ${MAX_QUERY_LENGTH} characters, and not the character NUL`,
  })
  q: string;

  @QueryInteger({ minimum: 1, description: 'Id of a room: only its messages.' })
  room?: number;

  @ApiPropertyOptional({
    pattern: text(MAX_USERNAME_LENGTH),
    maxLength: MAX_USERNAME_LENGTH,
    example: 'bob',
    description:
      'Username of the sender, in whatever case. Of users without a chat with the current user nothing is found.',
  })
  @IsOptional()
  @IsString()
  @Matches(new RegExp(text(MAX_USERNAME_LENGTH), 'u'), {
    message: `must have 1 to ${MAX_USERNAME_LENGTH} characters, and not the character NUL`,
  })
  from?: string;

  @OptionalTime({ description: 'Only messages from before this time, ISO-8601 UTC.' })
  before?: string;

  @OptionalTime({ description: 'Only messages from this time on, ISO-8601 UTC.' })
  after?: string;

  @QueryInteger({ minimum: 1, description: '`next` of the page before.' })
  cursor?: number;

  @QueryInteger({
    minimum: 1,
    maximum: MAX_FOUND_MESSAGES,
    default: DEFAULT_FOUND_MESSAGES,
    description: 'Results on a page, at most.',
  })
  limit?: number;

  /** Checked where it names the user: current-user.ts. */
  @ApiProperty({ ...ID, example: 1, description: 'The current user.' })
  @IsOptional()
  active_user?: unknown;
}

export class FoundMessageDto implements FoundMessage {
  @ApiProperty({ type: MessageDto })
  message: MessageDto;

  @ApiProperty({
    type: MessageDto,
    nullable: true,
    description: 'The message before it in its room; null: there is none, or it is deleted.',
  })
  before: MessageDto | null;

  @ApiProperty({
    type: MessageDto,
    nullable: true,
    description: 'The message after it in its room; null: there is none, or it is deleted.',
  })
  after: MessageDto | null;
}

export class SearchPageDto implements SearchPage {
  @ApiProperty({ type: [FoundMessageDto], description: 'Newest first.' })
  results: FoundMessageDto[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: '1234',
    description:
      'Continues the search with older messages (`cursor`); null: everything was searched. A request does a limited amount of ' +
      'work, so a page may have few results or none, and a cursor.',
  })
  next: string | null;
}
