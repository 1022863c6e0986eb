import { createSignal } from 'solid-js';

const [hasAttention, setAttention] = createSignal(isAttended());
for (const change of ['focus', 'blur']) window.addEventListener(change, () => setAttention(isAttended()));
document.addEventListener('visibilitychange', () => setAttention(isAttended()));

/** Whether somebody uses this window: it is in sight and has the focus. */
export { hasAttention };

function isAttended(): boolean {
  return document.hasFocus() && document.visibilityState === 'visible';
}
