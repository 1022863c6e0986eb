import { createSignal, type Accessor } from 'solid-js';
import { rowOf } from '../log/row-of';

/** The rows of a log that the actions beside a message are for. */
export interface PointedRow {
  /** That the mouse is over. */
  hovered: Accessor<HTMLElement | null>;
  /** That the keyboard has brought the focus to, or to something within it. */
  focused: Accessor<HTMLElement | null>;
}

/** A log rests that has not been scrolled for so long, in milliseconds. */
const REST_MS = 100;

/** Until `signal` aborts. */
export function createPointedRow(log: HTMLElement, signal: AbortSignal): PointedRow {
  // As it is when this is loaded: the pointer and the focus came before.
  let pointed = log.querySelector<HTMLElement>('[data-bubble]:hover');
  const [hovered, setHovered] = createSignal(pointed);
  const [focused, setFocused] = createSignal(log.querySelector<HTMLElement>('[data-bubble]:focus-visible'));

  // While the log scrolls, rows pass under a pointer that rests: what stands beside a row waits until it stops.
  let scrolling: ReturnType<typeof setTimeout> | undefined;
  const onScroll = () => {
    clearTimeout(scrolling);
    scrolling = setTimeout(() => {
      scrolling = undefined;
      setHovered(pointed);
    }, REST_MS);
  };
  const point = (row: HTMLElement | null) => {
    pointed = row;
    if (scrolling === undefined) setHovered(row);
  };
  log.addEventListener('scroll', onScroll, { passive: true, signal });
  log.addEventListener(
    'pointerover',
    (event) => event.pointerType === 'mouse' && event.buttons === 0 && point(rowOf(event)),
    { signal },
  );
  log.addEventListener('pointerleave', () => point(null), { signal });
  log.addEventListener(
    'focusin',
    (event) =>
      setFocused(
        event.target instanceof Element && event.target.matches(':focus-visible') ? rowOf(event) : null,
      ),
    { signal },
  );
  log.addEventListener(
    'focusout',
    // From a message to the bar beside it, the bar stays.
    ({ relatedTarget }) => setFocused((row) => (row?.contains(relatedTarget as Node | null) ? row : null)),
    { signal },
  );
  return { hovered, focused };
}
