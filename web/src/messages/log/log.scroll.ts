import { createEffect, createSignal, on, onCleanup, type Accessor } from 'solid-js';
import { afterPaint } from '../../ui/after-paint';
import { hasAttention } from '../../ui/attention';
import type { History } from './history.store';
import type { LogModel } from './log.model';
import type { Place } from './place';
import { anchorIn, pixelsBelow, restoreAnchor, scrollTo, topIn, type ScrollAnchor } from './scroll-anchor';

/** This near to the end, in pixels, counts as the end. */
const END_PX = 60;
/** More is shown when fewer pixels remain above, or below: mostShown() allows for both. */
const ABOVE_PX = 1_200;
const BELOW_PX = 600;
/** Above, at the end: what fills the window has them, so that a log which opens there is at rest once it is painted. */
const ABOVE_END_PX = 200;
/** What is so many pixels further away goes when more is shown at the other end. With less it would come back at once. */
const SPARE_PX = 300;
/** Where the divider «New messages», or the message that was asked for, is on opening: as a part of the log's height. */
const OPEN_AT = 0.25;

/** Keeps the log where its reader is: at the end, or at a message. */
export interface LogScroll {
  /** The end is in view: the log follows what comes. */
  isAtEnd: Accessor<boolean>;
  /** The seq of the first visible message; null at the end of a room without one. */
  firstVisible: Accessor<number | null>;
  attach(log: HTMLElement): void;
  /** The reader has scrolled. */
  onScroll(): void;
  /** Rows have come, gone or changed their height. */
  onLayout(): void;
  goTo(place: Place): void;
  /** Where the reader is. */
  place(): Place;
}

/** `isFilled`: enough is loaded to be shown. `unreadSeq`: the first message that is not read. `opening`: where the log opens. */
export function createLogScroll(
  model: LogModel,
  history: History,
  isFilled: Accessor<boolean>,
  unreadSeq: Accessor<number | null>,
  opening: Place,
): LogScroll {
  const [isAtEnd, setAtEnd] = createSignal(opening.kind === 'end');
  const [firstVisible, setFirstVisible] = createSignal<number | null>(null);
  let log: HTMLElement | undefined;
  let anchor: ScrollAnchor | null = null;
  /** Where that was noted: `scrollTop` and `scrollHeight`. */
  let noted = { top: 0, height: 0 };
  /** Where to go once it is loaded. */
  let target: Place | null = opening;
  let cancelFill: (() => void) | undefined;

  function goToEnd(): void {
    if (log) log.scrollTop = log.scrollHeight;
  }

  function open(element: HTMLElement, place: Place): void {
    target = null;
    const row = rowAt(element, place);
    if (!row) return goToEnd();
    scrollTo(element, row, place.kind === 'anchor' ? place.offset : element.clientHeight * OPEN_AT);
  }

  /** Goes on to the end, but not past a message that is in view and not read: more has come than fits, or nobody looks. */
  function follow(element: HTMLElement): void {
    const seq = unreadSeq();
    const row = seq === null ? null : element.querySelector(`[data-seq="${seq}"]`);
    if (!row || topIn(element, row) < 0) return goToEnd();
    const room = topIn(element, row) - element.clientHeight * OPEN_AT;
    if (room > 0) element.scrollTop += room;
  }

  function note(): void {
    if (!log || target) return;
    anchor = anchorIn(log, 0);
    noted = { top: log.scrollTop, height: log.scrollHeight };
    setFirstVisible(anchor?.seq ?? null);
    setAtEnd(model.endsAtNewest() && pixelsBelow(log) <= END_PX);
    model.moveTo(isAtEnd() && hasAttention() ? null : (anchor?.seq ?? null));
    // One that waits is not put off: a log that is scrolled on and on would never be filled.
    cancelFill ??= afterPaint(fill);
  }

  function fill(): void {
    cancelFill = undefined;
    if (!log || !isFilled()) return;
    // The reader has scrolled, and the event comes with the next frame: what is added now would undo that.
    if (log.scrollTop !== noted.top && log.scrollHeight === noted.height) return note();
    const isNearTop = log.scrollTop < (isAtEnd() ? ABOVE_END_PX : ABOVE_PX);
    const isNearEnd = pixelsBelow(log) < BELOW_PX;
    if (isNearTop && !model.showEarlier(neededAt(log, log.clientHeight + BELOW_PX + SPARE_PX)))
      history.loadOlder();
    if (isNearEnd && !model.showLater(neededAt(log, -ABOVE_PX - SPARE_PX))) history.loadNewer();
  }

  onCleanup(() => cancelFill?.());

  const onLayout = () => {
    if (!log || !isFilled()) return;
    if (target) open(log, target);
    else if (isAtEnd()) follow(log);
    else if (anchor) restoreAnchor(log, anchor);
    note();
  };

  createEffect(on(hasAttention, note, { defer: true }));

  return {
    isAtEnd,
    firstVisible,
    attach(element) {
      log = element;
      const observer = new ResizeObserver(onLayout);
      observer.observe(element);
      if (element.firstElementChild) observer.observe(element.firstElementChild);
      onCleanup(() => observer.disconnect());
    },
    onScroll: note,
    onLayout,
    goTo(place) {
      target = place;
      setAtEnd(place.kind === 'end');
      model.show(place.kind === 'end' ? null : place.seq);
      onLayout();
    },
    place() {
      if (target) return target;
      const { seq = null, offset = 0 } = anchor ?? {};
      return isAtEnd() || seq === null ? { kind: 'end' } : { kind: 'anchor', seq, offset };
    },
  };
}

/** The seq of the message at `y` pixels below the top of the log. Null while text is selected, perhaps of all messages. */
function neededAt(log: HTMLElement, y: number): number | null {
  return getSelection()?.type === 'Range' ? null : (anchorIn(log, y)?.seq ?? null);
}

function rowAt(log: HTMLElement, place: Place): Element | null {
  if (place.kind === 'end') return null;
  const divider = place.kind === 'unread' ? log.querySelector('[data-unread]') : null;
  return divider ?? log.querySelector(`[data-seq="${place.seq}"]`);
}
