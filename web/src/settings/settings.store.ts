import { DEFAULT_SETTINGS, type UserSettings } from '@parley/shared';
import { createSignal, type Accessor } from 'solid-js';
import { readLocal } from '../ui/local-json';

/** The settings of the last user of this browser: the first paint comes before it is known who the user is. */
export const LAST_SETTINGS = 'parley-settings';
/** What the styles know: each is an attribute of `<html>` unless it is the default. */
const LOOK = ['theme', 'contrast', 'text_size', 'density', 'motion'] as const;

const [settings, setSettings] = createSignal(DEFAULT_SETTINGS);

/** How the user wants the page to be: `changeSettings` changes it. */
export const useSettings = (): Accessor<UserSettings> => settings;

/** Shows the page as the settings say. */
export function showSettings(next: UserSettings): void {
  setSettings(next);
  for (const name of LOOK) {
    const attribute = `data-${name.replace('_', '-')}`;
    if (next[name] === DEFAULT_SETTINGS[name]) document.documentElement.removeAttribute(attribute);
    else document.documentElement.setAttribute(attribute, next[name]);
  }
}

/** Shows the page as it was the last time in this browser. Called once, before the first render. */
export function restoreSettings(): void {
  showSettings({ ...DEFAULT_SETTINGS, ...readLocal<UserSettings>(LAST_SETTINGS) });
}
