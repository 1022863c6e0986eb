/** @returns what is stored under the key; null for nothing, and where the browser stores nothing. */
export function readLocal<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as T | null;
  } catch {
    // Blocked, or not ours: as if there were nothing.
    return null;
  }
}

/** Stores it, or removes what is stored, for null. Where the browser stores nothing, it lasts as long as the window. */
export function writeLocal(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Blocked or full: the promise above.
  }
}
