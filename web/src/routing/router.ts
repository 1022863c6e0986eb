import { createSignal } from 'solid-js';
import { parseRoute, type Route } from './route';

/** What an entry of the browser's history knows about itself. */
interface Entry {
  /** The address before it in this window. */
  from?: string;
  /** It stands for a dialog over the page, not for a page. */
  isLayer?: boolean;
}

const [route, setRoute] = createSignal(current(), {
  equals: (a, b) => Object.is(a.roomId, b.roomId) && a.as === b.as,
});

/** Closes the open dialog. */
let closeLayer: (() => void) | null = null;

/** Where this window is. */
export { route };

/** Goes to an address of ours without loading the page again. From a dialog, the new page takes the dialog's place. */
export function navigate(href: string, { replace = false } = {}): void {
  if (replace || closeLayer) window.history.replaceState({ from: entry().from }, '', href);
  else window.history.pushState({ from: address() }, '', href);
  closeLayer = null;
  setRoute(current());
}

/** Goes back to `href` when the window has come from there; else it takes the place of this page. */
function goBack(href: string): void {
  if (entry().from === href) window.history.back();
  else navigate(href, { replace: true });
}

/** A dialog has opened: from now on the browser's Back is `close`. */
export function openLayer(close: () => void): void {
  closeLayer = close;
  window.history.pushState({ from: address(), isLayer: true }, '');
}

/** The dialog was closed in another way than by Back: its entry goes. */
export function leaveLayer(): void {
  if (!closeLayer) return;
  closeLayer = null;
  window.history.back();
}

/**
 * Makes every plain click on a link of ours a step of the router; one with `data-back` is a step back. Other clicks stay
 * the browser's.
 */
export function interceptLinks(): void {
  // A reload has closed the dialog.
  if (entry().isLayer) window.history.back();
  window.addEventListener('popstate', () => {
    closeLayer?.();
    closeLayer = null;
    setRoute(current());
  });
  document.addEventListener('click', (event) => {
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || !isPlain || event.defaultPrevented || link.target !== '') return;
    // Same page: `#…` is for the browser to find.
    if (link.origin !== window.location.origin || link.getAttribute('href')?.startsWith('#')) return;
    event.preventDefault();
    const href = link.pathname + link.search;
    if (link.dataset.back === undefined) navigate(href);
    else goBack(href);
  });
}

function current(): Route {
  return parseRoute(window.location.pathname, window.location.search);
}

function address(): string {
  return window.location.pathname + window.location.search;
}

function entry(): Entry {
  return (window.history.state as Entry | null) ?? {};
}
