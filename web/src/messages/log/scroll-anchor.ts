/** The reading position, as a message and an offset: rows added or removed above do not change it. */
export interface ScrollAnchor {
  key: string;
  /** Of the row's top from the log's top, in pixels. */
  offset: number;
}

function rowsOf(log: HTMLElement): HTMLElement[] {
  return [...log.querySelectorAll<HTMLElement>('[data-bubble]')];
}

/** The first visible message. */
export function anchorIn(log: HTMLElement): ScrollAnchor | null {
  const top = log.getBoundingClientRect().top;
  for (const row of rowsOf(log)) {
    const box = row.getBoundingClientRect();
    if (box.bottom > top) return { key: row.dataset.bubble ?? '', offset: box.top - top };
  }
  return null;
}

/** Scrolls so that the message is where it was. */
export function restoreAnchor(log: HTMLElement, { key, offset }: ScrollAnchor): void {
  const row = rowsOf(log).find(({ dataset }) => dataset.bubble === key);
  if (!row) return;
  const moved = row.getBoundingClientRect().top - log.getBoundingClientRect().top - offset;
  if (Math.abs(moved) >= 1) log.scrollTop += moved;
}

/** How far the end is below the visible part, in pixels. */
export function pixelsBelow(log: HTMLElement): number {
  return log.scrollHeight - log.clientHeight - log.scrollTop;
}
