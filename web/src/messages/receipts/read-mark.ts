import { readThrough, watermarksOf, type ClientRoom } from '@parley/client';
import { createEffect, createMemo, createSignal, on, type Accessor } from 'solid-js';

/** How far the user has read one room. It moves through what was seen, without a gap, or all the way when the user says so. */
export interface ReadMark {
  /** The seq up to which all is read; ahead of the server's by what is under way. */
  seq: Accessor<number>;
  /** The user has seen these messages. */
  seen(seqs: readonly number[]): void;
  /** The user takes everything as read. */
  readAll(): void;
}

/** `onRead`: called with each new seq. */
export function createReadMark(
  room: Accessor<ClientRoom>,
  me: number,
  onRead: (seq: number) => void,
): ReadMark {
  /** Beyond the mark, where messages before them were not seen. */
  const seen = new Set<number>();
  const [ours, setOurs] = createSignal(0);
  const seq = createMemo(() => Math.max(ours(), watermarksOf(room(), me).read));

  function moveTo(next: number): void {
    if (next <= seq()) return;
    setOurs(next);
    for (const each of seen) if (each <= next) seen.delete(each);
    onRead(next);
  }

  const review = () => moveTo(readThrough(room(), me, seq(), seen));

  // Another device has read on, or a page has come between.
  createEffect(on(room, () => seen.size > 0 && review(), { defer: true }));

  return {
    seq,
    seen(seqs) {
      for (const each of seqs) seen.add(each);
      review();
    },
    readAll: () => moveTo(room().room.last_seq),
  };
}
