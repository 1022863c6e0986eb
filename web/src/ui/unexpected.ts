import { showNotice } from './notices';
import { words } from '../words/words';

/**
 * Shows one notice for every error that no code handles, thrown or of a promise: none is swallowed. The browser's console
 * has the details.
 */
export function watchForErrors(): void {
  window.addEventListener('unhandledrejection', notify);
  window.addEventListener('error', (event) => {
    // Without an error: a browser's own note (ResizeObserver), or a script of another origin (an extension).
    if (event.error !== null && event.error !== undefined) notify();
  });
}

function notify(): void {
  showNotice(
    {
      id: 'unexpected',
      text: words.unexpectedError,
      action: { label: words.reload, run: () => window.location.reload() },
    },
    { once: true },
  );
}
