import type { UserSettings } from '@parley/shared';

/** The settings of the last user of this browser: the first paint comes before it is known who the user is. */
export const LAST_SETTINGS = 'parley-settings';
/** What the styles know: each is an attribute of `<html>`. */
export const LOOK = ['theme', 'contrast', 'text_size', 'density', 'motion'] as const;

/** Shows the page as the settings say. */
export function showLook(settings: Partial<UserSettings>): void {
  for (const name of LOOK) {
    const value = settings[name];
    if (value) document.documentElement.dataset[name] = value;
  }
}
