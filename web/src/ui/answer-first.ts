import { afterPaint } from './after-paint';

/**
 * Calls `act`, which takes long, once what was pressed is painted, or before the next key if that is sooner: it is meant for what
 * `act` shows. Without a paint to wait for, in a hidden window, at once. Returns what cancels it.
 */
export function answerFirst(act: () => void): () => void {
  if (document.hidden) {
    act();
    return () => undefined;
  }
  const cancelPaint = afterPaint(run);
  window.addEventListener('keydown', run, { capture: true });

  function cancel(): void {
    cancelPaint();
    window.removeEventListener('keydown', run, { capture: true });
  }
  function run(): void {
    cancel();
    act();
  }
  return cancel;
}
