import { ariaKeys, isPressed, readableKeys, type Pressed } from './keys';

type Modifier = 'ctrl' | 'meta' | 'alt' | 'shift' | 'AltGraph';

function press(key: string, ...modifiers: Modifier[]): Pressed {
  return {
    key,
    code: '',
    ctrlKey: modifiers.includes('ctrl'),
    metaKey: modifiers.includes('meta'),
    altKey: modifiers.includes('alt'),
    shiftKey: modifiers.includes('shift'),
    getModifierState: (name) => name === 'AltGraph' && modifiers.includes('AltGraph'),
  };
}

describe('a shortcut', () => {
  it.each<[string, Pressed, string]>([
    ['with Ctrl', press('k', 'ctrl'), 'mod+k'],
    ['with caps lock', press('K', 'ctrl'), 'mod+k'],
    ['on a Cyrillic layout', { ...press('л', 'ctrl'), code: 'KeyK' }, 'mod+k'],
    ['of an arrow', press('ArrowUp', 'alt', 'shift'), 'alt+shift+arrow-up'],
    ['that is a sign, with Shift', press('?', 'shift'), '?'],
    ['that is a sign, without', press('?'), '?'],
    [
      'that is a sign, with AltGr, which Windows reports as Ctrl+Alt',
      press('+', 'ctrl', 'alt', 'AltGraph'),
      'plus',
    ],
    ['of any character', press('é'), 'character'],
    ['of a dead key', press('Dead'), 'character'],
    ['of a character outside the first plane', press('𝔸'), 'character'],
    ['of a character with AltGr', press('@', 'ctrl', 'alt', 'AltGraph'), 'character'],
    ['named by a function key', press('F3', 'shift'), 'shift+f3'],
    ['of a named key', press('ContextMenu'), 'context-menu'],
  ])('%s is pressed', (_, event, keys) => expect(isPressed(event, keys, false)).toBe(true));

  it.each<[string, Pressed, string]>([
    ['that AltGr writes', press('k', 'ctrl', 'alt', 'AltGraph'), 'mod+k'],
    ['with one modifier too many', press('k', 'ctrl', 'shift'), 'mod+k'],
    ['with the Windows key', press('k', 'meta'), 'mod+k'],
    ['without its modifier', press('k'), 'mod+k'],
    ['of a letter, with Ctrl', press('r', 'ctrl'), 'r'],
    ['of a sign, with Ctrl', press('?', 'ctrl'), '?'],
    ['of any character, for a space', press(' '), 'character'],
    ['of any character, for a named key', press('Enter'), 'character'],
    ['of any character, with Ctrl', press('a', 'ctrl'), 'character'],
    ['of a layout with Latin letters, by position', { ...press('t', 'ctrl'), code: 'KeyK' }, 'mod+k'],
  ])('%s is not pressed', (_, event, keys) => expect(isPressed(event, keys, false)).toBe(false));

  it('has ⌘ on Apple systems, where Ctrl moves in a field', () => {
    expect(isPressed(press('k', 'meta'), 'mod+k', true)).toBe(true);
    expect(isPressed(press('k', 'ctrl'), 'mod+k', true)).toBe(false);
  });

  it('is written as on the keyboard', () => {
    const names = { mod: 'Strg', alt: 'Alt', shift: 'Umschalt', 'arrow-up': '↑' };
    expect(readableKeys('mod+k', names, false)).toBe('Strg+K');
    expect(readableKeys('alt+shift+arrow-up', names, false)).toBe('Alt+Umschalt+↑');
    expect(readableKeys('alt+shift+arrow-up', names, true)).toBe('⌥⇧↑');
  });

  it('is written for aria-keyshortcuts', () => {
    expect(ariaKeys('mod+shift+x', false)).toBe('Control+Shift+X');
    expect(ariaKeys('mod+k', true)).toBe('Meta+K');
    expect(ariaKeys('alt+arrow-up', false)).toBe('Alt+ArrowUp');
    expect(ariaKeys('plus', false)).toBe('Plus');
  });
});
