import { createEffect, onCleanup, untrack } from 'solid-js';
import { Drawing } from '../../ui/icon';

const REPLY = 'M9 14 4 9l5-5M4 9h10a6 6 0 0 1 6 6v5';

/** Shows in the row of a message that is pulled that it will be answered, once `part` is 1. */
export function SwipeHint(props: { row: HTMLElement; part: number }) {
  const hint = (
    <span
      class="pointer-events-none absolute inset-y-0 start-2 z-10 my-auto grid size-9 place-items-center rounded-full"
      classList={{ 'bg-accent text-on-accent': props.part >= 1, 'bg-raised text-muted': props.part < 1 }}
      style={{ opacity: props.part, scale: String(0.6 + 0.4 * props.part) }}
      aria-hidden="true"
    >
      <Drawing path={REPLY} class="size-5" />
    </span>
  ) as HTMLElement;
  createEffect(() => untrack(() => props.row).append(hint));
  onCleanup(() => hint.remove());
  return null;
}
