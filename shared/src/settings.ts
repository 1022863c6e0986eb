import type { QuietHours } from './quiet-hours.js';
import type { SETTING_CHOICES } from './setting-choices.js';

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
