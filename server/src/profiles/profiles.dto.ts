import { ApiPropertyOptional } from '@nestjs/swagger';
import { AVATAR_SIZES, type SetAvatar, type UpdateProfile } from '@parley/shared';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import { Id, OptionalId } from '../http/fields.js';
import { DisplayName } from '../users/display-name.js';

const ACTING = 'The user whose profile it is; `?active_user=` names it as well.';

export class UpdateProfileDto implements UpdateProfile {
  @DisplayName('What others see.')
  display_name?: string;

  @OptionalId({ example: 1, description: ACTING })
  active_user_id?: number;
}

export class SetAvatarDto implements SetAvatar {
  @Id({ example: 1, description: 'Id of a complete upload of the user: an image.' })
  upload: number;

  @OptionalId({ example: 1, description: ACTING })
  active_user_id?: number;
}

export class AvatarQuery {
  @ApiPropertyOptional({
    type: 'integer',
    enum: AVATAR_SIZES,
    default: AVATAR_SIZES[0],
    description: 'Width and height in pixels.',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (/^\d{3}$/.test(String(value)) ? Number(value) : value))
  @IsIn(AVATAR_SIZES, { message: `must be one of ${AVATAR_SIZES.join(', ')}` })
  size?: (typeof AVATAR_SIZES)[number];
}
