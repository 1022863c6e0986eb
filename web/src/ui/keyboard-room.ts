/** A part of the window this high, in pixels, that is covered from below is covered by a keyboard. */
const KEYBOARD_PX = 120;

/**
 * Keeps the page above a keyboard on the screen, in browsers that lay the keyboard over the page (Safari: it does not know
 * `interactive-widget`). The styles know how much is seen (`--seen-height`), and how far down it begins. Until `signal` aborts.
 */
export function keepAboveKeyboard(signal: AbortSignal): void {
  const seen = window.visualViewport;
  if (!seen) return;
  const { style } = document.documentElement;

  function update(): void {
    if (!seen) return;
    const isCovered = innerHeight - seen.height >= KEYBOARD_PX;
    // Else the user has magnified the page, and moves about in it.
    const isByKeyboard = isCovered && Math.abs(seen.scale - 1) < 0.01;
    if (isByKeyboard) {
      style.setProperty('--seen-height', `${seen.height}px`);
      style.setProperty('--seen-top', `${seen.offsetTop}px`);
    } else {
      style.removeProperty('--seen-height');
      style.removeProperty('--seen-top');
    }
  }

  seen.addEventListener('resize', update, { signal });
  seen.addEventListener('scroll', update, { signal });
  update();
}
