import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  DEFAULT_SETTINGS,
  isTimeZone,
  MAX_TIME_ZONE_LENGTH,
  SETTING_CHOICES,
  TIME_OF_DAY,
  type ChangeUserSettings,
  type QuietHours,
  type UserSettings,
} from '@parley/shared';
import { IsBoolean, IsIn, ValidateBy, ValidateIf } from 'class-validator';
import { OptionalId } from '../http/fields.js';

type Choice = keyof typeof SETTING_CHOICES;
type Flag = 'sounds' | 'notifications' | 'notification_text';

const WHAT: Readonly<Record<keyof UserSettings, string>> = {
  theme: 'Colours. `system`: as the device has them.',
  contrast: '`more`: stronger differences of colours and edges. `system`: as the device has it.',
  text_size: 'Size of the text.',
  density: 'Space between the rows of lists and messages.',
  enter: 'What Enter does in the composer: `send`, make a `line`, or `auto`: send where there is a keyboard.',
  motion: '`reduced`: nothing moves. `system`: as the device has it.',
  announcements: 'What screen readers announce: each message, in brief who has written, or nothing.',
  sounds: 'A message that arrives makes a sound.',
  notifications: 'The user is notified of messages outside the page.',
  notification_text: 'Notifications show the text of the message; without it, only who sent it.',
  quiet_hours: 'When neither notifications nor sounds come, each day. Null: never.',
};

/** `Area/Place` of the IANA database; the rule `time_zone` says that the server knows it. */
const TIME_ZONE = /^[A-Za-z][A-Za-z0-9+_/-]*$/;

const choice = (name: Choice) =>
  ApiProperty({ enum: SETTING_CHOICES[name], example: DEFAULT_SETTINGS[name], description: WHAT[name] });
const flag = (name: Flag) => ApiProperty({ example: DEFAULT_SETTINGS[name], description: WHAT[name] });
const time = (description: string, example: string) =>
  ApiProperty({ pattern: TIME_OF_DAY.source, example, description });

/** A field that may be left out: unlike `IsOptional`, null is refused. */
const given = () => ValidateIf((_, value) => value !== undefined);

function OptionalChoice(name: Choice): PropertyDecorator {
  const values = SETTING_CHOICES[name];
  return applyDecorators(
    ApiPropertyOptional({ enum: values, example: values[1], description: WHAT[name] }),
    given(),
    IsIn(values, { message: `must be one of ${values.join(', ')}` }),
  );
}

function OptionalFlag(name: Flag): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'boolean', example: true, description: WHAT[name] }),
    given(),
    IsBoolean(),
  );
}

export class QuietHoursDto implements QuietHours {
  @time('When they begin, `HH:MM`.', '22:00') from: string;
  @time('When they end, `HH:MM`. The same as `from`: the whole day.', '07:00') to: string;
  @ApiProperty({
    pattern: TIME_ZONE.source,
    maxLength: MAX_TIME_ZONE_LENGTH,
    example: 'Europe/Berlin',
    description: 'The IANA name of the time zone of both.',
  })
  time_zone: string;
}

/** In a request: without other fields. */
export class ChangeQuietHoursDto extends QuietHoursDto {}

/** What is wrong with quiet hours, by the first rule that they break; null: nothing. */
function faultOf(value: unknown): string | null {
  if (value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value))
    return 'must be null or an object with from, to and time_zone';
  const hours = value as Record<string, unknown>;
  const unknown = Object.keys(hours).find((name) => !['from', 'to', 'time_zone'].includes(name));
  if (unknown !== undefined) return 'must have no fields but from, to and time_zone';
  const wrong = ['from', 'to'].find((name) => {
    const clock = hours[name];
    return typeof clock !== 'string' || !TIME_OF_DAY.test(clock);
  });
  if (wrong !== undefined) return `${wrong} must be a time like 22:00`;
  const zone = hours.time_zone;
  const isName = typeof zone === 'string' && zone.length <= MAX_TIME_ZONE_LENGTH && TIME_ZONE.test(zone);
  return isName && isTimeZone(zone) ? null : 'time_zone must be the IANA name of a time zone';
}

export class UserSettingsDto implements UserSettings {
  @choice('theme') theme: UserSettings['theme'];
  @choice('contrast') contrast: UserSettings['contrast'];
  @choice('text_size') text_size: UserSettings['text_size'];
  @choice('density') density: UserSettings['density'];
  @choice('enter') enter: UserSettings['enter'];
  @choice('motion') motion: UserSettings['motion'];
  @choice('announcements') announcements: UserSettings['announcements'];
  @flag('sounds') sounds: boolean;
  @flag('notifications') notifications: boolean;
  @flag('notification_text') notification_text: boolean;
  @ApiProperty({ type: QuietHoursDto, nullable: true, description: WHAT.quiet_hours })
  quiet_hours: QuietHoursDto | null;
}

export class ChangeUserSettingsDto implements ChangeUserSettings {
  @OptionalChoice('theme') theme?: UserSettings['theme'];
  @OptionalChoice('contrast') contrast?: UserSettings['contrast'];
  @OptionalChoice('text_size') text_size?: UserSettings['text_size'];
  @OptionalChoice('density') density?: UserSettings['density'];
  @OptionalChoice('enter') enter?: UserSettings['enter'];
  @OptionalChoice('motion') motion?: UserSettings['motion'];
  @OptionalChoice('announcements') announcements?: UserSettings['announcements'];
  @OptionalFlag('sounds') sounds?: boolean;
  @OptionalFlag('notifications') notifications?: boolean;
  @OptionalFlag('notification_text') notification_text?: boolean;
  @ApiPropertyOptional({ type: ChangeQuietHoursDto, nullable: true, description: WHAT.quiet_hours })
  @given()
  @ValidateBy({
    name: 'isQuietHours',
    validator: {
      validate: (value) => faultOf(value) === null,
      defaultMessage: (argument) => `${faultOf(argument?.value)}`,
    },
  })
  quiet_hours?: ChangeQuietHoursDto | null;

  @OptionalId({ example: 1, description: 'The current user; `?active_user=` names it as well.' })
  active_user_id?: number;
}
