import { secondWords } from '../words/words';
import { ariaKeys, readableKeys } from './keys';
import { ACTIONS, type ActionId, type ActionRow } from './table';

/**
 * The keys of an action, as people read them: the first is the one that menus and tooltips show. None until the second load
 * is there, for until then they do nothing.
 */
export function keysOf(id: ActionId): string[] {
  const loaded = secondWords as typeof secondWords | undefined;
  return loaded ? rowOf(id).keys.map((keys) => readableKeys(keys, loaded.keys)) : [];
}

/** The key of an action for a menu or a tooltip; null for none. */
export function shortcutOf(id: ActionId): string | null {
  return keysOf(id)[0] ?? null;
}

/** The value of `aria-keyshortcuts`; undefined for none. */
export function ariaShortcutsOf(id: ActionId): string | undefined {
  return (
    rowOf(id)
      .keys.map((keys) => ariaKeys(keys))
      .join(' ') || undefined
  );
}

/** A tooltip: what a control does, and the key that does the same. */
export function titleWithKey(title: string, id: ActionId): string {
  const shortcut = shortcutOf(id);
  return shortcut === null ? title : `${title} (${shortcut})`;
}

/** A button shows the key that does the same. */
export function showKey(button: HTMLElement, id: ActionId): void {
  button.title = titleWithKey(button.ariaLabel ?? '', id);
  button.setAttribute('aria-keyshortcuts', ariaShortcutsOf(id) ?? '');
}

function rowOf(id: ActionId): ActionRow {
  return ACTIONS[id];
}
