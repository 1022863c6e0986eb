/**
 * The values of each setting that is one of several. The first is the default, and the order is that of the page.
 */
export const SETTING_CHOICES = {
  theme: ['system', 'light', 'dark'],
  contrast: ['system', 'more'],
  text_size: ['medium', 'small', 'large', 'larger'],
  density: ['comfortable', 'compact'],
  enter: ['auto', 'send', 'line'],
  motion: ['system', 'reduced'],
  announcements: ['all', 'brief', 'none'],
} as const;

type Choice = keyof typeof SETTING_CHOICES;

/** How a user wants the page to be, on all devices: `GET` and `PATCH /api/me/settings/`. */
export type UserSettings = {
  [Name in Choice]: (typeof SETTING_CHOICES)[Name][number];
} & {
  /** A message that arrives makes a sound. */
  sounds: boolean;
  /** The user is notified of messages outside the page. */
  notifications: boolean;
  /** Notifications show the text of the message; without it, only who sent it. */
  notification_text: boolean;
  /** When neither notifications nor sounds come; null: never. */
  quiet_hours: QuietHours | null;
};

/** Body of `PATCH /api/me/settings/`: what is absent stays as it is. */
export interface ChangeUserSettings extends Partial<UserSettings> {
  /** The current user (simulation); `?active_user=` does as well. */
  active_user_id?: number;
}

/** A time of each day, which may pass midnight. */
export interface QuietHours {
  /** `HH:MM`, included. */
  from: string;
  /** `HH:MM`, not included. The same as `from`: the whole day. */
  to: string;
  /** The IANA name of a time zone, for example `Europe/Berlin`. */
  time_zone: string;
}

/** The settings of a user who has changed none. */
export const DEFAULT_SETTINGS: UserSettings = Object.freeze({
  theme: 'system',
  contrast: 'system',
  text_size: 'medium',
  density: 'comfortable',
  enter: 'auto',
  motion: 'system',
  announcements: 'all',
  sounds: true,
  notifications: false,
  notification_text: true,
  quiet_hours: null,
});

/** The form of `from` and `to` in {@link QuietHours}. */
export const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
/** Longest name of a time zone, in characters. */
export const MAX_TIME_ZONE_LENGTH = 64;

/** Whether `now` is within the quiet hours. A time zone that this runtime does not know counts as UTC. */
export function isQuiet(hours: QuietHours | null, now: Date): boolean {
  if (!hours) return false;
  const { from, to } = hours;
  const time = timeOfDay(now, hours.time_zone);
  return from < to ? from <= time && time < to : time >= from || time < to;
}

function timeOfDay(now: Date, timeZone: string): string {
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat('en-GB', {
    ...time,
    timeZone: isTimeZone(timeZone) ? timeZone : 'UTC',
  }).format(now);
}

/** Whether this runtime knows the time zone by this name. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
