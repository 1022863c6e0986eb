import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  MAX_PASSWORD_LENGTH,
  MAX_USERNAME_LENGTH,
  MIN_PASSWORD_LENGTH,
  USERNAME_PATTERN,
  type ChangePassword,
  type Login,
  type PasskeyRegistration,
  type Register,
  type SessionInfo,
} from '@parley/shared';
import { IsOptional, IsString, Length, Matches, ValidateIf } from 'class-validator';
import { ID, TIME } from '../http/fields.js';
import { DisplayName } from '../users/display-name.js';

export const EXAMPLE_PASSWORD = 'correct horse battery';

/** A password of a request. The length counts code points, as JSON Schema does. */
export function Password(
  minimum: number,
  description: string,
  example: string,
  isOptional = false,
): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      required: !isOptional,
      minLength: minimum,
      maxLength: MAX_PASSWORD_LENGTH,
      format: 'password',
      description,
      example,
    }),
    // Not IsOptional, which lets null pass.
    ValidateIf((_, value: unknown) => !isOptional || value !== undefined),
    IsString(),
    Matches(new RegExp(`^[\\s\\S]{${minimum},${MAX_PASSWORD_LENGTH}}$`, 'u'), {
      message: `must have ${minimum} to ${MAX_PASSWORD_LENGTH} characters`,
    }),
  );
}

/** What every registration has, however the user is going to log in. */
export class NewAccountDto implements PasskeyRegistration {
  @ApiProperty({
    minLength: 1,
    maxLength: MAX_USERNAME_LENGTH,
    pattern: USERNAME_PATTERN.source,
    example: 'frida',
    description: 'Unique without regard to case, and unlike every other one.',
  })
  @IsString()
  @Length(1, MAX_USERNAME_LENGTH)
  @Matches(USERNAME_PATTERN, {
    message: 'username must begin with a letter or digit and have only letters, digits, ".", "_" and "-"',
  })
  username: string;

  @DisplayName('The username when absent.')
  display_name?: string;

  @ApiPropertyOptional({ maxLength: 100, description: 'Code of an invite, where registration needs one.' })
  @IsOptional()
  @IsString()
  @Length(0, 100)
  invite?: string;
}

export class RegisterDto extends NewAccountDto implements Register {
  @Password(MIN_PASSWORD_LENGTH, 'Not one of the most common ones.', EXAMPLE_PASSWORD)
  password: string;
}

export class LoginDto implements Login {
  @ApiProperty({ minLength: 1, maxLength: MAX_USERNAME_LENGTH, example: 'frida' })
  @IsString()
  @Length(1, MAX_USERNAME_LENGTH)
  username: string;

  @Password(1, 'The password of the account.', EXAMPLE_PASSWORD)
  password: string;
}

export class ChangePasswordDto implements ChangePassword {
  @Password(1, 'The password until now. Absent for an account without one.', EXAMPLE_PASSWORD, true)
  current_password?: string;

  @Password(MIN_PASSWORD_LENGTH, 'Not one of the most common ones.', 'staple battery horse')
  new_password: string;
}

export class ProvePasswordDto {
  @Password(1, 'The password of the account.', EXAMPLE_PASSWORD)
  password: string;
}

export class SessionInfoDto implements SessionInfo {
  @ApiProperty({ ...ID, example: 1 })
  id: number;

  @ApiProperty({ example: 'Firefox on Linux', description: 'Program and system, as the client named them.' })
  device: string;

  @ApiProperty({ example: '192.0.2.7', description: 'IP address at login.' })
  ip: string;

  @ApiProperty({ ...TIME, example: '2026-11-22T07:00:00.000Z' })
  created_at: string;

  @ApiProperty({ ...TIME, example: '2026-11-22T07:01:55.123Z', description: 'Exact to about a minute.' })
  last_used_at: string;

  @ApiProperty({ example: true, description: 'The session of this request.' })
  current: boolean;
}
