import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { DeletedMessages, DeleteMe, ExportProgress, UpdateMe } from '@parley/shared';
import { IsIn, IsOptional } from 'class-validator';
import { ChangeSharingDto } from '../privacy/privacy.dto.js';
import { COUNT } from '../http/fields.js';
import { DisplayName } from '../users/display-name.js';
import { EXAMPLE_PASSWORD, Password } from './accounts.dto.js';

export class UpdateMeDto extends ChangeSharingDto implements UpdateMe {
  @DisplayName('What others see.')
  display_name?: string;
}

const DELETED_MESSAGES: DeletedMessages[] = ['keep', 'remove'];

export class DeleteMeDto implements DeleteMe {
  @Password(1, 'The password of the account. Absent for an account without one.', EXAMPLE_PASSWORD, true)
  password?: string;

  @ApiPropertyOptional({
    enum: DELETED_MESSAGES,
    default: 'keep',
    description:
      'What happens to the texts of the messages: the other members keep them, or they are removed, as if each message were deleted.',
  })
  @IsOptional()
  @IsIn(DELETED_MESSAGES, { message: `must be one of ${DELETED_MESSAGES.join(', ')}` })
  messages?: DeletedMessages;
}

export class ExportProgressDto implements ExportProgress {
  @ApiProperty({ description: 'An export of the user runs now.' })
  running: boolean;

  @ApiProperty({ ...COUNT, description: 'Messages that are in the archive.' })
  messages: number;

  @ApiProperty({ ...COUNT, description: 'Messages that the archive will have.' })
  total: number;
}
