import { createComputed, on, onCleanup } from 'solid-js';
import { hasAttention } from '../../ui/attention';
import { isStill, Moves, type Start } from '../../ui/motion';
import type { LogModel } from './log.model';
import type { LogScroll } from './log.scroll';
import { pixelsBelow } from './scroll-anchor';

/** What comes after more new rows than this is not followed by eye. */
const MAX_NEW = 5;
/** How far a message rises that comes from nowhere, in pixels. */
const RISE_PX = 12;

/** How things stood before the rows changed. */
interface Before {
  tops: ReadonlyMap<HTMLElement, number>;
  /** The field in which the user has written. */
  composer: DOMRect | undefined;
  /** The dots that say that the other types. */
  dots: DOMRect | undefined;
}

/**
 * At its end, the log does not jump: its rows go up to where they belong; a message that is sent in this window comes from
 * the composer, and one of the other from the dots. What asks where a row is finds it where it belongs (`stop`), but for
 * the time of a move, after which the log looks again.
 */
export function moveLog(log: HTMLElement, model: LogModel, scroll: LogScroll): void {
  const moves = new Moves(() => scroll.onScroll());
  let before: Before | null = null;
  /** Those that came from the composer. */
  const sent = new WeakSet<HTMLElement>();

  /** From the last one up. */
  function* rowsUp(): Generator<HTMLElement> {
    const { lastElementChild: last } = log.querySelector('ol') ?? {};
    for (let row = last; row instanceof HTMLElement; row = row.previousElementSibling) yield row;
  }

  function note(): void {
    // Not played yet: it goes on from there.
    if (before) return;
    if (!scroll.isAtEnd() || !hasAttention() || isStill()) return moves.stop();
    const { top } = log.getBoundingClientRect();
    const tops = new Map<HTMLElement, number>();
    for (const row of rowsUp()) {
      const box = row.getBoundingClientRect();
      if (box.bottom < top) break;
      tops.set(row, box.top);
    }
    moves.stop();
    if (tops.size === 0) return;
    before = {
      tops,
      composer: document.querySelector('[data-composer]')?.getBoundingClientRect(),
      dots: document.querySelector('[data-dots]')?.getBoundingClientRect(),
    };
    // Then the composer has the height that it keeps, too.
    queueMicrotask(play);
  }

  function play(): void {
    if (!before) return;
    const { tops, composer, dots } = before;
    before = null;
    // The log has not followed, or the rows are others.
    if (!log.isConnected || pixelsBelow(log) > 1) return;
    const fresh: HTMLElement[] = [];
    const { top } = log.getBoundingClientRect();
    for (const row of rowsUp()) {
      const old = tops.get(row);
      const box = row.getBoundingClientRect();
      if (box.bottom < top) break;
      if (old !== undefined) break;
      fresh.push(row);
    }
    if (fresh.length > MAX_NEW) return;
    const starts: [HTMLElement, Start][] = [];
    for (const [row, old] of tops) {
      const y = row.isConnected ? old - row.getBoundingClientRect().top : 0;
      if (Math.abs(y) >= 1) starts.push([row, { y }]);
    }
    for (const row of fresh) starts.push(...startsOf(row, composer, dots));
    // All are measured before anything moves.
    const lifted = starts.map(([element, from]) => ({ ...from, stand: standOf(element, from) }));
    for (const [index, [element]] of starts.entries()) moves.start(element, lifted[index] ?? {});
  }

  /** Where a message that is sent is still below the log, which would clip it, a picture of its bubble goes over the log. */
  function standOf(row: HTMLElement, { y = 0 }: Start): HTMLElement | undefined {
    if (!sent.has(row)) return undefined;
    const box = row.getBoundingClientRect();
    if (box.bottom + y <= log.getBoundingClientRect().bottom) return undefined;
    const bubble = row.firstElementChild?.cloneNode(true);
    if (!(bubble instanceof HTMLElement)) return undefined;
    for (const named of [bubble, ...bubble.querySelectorAll('[id]')]) named.removeAttribute('id');
    const stand = document.createElement('div');
    stand.className = row.className;
    stand.dataset.lifted = '';
    stand.inert = true;
    stand.ariaHidden = 'true';
    const over = log.parentElement?.getBoundingClientRect() ?? box;
    stand.style.left = `${box.left - over.left}px`;
    stand.style.top = `${box.top - over.top}px`;
    stand.style.width = `${box.width}px`;
    stand.append(bubble);
    log.after(stand);
    return stand;
  }

  function startsOf(row: HTMLElement, composer?: DOMRect, dots?: DOMRect): [HTMLElement, Start][] {
    const shown = model.row(row.dataset.bubble ?? '');
    const bubble = shown?.kind === 'bubble' ? shown : null;
    // Else it was sent in another window.
    if (bubble?.isMine && bubble.seq === null && composer) {
      sent.add(row);
      return [[row, { y: composer.top - row.getBoundingClientRect().top }]];
    }
    const box = row.firstElementChild;
    if (!bubble || bubble.isMine || !dots || !(box instanceof HTMLElement))
      return [[row, { y: RISE_PX, opacity: 0 }]];
    const place = box.getBoundingClientRect();
    // Both about their middles.
    return [
      [row, { x: middleOf(dots).x - middleOf(place).x, y: middleOf(dots).y - middleOf(place).y }],
      [box, { scale: [dots.width / place.width, dots.height / place.height], opacity: 0.5 }],
    ];
  }

  // Before the rows change: what is shown comes after.
  createComputed(on(model.keys, note, { defer: true }));

  const untilCleanup = new AbortController();
  onCleanup(() => {
    untilCleanup.abort();
    moves.stop();
  });
  // The reader leaves the end. Before the log asks where its rows are.
  log.addEventListener('scroll', () => pixelsBelow(log) > 1 && moves.stop(), {
    signal: untilCleanup.signal,
    capture: true,
  });
}

const middleOf = ({ x, y, width, height }: DOMRect) => ({ x: x + width / 2, y: y + height / 2 });
