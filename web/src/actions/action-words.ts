import { secondWords, type ActionWords } from '../words/words';

/** The sentences of the palette and the sheet of shortcuts, once {@link loadActionWords} has resolved. */
export let actionWords: ActionWords;

/** Loads them in the language of the page. */
export async function loadActionWords(): Promise<void> {
  actionWords = await secondWords.parts.actions();
}
