import type { ClientRoom } from '@parley/client';
import { createEffect, createSignal, on, onCleanup, Show, type Accessor } from 'solid-js';
import { navigate } from '../../routing/router';
import { Icon } from '../../ui/icon';
import { messageActionWords } from '../../words/words';
import { placeToOpen, type Place } from '../log/place';
import type { RoomLog } from '../log/room-log';

/** Kept by the entry of the browser's history that a jump leaves. */
interface Left {
  place: Place;
  /** The message that had the focus. */
  seq: number | null;
}

/** Jumps from a quote to its message: steps in the history of the browser, whose Back returns to the pixel. */
export interface Jumps {
  /** @param href of the message `seq`. @param from the message that quotes it. */
  to(seq: number, href: string, from: number | null): void;
  /** Goes to the message `seq` and gives it the focus: no step to return from. */
  show(seq: number): void;
  /** There is a jump to return from. */
  canReturn(): boolean;
}

/** `element`: the one with `role=log`. Until the owner is disposed. */
export function createJumps(
  { scroll, model, isFilled }: RoomLog,
  element: HTMLElement,
  room: Accessor<ClientRoom>,
  me: number,
): Jumps {
  const [depth, setDepth] = createSignal(0);
  /** The message that gets the focus once its part of the log is loaded. */
  const [awaited, setAwaited] = createSignal<number | null>(null);

  createEffect(() => {
    const seq = awaited();
    model.keys();
    if (seq === null || !isFilled()) return;
    element.querySelector<HTMLElement>(`[data-seq="${seq}"]`)?.focus({ preventScroll: true });
    setAwaited(null);
  });

  // A user who has gone on to the end does not want to go back.
  createEffect(on(scroll.isAtEnd, (isAtEnd) => isAtEnd && setDepth(0), { defer: true }));

  function go(place: Place, seq: number | null): void {
    scroll.goTo(place);
    setAwaited(seq);
  }

  // Runs after the router and the log have gone where the URL leads.
  function onPopState(): void {
    const { left, ...entry } = (history.state ?? {}) as { left?: Left };
    if (!left) return;
    // Only once: a dialog that closes comes back to the same entry.
    history.replaceState(entry, '');
    setDepth(Math.max(0, depth() - 1));
    go(left.place, left.seq);
  }
  window.addEventListener('popstate', onPopState);
  onCleanup(() => window.removeEventListener('popstate', onPopState));

  return {
    to(seq, href, from) {
      const left: Left = { place: scroll.place(), seq: from };
      history.replaceState({ ...history.state, left }, '');
      setDepth(depth() + 1);
      navigate(href);
      // Also when the URL is the same.
      go(placeToOpen(room(), me, seq), seq);
    },
    // After what runs now: a signal that is set in an effect changes the rows when that is over.
    show: (seq) => queueMicrotask(() => go(placeToOpen(room(), me, seq), seq)),
    canReturn: () => depth() > 0 && !scroll.isAtEnd(),
  };
}

/** Returns from the last jump, as the Back of the browser does. */
export function ReturnButton(props: { jumps: Jumps }) {
  return (
    <Show when={props.jumps.canReturn()}>
      <button
        type="button"
        class="absolute start-4 bottom-3 flex min-h-11 animate-rise items-center gap-1.5 rounded-full border border-line bg-raised px-3 font-semibold text-accent shadow-float hover:bg-hover"
        onClick={() => history.back()}
      >
        <Icon name="back" class="size-4.5 rtl:-scale-x-100" />
        {messageActionWords.back}
      </button>
    </Show>
  );
}
