import { ApiProperty } from '@nestjs/swagger';
import type { AuthInfo, AuthMode, AuthProvider, RegistrationPolicy, ServerLimits } from '@parley/shared';
import { ALICE, UserDto } from '../users/user.dto.js';

export class AuthProviderDto implements AuthProvider {
  @ApiProperty({ example: 'example' })
  id: string;

  @ApiProperty({ example: 'Example' })
  name: string;
}

export class AuthLimitsDto implements ServerLimits {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    example: 4_000,
    description: 'Longest text of a message, in characters.',
  })
  text_max_length: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    nullable: true,
    example: 900,
    description: 'How long after sending a message can be edited, in seconds. 0: never; null: for ever.',
  })
  edit_window_seconds: number | null;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    nullable: true,
    example: 86_400,
    description: 'The same for deleting it.',
  })
  delete_window_seconds: number | null;

  @ApiProperty({
    type: 'integer',
    minimum: 86_400,
    required: false,
    description:
      'The server removes every message this long after sending, in seconds, whatever its chat says. Absent: it does not.',
  })
  retention_seconds?: number;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    example: 26_214_400,
    description: 'Largest attachment, in bytes.',
  })
  attachment_max_bytes: number;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    example: 10,
    description: 'Attachments of one message, at most.',
  })
  attachments_max: number;
}

export class AuthInfoDto implements AuthInfo {
  @ApiProperty({
    enum: ['simulation', 'accounts'],
    description: '`simulation`: a request names its user. `accounts`: a session proves it.',
  })
  mode: AuthMode;

  @ApiProperty({ enum: ['open', 'invite', 'closed'], example: 'closed', description: 'Who may register.' })
  registration: RegistrationPolicy;

  @ApiProperty({
    type: [AuthProviderDto],
    example: [],
    description: 'Identity providers to log in with: `GET /api/auth/oidc/<id>/`.',
  })
  providers: AuthProviderDto[];

  @ApiProperty({ type: AuthLimitsDto })
  limits: AuthLimitsDto;

  @ApiProperty({ type: UserDto, nullable: true, example: ALICE, description: 'The current user.' })
  user: UserDto | null;
}
