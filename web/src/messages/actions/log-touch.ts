import { isAtEdge } from '../../ui/screen-edge';
import { rowOf } from '../log/row-of';

/** A finger that rests this long, in milliseconds, asks for the menu: before the browser selects a word (500 ms). */
const LONG_PRESS_MS = 450;
/** A finger that moved further, in pixels, does not rest. */
const REST_PX = 10;
/** How far a message is pulled at most, and how far it must be pulled to be answered, in pixels. */
const MAX_PULL_PX = 72;
const REPLY_PULL_PX = 48;

/** What the fingers on a log ask for. */
export interface LogTouchHandlers {
  onLongPress(row: HTMLElement, at: { x: number; y: number }): void;
  /** Whether the message can be answered. */
  canReply(row: HTMLElement): boolean;
  onReply(row: HTMLElement): void;
  /** A message is pulled so far, as a part of what it takes; null: it is not pulled any more. */
  onPull(row: HTMLElement, part: number | null): void;
}

interface Touch {
  pointerId: number;
  row: HTMLElement;
  x: number;
  y: number;
  timer: ReturnType<typeof setTimeout>;
  /** A swipe from there goes back. */
  isAtEdge: boolean;
  /** In pixels, towards the end of a line; null before the message is pulled. */
  pull: number | null;
}

/**
 * Long presses and swipes on the messages of `log`, until `signal` aborts. A swipe towards the end of a line pulls the
 * message along.
 */
export function watchTouch(log: HTMLElement, handlers: LogTouchHandlers, signal: AbortSignal): void {
  let touch: Touch | null = null;
  /** The finger has opened the menu or pulled a message, and has not gone yet. */
  let isTaken = false;

  const direction = () => (getComputedStyle(log).direction === 'rtl' ? -1 : 1);

  function end(): Touch | null {
    const ended = touch;
    touch = null;
    if (!ended) return null;
    clearTimeout(ended.timer);
    if (ended.pull !== null) {
      bubbleOf(ended.row).style.translate = '';
      handlers.onPull(ended.row, null);
    }
    return ended;
  }

  log.addEventListener(
    'pointerdown',
    (event) => {
      end();
      isTaken = false;
      const { pointerId, clientX: x, clientY: y } = event;
      const row = rowOf(event);
      if (event.pointerType !== 'touch' || !event.isPrimary || !row) return;
      const timer = setTimeout(() => {
        end();
        isTaken = true;
        handlers.onLongPress(row, { x, y });
      }, LONG_PRESS_MS);
      touch = { pointerId, row, x, y, timer, isAtEdge: isAtEdge(event), pull: null };
    },
    { signal },
  );

  log.addEventListener(
    'pointermove',
    (event) => {
      if (touch?.pointerId !== event.pointerId) return;
      const along = (event.clientX - touch.x) * direction();
      const across = Math.abs(event.clientY - touch.y);
      if (Math.max(Math.abs(along), across) <= REST_PX) return;
      clearTimeout(touch.timer);
      if (touch.pull === null) {
        // A scroll, or a swipe to the other side.
        if (along < 2 * across || touch.isAtEdge || !handlers.canReply(touch.row)) return void end();
        log.setPointerCapture(event.pointerId);
      }
      const pull = Math.min(MAX_PULL_PX, Math.max(0, along - REST_PX));
      if ((touch.pull ?? 0) < REPLY_PULL_PX && pull >= REPLY_PULL_PX) navigator.vibrate?.(10);
      touch.pull = pull;
      isTaken = true;
      bubbleOf(touch.row).style.translate = `${pull * direction()}px`;
      handlers.onPull(touch.row, Math.min(1, pull / REPLY_PULL_PX));
    },
    { signal },
  );

  log.addEventListener(
    'pointerup',
    (event) => {
      if (touch?.pointerId !== event.pointerId) return;
      const ended = end();
      if (!ended || ended.pull === null) return;
      if (ended.pull >= REPLY_PULL_PX) handlers.onReply(ended.row);
    },
    { signal },
  );
  log.addEventListener('pointercancel', () => void end(), { signal });
  // When it goes it does not click on what lies under it by then. Not passive, so that this can be said.
  log.addEventListener('touchend', (event) => isTaken && event.preventDefault(), { signal, passive: false });
  signal.addEventListener('abort', () => void end());
}

function bubbleOf(row: HTMLElement): HTMLElement {
  return row.firstElementChild as HTMLElement;
}
