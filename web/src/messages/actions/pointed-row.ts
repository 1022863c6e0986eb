import { createSignal, type Accessor } from 'solid-js';
import { rowOf } from '../log/row-of';

/** The rows of a log that the actions beside a message are for. */
export interface PointedRow {
  /** That the mouse is over. */
  hovered: Accessor<HTMLElement | null>;
  /** That the keyboard has brought the focus to, or to something within it. */
  focused: Accessor<HTMLElement | null>;
}

/** Until `signal` aborts. */
export function createPointedRow(log: HTMLElement, signal: AbortSignal): PointedRow {
  // As it is when this is loaded: the pointer and the focus came before.
  const [hovered, setHovered] = createSignal(log.querySelector<HTMLElement>('[data-bubble]:hover'));
  const [focused, setFocused] = createSignal(log.querySelector<HTMLElement>('[data-bubble]:focus-visible'));

  log.addEventListener(
    'pointerover',
    (event) => event.pointerType === 'mouse' && event.buttons === 0 && setHovered(rowOf(event)),
    { signal },
  );
  log.addEventListener('pointerleave', () => setHovered(null), { signal });
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
