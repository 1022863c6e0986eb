import { DEFAULT_SETTINGS, SETTING_CHOICES, type UserSettings } from '@parley/shared';
import { showLook as showLookOf } from '../src/settings/look';
import { setSettings } from '../src/settings/settings.store';

/** The settings that change how the page looks. */
export const LOOK = ['theme', 'contrast', 'text_size', 'density', 'motion'] as const;

export type Look = Pick<UserSettings, (typeof LOOK)[number]> & { direction: 'ltr' | 'rtl' };

/** As the URL says: `?theme=dark&contrast=more&direction=rtl`. */
export function lookOf(params: URLSearchParams): Look {
  const chosen = LOOK.flatMap((name) => {
    const value = params.get(name);
    const isChoice = (SETTING_CHOICES[name] as readonly (string | null)[]).includes(value);
    return isChoice ? [[name, value]] : [];
  });
  const direction = params.get('direction') === 'rtl' ? 'rtl' : 'ltr';
  return { ...DEFAULT_SETTINGS, ...Object.fromEntries(chosen), direction };
}

/** By the attributes that the page itself sets. */
export function showLook({ direction, ...look }: Look): void {
  setSettings({ ...DEFAULT_SETTINGS, ...look });
  showLookOf(look);
  document.documentElement.dir = direction;
}

/** The query that brings a look back. */
export function queryOf(look: Look): URLSearchParams {
  const named = LOOK.filter((name) => look[name] !== DEFAULT_SETTINGS[name]).map((name) => [
    name,
    look[name],
  ]);
  return new URLSearchParams([...named, ...(look.direction === 'rtl' ? [['direction', 'rtl']] : [])]);
}
