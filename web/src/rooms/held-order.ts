import { createSignal, onCleanup } from 'solid-js';
import type { Rooms } from './rooms.store';

/**
 * The order of the chats stays as it is while a mouse rests on a row of `list`, so that a click hits what its user has seen; it
 * changes when the pointer has left. What is new comes last until then. Only a mouse that has moved counts: a row that comes to be
 * under it, as a menu closes, is not pointed at. A finger rests on nothing, and the focus of the keyboard goes along with its row.
 */
export function holdOrder(rooms: Rooms, list: HTMLElement): void {
  const [isHeld, setHeld] = createSignal(false);
  const untilCleanup = new AbortController();
  const { signal } = untilCleanup;

  const onMove = ({ target, pointerType }: PointerEvent) =>
    setHeld(
      pointerType === 'mouse' &&
        target instanceof Element &&
        target.closest('[data-room]') !== null &&
        list.contains(target),
    );
  const release = () => setHeld(false);

  document.addEventListener('pointermove', onMove, { signal, passive: true });
  document.documentElement.addEventListener('pointerleave', release, { signal });
  // Nothing is clicked in a window that is not seen, and the pointer may leave it unnoticed.
  document.addEventListener('visibilitychange', release, { signal });

  const [, setArrange] = rooms.arrange;
  setArrange(() => (next: number[], before: number[]) => (isHeld() ? asBefore(next, before) : next));
  onCleanup(() => {
    untilCleanup.abort();
    setArrange(() => (next: number[]) => next);
  });
}

/** The same ids in the order that they had; those that were not there last. */
export function asBefore(next: readonly number[], before: readonly number[]): number[] {
  const left = new Set(next);
  return [...before.filter((id) => left.delete(id)), ...left];
}
