/**
 * Keeps the focus in a list whose rows come, go and move: on the same row, or the one that has taken its place. The browser gives
 * it to the page when what had it is moved or removed. Until `signal` aborts.
 * @param links in the list, in their order. @param otherwise gets it when no row is left.
 */
export function keepFocus(
  list: HTMLElement,
  links: () => HTMLElement[],
  otherwise: () => HTMLElement | null,
  signal: AbortSignal,
): void {
  let last: { link: HTMLElement; index: number } | null = null;

  function note(): void {
    const all = links();
    const index = all.findIndex((link) => link === document.activeElement);
    last = index < 0 ? null : { link: all[index]!, index };
  }

  document.addEventListener('focusin', note, { signal });
  // The user turns to what cannot have the focus.
  document.addEventListener('pointerdown', ({ target }) => list.contains(target as Node) || (last = null), {
    signal,
  });
  const observer = new MutationObserver(() => {
    if (!last || document.activeElement !== document.body) return;
    const all = links();
    const next = last.link.isConnected
      ? last.link
      : (all[Math.min(last.index, all.length - 1)] ?? otherwise());
    next?.focus({ preventScroll: true });
  });
  observer.observe(list, { childList: true, subtree: true });
  signal.addEventListener('abort', () => observer.disconnect());
}
