import { createSignal } from 'solid-js';
import { parseRoute, type Route } from './route';

const [route, setRoute] = createSignal(current(), {
  equals: (a, b) => Object.is(a.roomId, b.roomId) && a.as === b.as,
});

/** Where this window is. */
export { route };

/** Goes to an address of ours without loading the page again. */
export function navigate(href: string, { replace = false } = {}): void {
  if (replace) window.history.replaceState(null, '', href);
  else window.history.pushState(null, '', href);
  setRoute(current());
}

/** Makes every plain click on a link of ours a step of the router. Other clicks stay the browser's. */
export function interceptLinks(): void {
  window.addEventListener('popstate', () => setRoute(current()));
  document.addEventListener('click', (event) => {
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || !isPlain || event.defaultPrevented || link.target !== '') return;
    // Same page: `#…` is for the browser to find.
    if (link.origin !== window.location.origin || link.getAttribute('href')?.startsWith('#')) return;
    event.preventDefault();
    navigate(link.href);
  });
}

function current(): Route {
  return parseRoute(window.location.pathname, window.location.search);
}
