import { TONES } from './emoji-data';

/** Three rows of the picker. */
const RECENT = 24;

function keyOf(what: 'emoji' | 'skinTone', userId: number): string {
  return `parley-${what}-${userId}`;
}

/** The emoji that this user chose last in this browser, the newest first, each in its default skin tone. */
export function recentEmoji(userId: number): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyOf('emoji', userId)) ?? '[]');
    return Array.isArray(stored) ? stored.filter((char) => typeof char === 'string') : [];
  } catch {
    // Blocked, or changed by hand.
    return [];
  }
}

export function rememberEmoji(userId: number, char: string): void {
  const chars = [char, ...recentEmoji(userId).filter((other) => other !== char)].slice(0, RECENT);
  store(keyOf('emoji', userId), JSON.stringify(chars));
}

/** The modifier of the skin tone that this user chose; empty for the default one. */
export function skinTone(userId: number): string {
  try {
    const stored = localStorage.getItem(keyOf('skinTone', userId));
    return TONES.find((tone) => tone === stored) ?? '';
  } catch {
    return '';
  }
}

export function rememberSkinTone(userId: number, tone: string): void {
  store(keyOf('skinTone', userId), tone);
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Blocked or full: the picker works without.
  }
}
