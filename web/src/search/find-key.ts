import { onCleanup } from 'solid-js';

/** While the search is open, Ctrl/⌘+F outside its field goes back into it. */
export function onFindKey(focus: () => void): void {
  const onKey = (event: KeyboardEvent) => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'f' && event.defaultPrevented) focus();
  };
  window.addEventListener('keydown', onKey);
  onCleanup(() => window.removeEventListener('keydown', onKey));
}
