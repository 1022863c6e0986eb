/**
 * Gives an element that is being rendered the focus once it is in the page, and in a dialog that opens once that is open, which is
 * after the next paint (modal.ts).
 */
export function focusWhenShown(element: HTMLElement): void {
  queueMicrotask(() => {
    if (element.closest('dialog:not([open])')) element.autofocus = true;
    else element.focus();
  });
}
