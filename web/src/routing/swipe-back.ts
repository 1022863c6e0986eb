import { isStill, timingOf } from '../ui/motion';
import { isAtEdge, lineDirection } from '../ui/screen-edge';

/** A finger that has moved less, in pixels, has not said where it goes. */
const REST_PX = 10;
/** So much of the width, or this fast in pixels per millisecond, is far enough. */
const FAR_PART = 0.35;
const FAST = 0.5;
/** Speed is that of the last so many milliseconds. */
const SPEED_MS = 100;

interface Swipe {
  pointerId: number;
  x: number;
  y: number;
  /** Where the finger was, and when. */
  track: { x: number; at: number }[];
  /** The page follows the finger. */
  isFollowed: boolean;
}

/**
 * A finger that swipes from the edge at which lines start takes `page` along, and goes one step back when it has gone far or fast
 * enough; moved back, it does nothing. Only where the page has a way back of its own (`data-back`) that is in sight, so on a phone.
 * What the browser does at the edge by itself ends this swipe (`pointercancel`), so that nobody goes back twice. Until `signal` aborts.
 */
export function watchSwipeBack(page: HTMLElement, signal: AbortSignal): void {
  const { parentElement: frame } = page;
  let swipe: Swipe | null = null;
  let running: Animation | null = null;

  const linkBack = () =>
    [...page.querySelectorAll<HTMLElement>('[data-back]')].find((link) => link.getClientRects().length > 0);

  const along = ({ x }: { x: number }) => (swipe ? (x - swipe.x) * lineDirection() : 0);

  function show(pull: number): void {
    page.style.translate = `${pull * lineDirection()}px`;
  }

  function reset(): void {
    running?.cancel();
    running = null;
    page.style.translate = '';
    frame?.removeAttribute('data-swiping');
  }

  /** From where it is to `pull`, and then `then`. */
  function glide(pull: number, then?: () => void): void {
    const end = () => {
      reset();
      then?.();
    };
    if (isStill()) return end();
    const to = `${pull * lineDirection()}px`;
    running = page.animate(
      { translate: [page.style.translate, to] },
      { ...timingOf('place'), fill: 'forwards' },
    );
    running.addEventListener('finish', end);
  }

  function onDown(event: PointerEvent): void {
    if (event.pointerType !== 'touch') return;
    // A second finger makes it something else.
    if (swipe || !event.isPrimary) return cancel();
    const target = event.target instanceof Element ? event.target : page;
    if (!isAtEdge(event) || running || target.closest('[data-swipes]') !== page) return;
    const link = linkBack();
    if (!link || isCovered(link) || scrollsSideways(target, page)) return;
    swipe = { pointerId: event.pointerId, x: event.clientX, y: event.clientY, track: [], isFollowed: false };
  }

  function onMove(event: PointerEvent): void {
    if (swipe?.pointerId !== event.pointerId) return;
    const { clientX: x, clientY: y, timeStamp: at } = event;
    const pull = along({ x });
    const across = Math.abs(y - swipe.y);
    if (!swipe.isFollowed) {
      if (Math.max(Math.abs(pull), across) <= REST_PX) return;
      if (pull < 2 * across) return void (swipe = null);
      swipe.isFollowed = true;
      page.setPointerCapture(event.pointerId);
      frame?.setAttribute('data-swiping', '');
    }
    swipe.track = [...swipe.track.filter((before) => at - before.at < SPEED_MS), { x, at }];
    show(Math.max(0, pull));
  }

  function onUp(event: PointerEvent): void {
    if (swipe?.pointerId !== event.pointerId) return;
    const { isFollowed, track } = swipe;
    const pull = along({ x: event.clientX });
    const [first] = track;
    const speed = first ? (pull - along(first)) / Math.max(1, event.timeStamp - first.at) : 0;
    swipe = null;
    if (!isFollowed) return;
    const isBack = speed > -FAST / 2 && (pull > page.clientWidth * FAR_PART || speed > FAST);
    const link = isBack && linkBack();
    if (link) glide(page.clientWidth, () => link.click());
    else glide(0);
  }

  function cancel(): void {
    const wasFollowed = swipe?.isFollowed;
    swipe = null;
    if (wasFollowed) glide(0);
  }

  page.dataset.swipes = '';
  page.addEventListener('pointerdown', onDown, { signal });
  page.addEventListener('pointermove', onMove, { signal });
  page.addEventListener('pointerup', onUp, { signal });
  page.addEventListener('pointercancel', cancel, { signal });
  signal.addEventListener('abort', reset);
}

/** A layer is open over the page of the link: the way back leads out of the layer. The search is the layer itself. */
function isCovered(link: HTMLElement): boolean {
  const { isLayer } = (window.history.state ?? {}) as { isLayer?: boolean };
  return isLayer === true && link.matches('a');
}

/** Whether the finger is on what scrolls sideways, or takes such a move itself. */
function scrollsSideways(target: Element, page: Element): boolean {
  for (let at: Element | null = target; at && at !== page; at = at.parentElement) {
    const { overflowX, touchAction } = getComputedStyle(at);
    if (touchAction === 'none' || at instanceof HTMLInputElement) return true;
    if (at.scrollWidth > at.clientWidth && (overflowX === 'auto' || overflowX === 'scroll')) return true;
  }
  return false;
}
