import { createRoot } from 'solid-js';
import { loadEmojiWords, secondWords } from '../../words/words';
import { createChunk, type Chunk } from '../chunk';

type Show = typeof import('./emoji-picker').showEmojiPicker;

let chunk: Chunk<Show> | undefined;

/** Its code comes when it is wanted: `openEmojiPicker().prepare` loads it ahead. */
function picker(): Chunk<Show> {
  chunk ??= createRoot(() =>
    createChunk(secondWords.notLoaded.emoji, async () => {
      const [{ showEmojiPicker }] = await Promise.all([import('./emoji-picker'), loadEmojiWords()]);
      return showEmojiPicker;
    }),
  );
  return chunk;
}

/** Loads the picker ahead of the need. */
export function prepareEmojiPicker(): void {
  picker().prepare();
}

/**
 * Opens the picker beside `anchor`, on a phone at the bottom. It remembers skin tone and recent emoji of the user `userId`
 * in this browser.
 * @param onPick gets each emoji that is clicked, and the picker stays open. Without it, the first choice closes the picker.
 * @returns the emoji that closed it, as native text; null when it was closed without one. While its code cannot be loaded,
 * the user reads that in a notice, and the promise waits for another attempt.
 */
export function openEmojiPicker(
  anchor: HTMLElement,
  userId: number,
  onPick?: (emoji: string) => void,
): Promise<string | null> {
  return new Promise((resolve) => {
    picker().demand(() => {
      const show = picker().content();
      if (show) void show(anchor, userId, onPick).then(resolve);
    });
  });
}
