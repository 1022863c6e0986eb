import { createComputed, createEffect, on, onCleanup } from 'solid-js';
import { isStill, Moves, type Start } from '../ui/motion';
import type { Rooms } from './rooms.store';

/**
 * Rows that change their places in `list` go there, as far as they are in sight; one that comes from further away comes from the
 * edge. Where the list is scrolled, the rows stay that do not change their places.
 */
export function moveRows(rooms: Rooms, list: HTMLElement): void {
  const moves = new Moves();
  /** Where the rows in sight were, and what was above them. */
  let before: { tops: Map<HTMLElement, number>; above: Set<HTMLElement>; known: Set<HTMLElement> } | null =
    null;

  const rowsIn = () => [...list.querySelectorAll<HTMLElement>('[data-room]')];

  // Before the rows move: effects come after what is shown.
  createComputed(
    on(
      rooms.ids,
      () => {
        before = null;
        const { top, bottom, height } = list.getBoundingClientRect();
        if (height === 0 || document.hidden || isStill()) return;
        const tops = new Map<HTMLElement, number>();
        const above = new Set<HTMLElement>();
        const rows = rowsIn();
        for (const row of rows) {
          const box = row.getBoundingClientRect();
          if (box.top >= bottom) break;
          if (box.bottom <= top) above.add(row);
          else tops.set(row, box.top);
        }
        before = { tops, above, known: new Set(rows) };
        // Where they are seen is where they go on from.
        moves.stop();
      },
      { defer: true },
    ),
  );

  createEffect(
    on(
      rooms.ids,
      () => {
        if (!before) return;
        const { tops, above, known } = before;
        before = null;
        const { top, bottom } = list.getBoundingClientRect();
        if (list.scrollTop > 0) stay(list, tops);
        const starts: [HTMLElement, Start][] = [];
        for (const row of rowsIn()) {
          const old = tops.get(row);
          const box = row.getBoundingClientRect();
          const isInSight = box.bottom > top && box.top < bottom;
          if (old !== undefined) starts.push([row, { y: old - box.top }]);
          else if (!isInSight) continue;
          else if (!known.has(row)) starts.push([row, { opacity: 0 }]);
          else starts.push([row, { y: above.has(row) ? top - box.bottom : bottom - box.top }]);
        }
        for (const [row, from] of starts) {
          const { y = 0, opacity } = from;
          // Who goes up passes over those who make room.
          if (opacity === 0 || Math.abs(y) >= 1) moves.start(row, { ...from, isOver: y > 0 });
        }
      },
      { defer: true },
    ),
  );
  onCleanup(() => moves.stop());
}

/** Scrolls by as much as most of the rows have moved. */
function stay(list: HTMLElement, tops: ReadonlyMap<HTMLElement, number>): void {
  const moved = [...tops]
    .filter(([row]) => row.isConnected)
    .map(([row, old]) => row.getBoundingClientRect().top - old)
    .toSorted((a, b) => a - b);
  const middle = moved[moved.length >> 1];
  if (middle) list.scrollTop += middle;
}
