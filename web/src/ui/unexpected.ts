import { showNotice } from './notices';

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
      text: 'Something went wrong in this window. Reload it if it does not work.',
      action: { label: 'Reload', run: () => window.location.reload() },
    },
    { once: true },
  );
}
