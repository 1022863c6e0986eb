/** The marks by the keys that put them, with Ctrl or ⌘: as in other chats. `x` with Shift. */
const MARKS: Record<string, string> = { b: '*', i: '_', x: '~', e: '`' };

/** The mark of a key with Ctrl or ⌘; undefined for other keys. */
export function markOf({ key, shiftKey }: { key: string; shiftKey: boolean }): string | undefined {
  const name = key.toLowerCase();
  return (name === 'x') === shiftKey ? MARKS[name] : undefined;
}
