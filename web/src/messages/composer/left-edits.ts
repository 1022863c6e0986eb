import { onCleanup } from 'solid-js';
import type { ComposerMode } from './composer-mode';
import { insertText } from './insert-text';

/** An edit that was left with its chat. */
interface LeftEdit {
  message: number | string;
  /** Of the message, and as the user has changed it. */
  text: string;
  changed: string;
}

/** By user and chat. */
const leftEdits = new Map<string, LeftEdit>();

/**
 * Goes on with the edit that was left with this chat, and remembers one that is left now, for as long as the window lives: until the
 * owner is disposed.
 * @param key of the user and the chat.
 */
export function goOnWithEdit(
  key: string,
  mode: ComposerMode,
  field: () => HTMLTextAreaElement | undefined,
): void {
  const left = leftEdits.get(key);
  leftEdits.delete(key);
  // What the composer does with it, it does at once only outside of an effect.
  if (left)
    queueMicrotask(() => {
      const element = field();
      if (!element || mode.current()?.kind === 'edit') return;
      mode.edit(left.message, left.text);
      element.select();
      insertText(element, left.changed);
    });
  onCleanup(() => {
    const current = mode.current();
    const element = field();
    if (current?.kind !== 'edit' || !element) return;
    leftEdits.set(key, { message: current.message, text: current.text, changed: element.value });
  });
}
