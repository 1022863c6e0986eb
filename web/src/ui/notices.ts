import { createSignal, type JSX } from 'solid-js';

/** Something the user should know, which is no reason to stop. */
export interface AppNotice {
  /** One notice per id: a newer one takes its place. */
  id: string;
  text: string;
  action?: { label: string; run(): void };
  /** Stands in the place of the button that dismisses it. */
  refusal?: { label: string; run(): void };
  /** Shown before the text. */
  lead?: () => JSX.Element;
}

const [notices, setNotices] = createSignal<readonly AppNotice[]>([]);
/** Texts that were dismissed and are not to come again. */
const dismissed = new Set<string>();

/** What there is to be said, oldest first. */
export { notices };

/** Says it until it is dismissed. `once`: the same words are not said again in this window. */
export function showNotice(notice: AppNotice, { once = false } = {}): void {
  if (once && dismissed.has(notice.text)) return;
  setNotices((shown) =>
    shown.some(({ id }) => id === notice.id)
      ? shown.map((other) => (other.id === notice.id ? notice : other))
      : [...shown, notice],
  );
}

export function dismissNotice(id: string): void {
  for (const notice of notices()) if (notice.id === id) dismissed.add(notice.text);
  setNotices((shown) => shown.filter((notice) => notice.id !== id));
}
