import type { UserSettings } from '@parley/shared';

/** The settings of the last user of this browser: the first paint comes before it is known who the user is. */
export const LAST_SETTINGS = 'parley-settings';

/** Shows the page as the settings say: each is an attribute of `<html>`, whether the styles ask for it or not. */
export function showLook(settings: Partial<UserSettings> | null): void {
  Object.assign(document.documentElement.dataset, settings);
}
