import { createSignal } from 'solid-js';
import { parseRoute, roomIdOf, seqOf, type Route } from './route';

/** What an entry of the browser's history knows about itself. */
interface Entry {
  /** The URL before it in this window. */
  from?: string;
  /** It stands for a dialog over the page, not for a page. */
  isLayer?: boolean;
}

const [route, setRoute] = createSignal<Route>(
  { page: 'list', as: null },
  // Plain data of one origin, its keys in one order.
  { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
);

/** The room to which this window goes, for the moment until it is there (go-soon.ts). */
export const [markedRoomId, markRoom] = createSignal<number | null>(null);

/** Closes the open dialog or menu. */
let closeLayer: (() => void) | null = null;
/** The entry of a closed layer is being removed, which takes the browser a moment. */
let isLeaving = false;
/** Where to go after that: until then the browser would come back from there. */
let postponed: (() => void) | undefined;

/** Where this window is: the list until {@link startRouting}. */
export { route };

let follow = navigate;

/** From now on that goes where a link leads. */
export function setFollow(go: (href: string) => void): void {
  follow = go;
}

/** Whether a list is the page: on a phone, that is all there is. */
export function isList(): boolean {
  const { page } = route();
  return page === 'list' || page === 'requests';
}

/** The room that is open; null on every other page. */
export function openRoomId(): number | null {
  return roomIdOf(route());
}

/** The seq of the message that the URL names in the open room; null when it names none. */
export function openSeq(): number | null {
  return seqOf(route());
}

/** Goes to another page without loading the document again. From a dialog, the new page replaces the dialog's entry. */
export function navigate(href: string, { replace = false } = {}): void {
  if (isLeaving) {
    postponed = () => navigate(href, { replace });
    return;
  }
  if (replace || closeLayer) window.history.replaceState({ from: entry().from }, '', href);
  else window.history.pushState({ from: url() }, '', href);
  closeLayer = null;
  setRoute(current());
}

/** Goes back to `href` when this window came from there; else it replaces the current page. */
function goBack(href: string): void {
  if (entry().from === href) window.history.back();
  else navigate(href, { replace: true });
}

/** A dialog or a menu has opened: from now on the browser's Back is `close`. It takes the place of another that is open. */
export function openLayer(close: () => void): void {
  const replaced = closeLayer;
  // Closed and opened again so fast that the browser reports it once.
  if (replaced === close) return;
  closeLayer = close;
  if (replaced) replaced();
  else if (!isLeaving) pushLayer();
}

function pushLayer(): void {
  window.history.pushState({ from: url(), isLayer: true }, '');
}

/** The dialog that `close` closes was closed in another way than by Back: its entry is removed. */
export function leaveLayer(close: () => void): void {
  if (closeLayer !== close) return;
  closeLayer = null;
  isLeaving = true;
  window.history.back();
}

/**
 * Reads the URL, and from then on handles Back, Forward and every plain click on a link to a page. A link with `data-back`
 * goes back where it can. All other clicks stay the browser's. Called once, before the first render.
 */
export function startRouting(): void {
  // A reload has closed the dialog.
  if (entry().isLayer) window.history.back();
  setRoute(current());
  window.addEventListener('popstate', () => {
    if (isLeaving) {
      isLeaving = false;
      // Another has opened meanwhile.
      if (closeLayer) pushLayer();
      postponed?.();
      postponed = undefined;
    } else {
      const close = closeLayer;
      // Before it is called: what closes at once does not remove the entry a second time.
      closeLayer = null;
      close?.();
    }
    setRoute(current());
  });
  document.addEventListener('click', (event) => {
    const isOther = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || isOther || event.defaultPrevented || link.target) return;
    // Same page: the browser finds `#…`.
    if (link.origin !== window.location.origin || link.getAttribute('href')?.startsWith('#')) return;
    event.preventDefault();
    const href = link.pathname + link.search;
    if ('back' in link.dataset) goBack(href);
    else follow(href);
  });
}

function current(): Route {
  return parseRoute(window.location.pathname, window.location.search, window.location.hash);
}

function url(): string {
  return window.location.pathname + window.location.search;
}

function entry(): Entry {
  return (window.history.state as Entry | null) ?? {};
}
