import { DEFAULT_SETTINGS, type UserSettings } from '@parley/shared';
import { createSignal, type Accessor } from 'solid-js';
import { readLocal } from '../ui/local-json';
import { LAST_SETTINGS } from './look';

/** As they were the last time in this browser. */
const [settings, setSettings] = createSignal<UserSettings>({
  ...DEFAULT_SETTINGS,
  ...readLocal<UserSettings>(LAST_SETTINGS),
});

/** How the user wants the page to be: `changeSettings` changes it. */
export const useSettings = (): Accessor<UserSettings> => settings;
export { setSettings };
