import { onCleanup } from 'solid-js';

/** Ctrl/⌘+F calls `open`, while `isWanted`, in place of the browser's search, which does not find what is not loaded. */
export function onSearchKey(isWanted: () => boolean, open: () => void): void {
  const onKey = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== 'f' || !isWanted()) return;
    // A dialog has the page to itself. In the field of the search the same keys are the browser's own search.
    if (document.querySelector('dialog[open],[data-search]:focus')) return;
    event.preventDefault();
    open();
  };
  window.addEventListener('keydown', onKey);
  onCleanup(() => window.removeEventListener('keydown', onKey));
}
