/**
 * A username with what looks alike made equal, so that nobody can register the double of another user. Usernames are
 * ASCII (USERNAME_PATTERN), so the few confusable characters of ASCII are all there are; the full table of Unicode
 * (UTS #39) is not needed. Two usernames with the same skeleton cannot both have an account.
 */
export function skeletonOf(username: string): string {
  return username
    .toLowerCase()
    .replace(/[._-]+/g, '')
    .replaceAll('rn', 'm')
    .replaceAll('vv', 'w')
    .replace(/[01i5]/g, (character) => LOOKS_LIKE[character] ?? character);
}

/** `I`, `l` and `1` are one stroke in many fonts. */
const LOOKS_LIKE: Readonly<Record<string, string>> = { '0': 'o', '1': 'l', i: 'l', '5': 's' };
