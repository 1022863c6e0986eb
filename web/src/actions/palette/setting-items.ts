import { fold, SETTING_CHOICES, type UserSettings } from '@parley/shared';
import { changeSettings } from '../../settings/change-settings';
import { settingsWords } from '../../words/words';
import { actionWords } from '../action-words';
import type { Item } from './items';
import { ranked } from './rank';

type Choice = keyof typeof SETTING_CHOICES;

/** The values of settings that a folded query asks for, by the name of the setting (`theme`) or of the value (`dark`). */
export function settingItems(settings: UserSettings, query: string, most: number): Item[] {
  const all = (Object.keys(SETTING_CHOICES) as Choice[]).flatMap((name) => {
    const { title, values }: { title: string; values: Readonly<Record<string, string>> } =
      settingsWords.choices[name];
    return Object.entries(values).map(([value, label]) => ({
      texts: [fold(label), fold(actionWords.palette.setting(title, label))],
      item: {
        key: `setting-${name}-${value}`,
        title: actionWords.palette.setting(title, label),
        detail: settings[name] === value ? actionWords.palette.current : '',
        run: () => changeSettings({ [name]: value } as Partial<UserSettings>),
      },
    }));
  });
  return ranked(all, ({ texts }) => texts, query, most).map(({ item }) => item);
}
