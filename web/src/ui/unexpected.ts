import { showNotice } from './notices';
import { words } from '../words/words';

/**
 * Says once that something went wrong, whatever nobody has handled: so an error that is thrown, or a promise that is
 * not awaited, is never swallowed. The browser's console has the details.
 */
export function watchForErrors(): void {
  window.addEventListener('unhandledrejection', say);
  window.addEventListener('error', (event) => {
    // Without an error: a browser's own note (ResizeObserver), or a script of another origin (an extension).
    if (event.error !== null && event.error !== undefined) say();
  });
}

function say(): void {
  showNotice(
    {
      id: 'unexpected',
      text: words.unexpectedError,
      action: { label: words.reload, run: () => window.location.reload() },
    },
    { once: true },
  );
}
