import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  MAX_PINNED_ROOMS,
  MUTED_FOREVER,
  type ChangeRoomSettings,
  type ListSettings,
  type RoomSettings,
  type Sharing,
} from '@parley/shared';
import { IsBoolean, IsOptional, ValidateIf } from 'class-validator';
import { OptionalId, OptionalTime, TIME } from '../http/fields.js';
import { WHAT } from './privacy.dto.js';

const MUTE = `Until when the user is not notified of messages; \`${MUTED_FOREVER}\` is for ever. Null: the room is not muted.`;

const LISTED = {
  pinned: `Stands above the others in the list. At most ${MAX_PINNED_ROOMS} rooms do.`,
  archived: 'Is not in the list until it has a new message; while it is muted, in spite of one.',
  marked_unread: 'Is marked as unread, until the user reads further.',
} as const satisfies Partial<Record<keyof ListSettings, string>>;

function share(name: keyof Sharing): PropertyDecorator {
  const description = `${WHAT[name]} Null: as in general.`;
  return ApiProperty({ type: 'boolean', nullable: true, example: null, description });
}

function listed(name: keyof typeof LISTED): PropertyDecorator {
  return ApiProperty({ example: false, description: LISTED[name] });
}

/** A field that may be left out; with null the room does not say. */
function OptionalShare(name: keyof Sharing): PropertyDecorator {
  const description = `${WHAT[name]} Null: as in general.`;
  return applyDecorators(
    ApiPropertyOptional({ type: 'boolean', nullable: true, example: false, description }),
    IsOptional(),
    IsBoolean(),
  );
}

/** A field that may be left out and is a boolean: unlike `IsOptional`, null is refused. */
function OptionalListed(name: keyof typeof LISTED): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'boolean', example: true, description: LISTED[name] }),
    ValidateIf((_, value) => value !== undefined),
    IsBoolean(),
  );
}

export class RoomSettingsDto implements RoomSettings {
  @share('share_read') share_read: boolean | null;
  @share('share_delivered') share_delivered: boolean | null;
  @share('share_typing') share_typing: boolean | null;
  @share('share_presence') share_presence: boolean | null;
  @listed('pinned') pinned: boolean;
  @ApiProperty({ ...TIME, nullable: true, example: null, description: MUTE }) muted_until: string | null;
  @listed('archived') archived: boolean;
  @listed('marked_unread') marked_unread: boolean;
}

export class ChangeRoomSettingsDto implements ChangeRoomSettings {
  @OptionalShare('share_read') share_read?: boolean | null;
  @OptionalShare('share_delivered') share_delivered?: boolean | null;
  @OptionalShare('share_typing') share_typing?: boolean | null;
  @OptionalShare('share_presence') share_presence?: boolean | null;
  @OptionalListed('pinned') pinned?: boolean;
  @OptionalTime({ nullable: true, example: MUTED_FOREVER, description: MUTE }) muted_until?: string | null;
  @OptionalListed('archived') archived?: boolean;
  @OptionalListed('marked_unread') marked_unread?: boolean;

  @OptionalId({
    example: 1,
    description: 'The user whose settings they are; `?active_user=` names it as well.',
  })
  active_user_id?: number;
}
