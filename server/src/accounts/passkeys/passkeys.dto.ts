import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  MAX_DISPLAY_NAME_LENGTH,
  type LoginMethods,
  type NewPasskey,
  type Passkey,
  type PasskeyAnswer,
  type PasskeyCredential,
  type RenamePasskey,
} from '@parley/shared';
import { ValidateBy, ValidateIf } from 'class-validator';
import { ID, TIME } from '../../http/fields.js';
import { DISPLAY_NAME_PATTERN, DISPLAY_NAME_SCHEMA } from '../../users/display-name.js';

/** What a browser writes in base64url. Far longer than any authenticator makes it. */
const BASE64URL = '^[A-Za-z0-9_-]{1,16000}$';
const BYTES = { type: 'string', pattern: BASE64URL, maxLength: 16_000 } as const;
const isBytes = (value: unknown) => typeof value === 'string' && new RegExp(BASE64URL).test(value);
const isUnset = (value: unknown) => value === undefined;
/** Those of `response` that only one of the two kinds of answers has. */
const OPTIONAL_BYTES = ['attestationObject', 'authenticatorData', 'signature'] as const;

class PasskeyResponseDto {
  @ApiProperty({
    ...BYTES,
    example: 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0',
    description: 'What the browser signed.',
  })
  clientDataJSON: string;

  @ApiPropertyOptional({ ...BYTES, description: 'Of a passkey that was made.' })
  attestationObject?: string;

  @ApiPropertyOptional({ ...BYTES, description: 'Of a passkey that was used.' })
  authenticatorData?: string;

  @ApiPropertyOptional({ ...BYTES, description: 'Of a passkey that was used.' })
  signature?: string;

  @ApiPropertyOptional({ type: 'string', nullable: true, description: 'Of a passkey that was used.' })
  userHandle?: string;

  @ApiPropertyOptional({ type: [String], example: ['internal'], description: 'Of a passkey that was made.' })
  transports?: string[];
}

/** Further fields, which browsers send, are allowed and not read. */
class PasskeyCredentialDto implements PasskeyCredential {
  @ApiProperty({ ...BYTES, example: 'Zm9vYmFy' })
  id: string;

  @ApiProperty({ ...BYTES, example: 'Zm9vYmFy' })
  rawId: string;

  @ApiProperty({ enum: ['public-key'] })
  type: 'public-key';

  @ApiProperty({ type: PasskeyResponseDto })
  response: PasskeyResponseDto;
}

/** The shape is checked, and nothing of the content: that is for the ceremony. */
function isCredential(value: unknown): boolean {
  if (!isRecord(value) || !isBytes(value.id) || !isBytes(value.rawId) || value.type !== 'public-key')
    return false;
  const { response } = value;
  if (!isRecord(response) || !isBytes(response.clientDataJSON)) return false;
  const { userHandle, transports } = response;
  return (
    OPTIONAL_BYTES.every((name) => isUnset(response[name]) || isBytes(response[name])) &&
    (isUnset(userHandle) || userHandle === null || typeof userHandle === 'string') &&
    (isUnset(transports) ||
      (Array.isArray(transports) && transports.every((transport) => typeof transport === 'string')))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function Credential(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      type: PasskeyCredentialDto,
      description: 'What `PublicKeyCredential.toJSON()` returns in the browser.',
    }),
    ValidateBy({
      name: 'isCredential',
      validator: {
        validate: isCredential,
        defaultMessage: () => 'must be what PublicKeyCredential.toJSON() returns',
      },
    }),
  );
}

export class PasskeyAnswerDto implements PasskeyAnswer {
  @Credential()
  credential: PasskeyCredentialDto;
}

const NAME_RULE = `must have 1 to ${MAX_DISPLAY_NAME_LENGTH} characters, one of them visible, and no control characters`;
const IsName = () =>
  ValidateBy({
    name: 'isName',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && DISPLAY_NAME_PATTERN.test(value),
      defaultMessage: () => NAME_RULE,
    },
  });

export class RenamePasskeyDto implements RenamePasskey {
  @ApiProperty({ ...DISPLAY_NAME_SCHEMA, example: 'My phone', description: 'For the user alone.' })
  @IsName()
  name: string;
}

export class NewPasskeyDto extends PasskeyAnswerDto implements NewPasskey {
  @ApiPropertyOptional({
    ...DISPLAY_NAME_SCHEMA,
    example: 'My phone',
    description: 'The name of the browser when absent.',
  })
  @ValidateIf((_, value: unknown) => value !== undefined)
  @IsName()
  name?: string;
}

export class PasskeyDto implements Passkey {
  @ApiProperty({ ...ID, example: 1 })
  id: number;

  @ApiProperty({ example: 'My phone' })
  name: string;

  @ApiProperty({ example: 'chat.example.com', description: 'Host of the page at which it works.' })
  host: string;

  @ApiProperty({
    example: true,
    description: 'It is on other devices of the user too, through its provider.',
  })
  is_synced: boolean;

  @ApiProperty({ ...TIME, example: '2026-11-22T07:00:00.000Z' })
  created_at: string;

  @ApiProperty({
    ...TIME,
    type: String,
    nullable: true,
    example: '2026-11-22T07:01:55.123Z',
    description: 'Null: it was not used yet.',
  })
  last_used_at: string | null;
}

export class LoginMethodsDto implements LoginMethods {
  @ApiProperty({ type: [PasskeyDto] })
  passkeys: PasskeyDto[];

  @ApiProperty({ example: true, description: 'Whether the user can log in with a password too.' })
  has_password: boolean;

  @ApiProperty({ example: false, description: 'Whether the user can log in with an identity provider too.' })
  has_provider: boolean;
}

const OPTIONS = { type: 'object', additionalProperties: true } as const;
const CHALLENGE = {
  example: 'bm8gY2hhbGxlbmdlIGlzIHVzZWQgdHdpY2UgZXZlciE',
  description: 'Valid once, for five minutes.',
};

/** PublicKeyCredentialRequestOptionsJSON of WebAuthn. */
export class PasskeyRequestDto {
  @ApiProperty(CHALLENGE)
  challenge: string;

  @ApiProperty({ example: 'chat.example.com' })
  rpId: string;

  @ApiProperty({ type: 'integer', example: 300_000, description: 'Milliseconds.' })
  timeout: number;

  @ApiProperty({ enum: ['required'] })
  userVerification: 'required';

  @ApiPropertyOptional({ type: 'array', items: OPTIONS, example: [] })
  allowCredentials?: object[];
}

/** PublicKeyCredentialCreationOptionsJSON of WebAuthn. */
export class PasskeyCreationDto {
  @ApiProperty(CHALLENGE)
  challenge: string;

  @ApiProperty({ ...OPTIONS, example: { name: 'Parley', id: 'chat.example.com' } })
  rp: object;

  @ApiProperty({ ...OPTIONS, example: { id: 'Zm9vYmFy', name: 'frida', displayName: 'Frida' } })
  user: object;

  @ApiProperty({ type: 'array', items: OPTIONS, example: [{ type: 'public-key', alg: -7 }] })
  pubKeyCredParams: object[];

  @ApiProperty({ type: 'integer', example: 300_000, description: 'Milliseconds.' })
  timeout: number;

  @ApiProperty({ type: 'array', items: OPTIONS, example: [] })
  excludeCredentials: object[];

  @ApiProperty({ ...OPTIONS, example: { residentKey: 'required', userVerification: 'required' } })
  authenticatorSelection: object;

  @ApiProperty({ enum: ['none'], description: 'Nothing is asked about the authenticator.' })
  attestation: 'none';

  @ApiProperty({ ...OPTIONS, example: { credProps: true } })
  extensions: object;

  @ApiProperty({ type: [String], example: [] })
  hints: string[];
}
