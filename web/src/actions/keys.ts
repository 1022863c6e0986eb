/** What a key is, as far as shortcuts need it: a `KeyboardEvent`. */
export type Pressed = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey' | 'getModifierState'
>;

/** A shortcut of the table, taken apart. */
interface Chord {
  mod: boolean;
  alt: boolean;
  shift: boolean;
  key: string;
}

const CHARACTER = 'character';
/** Signs that cannot stand in the table themselves. */
const SIGNS: Readonly<Record<string, string>> = { '+': 'plus', ',': 'comma' };

/** Apple's systems: there Ctrl+F, K, B and E move in a field, and ⌘ is what Ctrl is elsewhere. */
export const IS_APPLE =
  typeof navigator !== 'undefined' && /^(mac|iphone|ipad|ipod)/i.test(navigator.platform);

const chords = new Map<string, Chord>();

export function chordOf(keys: string): Chord {
  let chord = chords.get(keys);
  if (!chord) {
    const parts = keys.split('+');
    const key = parts.pop() ?? '';
    const has = (modifier: string) => parts.includes(modifier);
    chords.set(keys, (chord = { mod: has('mod'), alt: has('alt'), shift: has('shift'), key }));
  }
  return chord;
}

/** Whether the event is this shortcut. */
export function isPressed(event: Pressed, keys: string, isApple = IS_APPLE): boolean {
  const chord = chordOf(keys);
  if (chord.key === CHARACTER) return isCharacter(event);
  const [mod, other] = isApple ? [event.metaKey, event.ctrlKey] : [event.ctrlKey, event.metaKey];
  const isPlain = chord.key.length === 1 && !/[a-z]/.test(chord.key);
  // A sign is what the layout makes of any keys: `?` is Shift+ß in Germany, and `{` AltGr+7, which reports Ctrl and Alt.
  if ((isPlain || chord.key === 'plus') && !chord.mod)
    return isCharacter(event) && keyOf(event) === chord.key;
  // What is written with AltGr is a character and no shortcut.
  if (event.getModifierState('AltGraph')) return false;
  return (
    mod === chord.mod &&
    !other &&
    event.altKey === chord.alt &&
    event.shiftKey === chord.shift &&
    keyOf(event) === chord.key
  );
}

/** One character that would be written into a field. White space scrolls and presses buttons: it is none. */
export function isCharacter(event: Pressed): boolean {
  const isAltGr = event.getModifierState('AltGraph');
  if (!isAltGr && (event.ctrlKey || event.metaKey || (event.altKey && !IS_APPLE))) return false;
  return event.key === 'Dead' || /^\S$/u.test(event.key);
}

/** As the table has it. Layouts of other scripts (Cyrillic, Greek, Arabic) have the letter of their position. */
function keyOf({ key, code }: Pressed): string {
  const name = SIGNS[key];
  if (name !== undefined) return name;
  if (key.length > 1) return key.replaceAll(/\B[A-Z]/g, '-$&').toLowerCase();
  const letter = /^[^\x20-\x7f]$/.test(key) ? /^Key([A-Z])$/.exec(code)?.[1] : undefined;
  return (letter ?? key).toLowerCase();
}

/** The names of keys, as they stand on a keyboard. */
export type KeyNames = Readonly<Record<string, string>>;

const APPLE: KeyNames = { mod: '⌘', alt: '⌥', shift: '⇧' };

/** As people read it: `Ctrl+K`, or `⌘K` on Apple's systems. */
export function readableKeys(keys: string, names: KeyNames, isApple = IS_APPLE): string {
  const parts = keys.split('+').map((part) => (isApple && APPLE[part]) || names[part] || part.toUpperCase());
  return parts.join(isApple ? '' : '+');
}

/** `arrow-up` as `ArrowUp`. */
function capital(part: string): string {
  return part.replaceAll(/(^|-)./g, (start) => start.replace('-', '').toUpperCase());
}

/** As `aria-keyshortcuts` has it. */
export function ariaKeys(keys: string, isApple = IS_APPLE): string {
  const mod = isApple ? 'meta' : 'control';
  return keys
    .split('+')
    .map((part) => capital(part === 'mod' ? mod : part))
    .join('+');
}
