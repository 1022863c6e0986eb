import { createSignal, onCleanup, type Accessor } from 'solid-js';
import type { History } from './history.store';
import type { LogModel } from './log.model';
import { pixelsBelow, anchorIn, restoreAnchor, type ScrollAnchor } from './scroll-anchor';

/** This near to the end, in pixels, counts as the end. */
const END_PX = 60;
/** Older messages are fetched when this many screens remain above, newer ones shown when this many remain below. */
const SCREENS_ABOVE = 1.5;
const SCREENS_BELOW = 0.75;
/** Where the divider «New messages» is on opening, as a part of the log's height. */
const DIVIDER_AT = 0.25;

/** Keeps the log where its reader is: at the end, or at a message. */
export interface LogScroll {
  /** The reader is at the very end and follows what comes. */
  isAtEnd: Accessor<boolean>;
  attach(log: HTMLElement): void;
  /** The reader has scrolled. */
  onScroll(): void;
  /** Rows have come, gone or changed their height. */
  onLayout(): void;
  jumpToEnd(): void;
}

export function createLogScroll(model: LogModel, history: History, isFilled: Accessor<boolean>): LogScroll {
  const [isAtEnd, setAtEnd] = createSignal(true);
  let log: HTMLElement | undefined;
  let anchor: ScrollAnchor | null = null;
  let isOpened = false;
  let filling = 0;

  function goToEnd(): void {
    if (log) log.scrollTop = log.scrollHeight;
  }

  function open(element: HTMLElement): void {
    isOpened = true;
    const divider = element.querySelector('[data-unread]');
    if (!divider) return goToEnd();
    const top = divider.getBoundingClientRect().top - element.getBoundingClientRect().top;
    element.scrollTop += top - element.clientHeight * DIVIDER_AT;
  }

  function note(): void {
    if (!log) return;
    anchor = anchorIn(log);
    setAtEnd(model.endsAtNewest() && pixelsBelow(log) <= END_PX);
    model.setStickToEnd(isAtEnd());
    cancelAnimationFrame(filling);
    filling = requestAnimationFrame(fill);
  }

  function fill(): void {
    if (!log || !isFilled()) return;
    if (log.scrollTop < SCREENS_ABOVE * log.clientHeight) {
      if (!model.showEarlier() && !history.hasFailed()) history.loadOlder();
    } else if (pixelsBelow(log) < SCREENS_BELOW * log.clientHeight) model.showLater();
  }

  onCleanup(() => cancelAnimationFrame(filling));

  const onLayout = () => {
    if (!log || !isFilled()) return;
    if (!isOpened) open(log);
    else if (isAtEnd()) goToEnd();
    else if (anchor) restoreAnchor(log, anchor);
    note();
  };

  return {
    isAtEnd,
    attach(element) {
      log = element;
      const observer = new ResizeObserver(onLayout);
      observer.observe(element);
      if (element.firstElementChild) observer.observe(element.firstElementChild);
      onCleanup(() => observer.disconnect());
    },
    onScroll: note,
    onLayout,
    jumpToEnd() {
      model.showNewest();
      setAtEnd(true);
      model.setStickToEnd(true);
      goToEnd();
      note();
    },
  };
}
