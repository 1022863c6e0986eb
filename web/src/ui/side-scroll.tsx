import { createEffect, createSignal, For, on, onCleanup, onMount, Show } from 'solid-js';
import { Icon } from './icon';

/** How much of what is seen goes on with one press. */
const STEP = 0.6;

const ENDS = ['start', 'end'] as const;

interface SideScrollProps {
  /** What scrolls sideways, in a box with `position: relative`. */
  of: HTMLElement;
  /** Read whenever what is in it may be wider or narrower. */
  content: unknown;
}

/**
 * Shows at which ends of a row there is more, by a button for the pointer. The keyboard needs none: what gets the focus is
 * scrolled to.
 */
export function SideScroll(props: SideScrollProps) {
  const [more, setMore] = createSignal({ start: false, end: false });
  const isRtl = () => getComputedStyle(props.of).direction === 'rtl';

  function look(): void {
    const { scrollLeft, scrollWidth, clientWidth } = props.of;
    // Below 0 from right to left.
    const before = Math.abs(scrollLeft);
    setMore({ start: before > 1, end: before + clientWidth < scrollWidth - 1 });
  }

  function go(end: (typeof ENDS)[number]): void {
    const towards = (end === 'end') === isRtl() ? -1 : 1;
    props.of.scrollBy({ left: towards * props.of.clientWidth * STEP });
  }

  onMount(() => {
    const list = props.of;
    const untilCleanup = new AbortController();
    list.addEventListener('scroll', look, { signal: untilCleanup.signal, passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(list);
    onCleanup(() => {
      untilCleanup.abort();
      observer.disconnect();
    });
  });
  // In the frame that lays it out.
  createEffect(
    on(
      () => props.content,
      () => requestAnimationFrame(look),
    ),
  );

  return (
    <For each={ENDS}>
      {(end) => (
        <Show when={more()[end]}>
          <button
            type="button"
            tabIndex={-1}
            aria-hidden="true"
            class="side-scroll"
            data-end={end}
            onClick={() => go(end)}
          >
            <Icon name="back" class={end === 'end' ? 'size-4.5 rotate-180' : 'size-4.5'} />
          </button>
        </Show>
      )}
    </For>
  );
}
