import { createRoot } from 'solid-js';
import { createChunk, type Chunk } from '../../ui/chunk';
import { secondWords } from '../../words/words';

type DateJump = typeof import('./date-jump').DateJump;

let chunk: Chunk<DateJump> | undefined;

/** The dialog that asks for a date: loaded when it is wanted. */
export function dateJump(): Chunk<DateJump> {
  chunk ??= createRoot(() =>
    createChunk(secondWords.dateJump.notLoaded, async () => (await import('./date-jump')).DateJump),
  );
  return chunk;
}
