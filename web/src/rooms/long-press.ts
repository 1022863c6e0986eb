/** A finger that rests this long, in milliseconds, asks for the menu: before the browser has one of its own (500 ms). */
const LONG_PRESS_MS = 450;
/** A finger that moved further, in pixels, does not rest. */
const REST_PX = 10;

/**
 * Calls `onPress` for a finger that rests on a row within `list`, until `signal` aborts. The link below the finger does not
 * open then.
 */
export function watchLongPress(
  list: HTMLElement,
  rowAt: (event: Event) => HTMLElement | null,
  onPress: (row: HTMLElement) => void,
  signal: AbortSignal,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start = { x: 0, y: 0 };
  /** The finger has opened the menu, and has not gone yet. */
  let isTaken = false;

  const end = () => clearTimeout(timer);
  list.addEventListener(
    'pointerdown',
    (event) => {
      end();
      isTaken = false;
      const row = rowAt(event);
      if (!row || event.pointerType !== 'touch' || !event.isPrimary) return;
      start = { x: event.clientX, y: event.clientY };
      timer = setTimeout(() => {
        isTaken = true;
        onPress(row);
      }, LONG_PRESS_MS);
    },
    { signal },
  );
  list.addEventListener(
    'pointermove',
    ({ clientX, clientY }) => {
      if (Math.hypot(clientX - start.x, clientY - start.y) > REST_PX) end();
    },
    { signal },
  );
  for (const type of ['pointerup', 'pointercancel', 'scroll'] as const)
    list.addEventListener(type, end, { signal });
  list.addEventListener(
    'touchend',
    (event) => {
      // No click follows, and nothing takes the focus from the menu.
      if (isTaken) event.preventDefault();
    },
    { signal, passive: false },
  );
  signal.addEventListener('abort', end);
}
