/** The reading position, as a message and an offset: rows added or removed above do not change it. */
export interface ScrollAnchor {
  /** Of a row. */
  key: string;
  /** Null for a message that the server has not confirmed. */
  seq: number | null;
  /** Of the row's top from the log's top, in pixels. */
  offset: number;
}

function rowsOf(log: HTMLElement): HTMLElement[] {
  return [...log.querySelectorAll<HTMLElement>('[data-bubble]')];
}

/** The first message that ends more than `y` pixels below the top of the log: the first visible one for 0. */
export function anchorIn(log: HTMLElement, y: number): ScrollAnchor | null {
  const top = log.getBoundingClientRect().top;
  const rows = rowsOf(log);
  // Halves what is left, as the rows are in order: to ask each where it is would take longer than to scroll.
  let low = 0;
  for (let high = rows.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > top + y) high = middle;
    else low = middle + 1;
  }
  const row = rows[low];
  if (!row) return null;
  const { bubble: key = '', seq } = row.dataset;
  return { key, seq: seq === undefined ? null : Number(seq), offset: row.getBoundingClientRect().top - top };
}

/** Scrolls so that the message is where it was. */
export function restoreAnchor(log: HTMLElement, { key, offset }: ScrollAnchor): void {
  const row = rowsOf(log).find(({ dataset }) => dataset.bubble === key);
  if (row) scrollTo(log, row, offset);
}

/** Scrolls so that the top of `row` is `offset` pixels below the top of the log, as far as the log can be scrolled. */
export function scrollTo(log: HTMLElement, row: Element, offset: number): void {
  const moved = topIn(log, row) - offset;
  if (Math.abs(moved) >= 1) log.scrollTop += moved;
}

/** How far the top of `row` is below the top of the log, in pixels. */
export function topIn(log: HTMLElement, row: Element): number {
  return row.getBoundingClientRect().top - log.getBoundingClientRect().top;
}

/** How far the end is below the visible part, in pixels. */
export function pixelsBelow(log: HTMLElement): number {
  return log.scrollHeight - log.clientHeight - log.scrollTop;
}
