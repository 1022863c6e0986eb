import { rowOf } from '../log/row-of';

/** A finger that rests this long, in milliseconds, asks for the menu: before the browser selects a word (500 ms). */
const LONG_PRESS_MS = 450;
/** A finger that moved further, in pixels, does not rest. */
const REST_PX = 10;

/** What the fingers on a log ask for. */
export interface LogTouchHandlers {
  onLongPress(row: HTMLElement, at: { x: number; y: number }): void;
}

interface Touch {
  pointerId: number;
  x: number;
  y: number;
  timer: ReturnType<typeof setTimeout>;
}

/** Long presses on the messages of `log`, until `signal` aborts. */
export function watchTouch(log: HTMLElement, handlers: LogTouchHandlers, signal: AbortSignal): void {
  let touch: Touch | null = null;
  /** The finger has opened the menu, and has not gone yet. */
  let hasPressed = false;

  function end(): void {
    clearTimeout(touch?.timer);
    touch = null;
  }

  log.addEventListener(
    'pointerdown',
    (event) => {
      end();
      hasPressed = false;
      const { pointerId, clientX: x, clientY: y } = event;
      const row = rowOf(event);
      if (event.pointerType !== 'touch' || !event.isPrimary || !row) return;
      const timer = setTimeout(() => {
        end();
        hasPressed = true;
        handlers.onLongPress(row, { x, y });
      }, LONG_PRESS_MS);
      touch = { pointerId, x, y, timer };
    },
    { signal },
  );

  log.addEventListener(
    'pointermove',
    (event) => {
      if (touch?.pointerId !== event.pointerId) return;
      if (Math.hypot(event.clientX - touch.x, event.clientY - touch.y) > REST_PX) end();
    },
    { signal },
  );

  for (const last of ['pointerup', 'pointercancel']) log.addEventListener(last, end, { signal });
  // When it goes it does not click on what lies under it by then. Not passive, so that this can be said.
  log.addEventListener('touchend', (event) => hasPressed && event.preventDefault(), {
    signal,
    passive: false,
  });
  signal.addEventListener('abort', end);
}
