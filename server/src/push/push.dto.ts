import { ApiProperty } from '@nestjs/swagger';
import {
  MAX_ENDPOINT_LENGTH,
  type CreatePushSubscription,
  type PushSubscriptionInfo,
  type PushSubscriptions,
} from '@parley/shared';
import { IsString, Matches, MaxLength } from 'class-validator';
import { ID, OptionalId, TIME } from '../http/fields.js';

/** 65 bytes, the first of which is 4: a point that is not compressed. */
const P256DH = /^B[A-Za-z0-9_-]{86}$/;
/** 16 bytes. */
const AUTH = /^[A-Za-z0-9_-]{22}$/;
const HTTP_URL = /^https?:\/\/[^\s\\]+$/;

export class CreatePushSubscriptionDto implements CreatePushSubscription {
  @ApiProperty({
    pattern: HTTP_URL.source,
    maxLength: MAX_ENDPOINT_LENGTH,
    example: 'https://push.example.com/send/abc',
    description: 'URL of the push service for the browser: `endpoint` of its `PushSubscription`.',
  })
  @IsString()
  @MaxLength(MAX_ENDPOINT_LENGTH)
  @Matches(HTTP_URL, { message: 'must be an https URL' })
  endpoint: string;

  @ApiProperty({
    pattern: P256DH.source,
    example: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    description: 'Key of the browser (RFC 8291), base64url.',
  })
  @Matches(P256DH, { message: 'must be a key of 65 bytes in base64url' })
  p256dh: string;

  @ApiProperty({
    pattern: AUTH.source,
    example: 'BTBZMqHH6r4Tts7J_aSIgg',
    description: 'Secret of the browser (RFC 8291), base64url.',
  })
  @Matches(AUTH, { message: 'must be 16 bytes in base64url' })
  auth: string;

  @OptionalId({ example: 1, description: 'The current user; `?active_user=` names it as well.' })
  active_user_id?: number;
}

export class PushSubscriptionInfoDto implements PushSubscriptionInfo {
  @ApiProperty({ ...ID, example: 1 })
  id: number;

  @ApiProperty({ example: 'push.example.com', description: 'Host of the push service.' })
  host: string;

  @ApiProperty({ ...TIME, example: '2026-11-22T07:01:55.123Z' })
  created_at: string;
}

export class PushSubscriptionsDto implements PushSubscriptions {
  @ApiProperty({
    example: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    description: 'The `applicationServerKey` with which a browser subscribes (RFC 8292), base64url.',
  })
  public_key: string;

  @ApiProperty({ type: [PushSubscriptionInfoDto], description: 'The oldest first.' })
  subscriptions: PushSubscriptionInfoDto[];
}
