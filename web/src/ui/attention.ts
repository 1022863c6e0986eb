import { createSignal } from 'solid-js';

const [hasAttention, setAttention] = createSignal(false);

/** Whether the user uses this window: it is visible and has the focus. False until {@link watchAttention}. */
export { hasAttention };

/** Follows the focus and the visibility of this window. Called once, before the first render. */
export function watchAttention(): void {
  update();
  for (const change of ['focus', 'blur']) window.addEventListener(change, update);
  document.addEventListener('visibilitychange', update);
}

function update(): void {
  setAttention(document.hasFocus() && document.visibilityState === 'visible');
}
