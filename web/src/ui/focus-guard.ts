/** Where the focus goes when what had it is gone, by the part of the page that it was in: the first that is there. */
const NEXT = {
  log: ['[data-bubble][tabindex="0"]'],
  list: ['nav a[tabindex="0"]', 'nav a[aria-current="page"]', 'nav a'],
  page: [],
  chat: ['[data-composer]'],
  dialog: ['h2[tabindex]', 'input', 'button'],
} as const;

/** A keyboard on the screen would cover half of a phone. */
export const HAS_KEYBOARD = '(hover: hover) and (min-width: 48rem)';
/** What moves the focus, or takes away what has it. */
const CAUSES = ['focusout', 'keyup', 'click', 'close', 'toggle', 'popstate'] as const;

let last: Element | null = null;
let part: keyof typeof NEXT = 'page';
/** A page that has nothing to take the focus yet is looked at again after this time, in milliseconds. */
const AGAIN_MS = 250;

/**
 * From now on the focus never falls to `body`: when its element has gone, something near takes it. A click beside everything is
 * no such case: the element is still there. Called once.
 */
export function guardFocus(): void {
  // An element that is removed or hidden loses its size: browsers report nothing else of it.
  const observer = new ResizeObserver(() => setTimeout(restore));
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element)) return;
    last = target;
    observer.disconnect();
    observer.observe(target);
    part = target.closest('[role="log"]') ? 'log' : target.closest('nav') ? 'list' : 'page';
  });
  // After those who put it somewhere themselves.
  for (const cause of CAUSES)
    window.addEventListener(cause, () => requestAnimationFrame(() => setTimeout(restore)), true);
  // The user was faster than this code: signed in by then, for example, and the form is gone.
  if (document.activeElement === document.body && navigator.userActivation?.hasBeenActive) focusNear();
}

function restore(): void {
  if (document.activeElement === document.body && last && !isThere(last)) focusNear();
}

/** Near where the focus was. */
function focusNear(): void {
  const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
  if (dialog) {
    NEXT.dialog.some((selector) => focusFirst(dialog, selector));
    return;
  }
  const writing = matchMedia(HAS_KEYBOARD).matches ? NEXT.chat : NEXT.page;
  if ([...NEXT[part], ...writing, ...NEXT.list].some((selector) => focusFirst(document, selector))) return;
  // A page that is only loading, or has no chats.
  const title = [...document.querySelectorAll('h1')].find(isThere);
  if (!title) {
    setTimeout(() => document.activeElement === document.body && focusNear(), AGAIN_MS);
    return;
  }
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}

/** @returns whether it has the focus now. */
function focusFirst(within: ParentNode, selector: string): boolean {
  const first = [...within.querySelectorAll<HTMLElement>(selector)].find(isThere);
  first?.focus({ preventScroll: true });
  return first !== undefined && first === document.activeElement;
}

function isThere(element: Element): boolean {
  return (
    element.isConnected &&
    element.getClientRects().length > 0 &&
    !element.matches(':disabled, [data-leaving] *')
  );
}
