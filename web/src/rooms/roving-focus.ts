/**
 * Makes the rows of a list one stop of the Tab key (the one that had the focus last, the open one, or the first), and keeps the
 * focus in the list: the browser gives it to the page when the row that has it is moved or removed; then the same row gets it, or
 * the one that has taken its place. Until `signal` aborts.
 * @param links of the rows, in their order. @param otherwise gets the focus when no row is left.
 */
export function roveFocus(
  list: HTMLElement,
  links: () => HTMLElement[],
  otherwise: () => HTMLElement | null,
  signal: AbortSignal,
): void {
  /** The row that had the focus last. */
  let stop: HTMLElement | null = null;
  /** The row that has the focus, as far as the user has not taken it away. */
  let focused: { link: HTMLElement; index: number } | null = null;

  function update(): void {
    const all = links();
    const current =
      all.find((link) => link === stop) ?? all.find((link) => link.ariaCurrent === 'page') ?? all[0];
    for (const link of all) link.setAttribute('tabindex', link === current ? '0' : '-1');
  }

  function onFocusIn(): void {
    const all = links();
    const index = all.findIndex((link) => link === document.activeElement);
    const link = all[index];
    focused = link ? { link, index } : null;
    if (!link || link === stop) return;
    stop = link;
    update();
  }

  function onChange(): void {
    update();
    if (!focused || document.activeElement !== document.body) return;
    const { link, index } = focused;
    const all = links();
    const next = link.isConnected ? link : (all[Math.min(index, all.length - 1)] ?? otherwise());
    next?.focus({ preventScroll: true });
  }

  document.addEventListener('focusin', onFocusIn, { signal });
  // The user goes on: until `focusin` nothing has the focus, and what changes in the list between the two must not take it back. In
  // capture, before those who change it.
  document.addEventListener(
    'focusout',
    ({ relatedTarget }) => {
      if (relatedTarget) focused = null;
    },
    { signal, capture: true },
  );
  // The user turns to what cannot have the focus.
  document.addEventListener(
    'pointerdown',
    ({ target }) => {
      if (!list.contains(target as Node)) focused = null;
    },
    { signal },
  );
  const observer = new MutationObserver(onChange);
  observer.observe(list, { childList: true, subtree: true, attributeFilter: ['aria-current'] });
  signal.addEventListener('abort', () => observer.disconnect());
  update();
}
