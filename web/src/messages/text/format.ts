import { createRoot, createSignal } from 'solid-js';
import { HttpError } from '../../api/http';
import { createRetry, type Retry } from '../../api/retry';
import { loadFormatWords } from '../../words/words';

type Format = typeof import('./formatted-text');

/** Anything that may be more than plain text: marks, an address, a list, an emoji. */
const FORMATTED = /[*_~`>@]|:\/\/|\S\.\S|^ *(?:[-•]|\d+\.) |[\p{Extended_Pictographic}\p{RI}]/mu;

/** Longest that a chat waits for it when it opens, in milliseconds: from then on its messages are shown as they are written. */
const HOLD_MS = 400;

const [format, setFormat] = createSignal<Format>();
const [isLate, setLate] = createSignal(false);
let loading: Retry | undefined;

/** The messages can be read meanwhile: so it tries until it is there, and reports no failure. */
function load(): void {
  loading = createRoot(() =>
    createRetry(async () => {
      try {
        const [loaded] = await Promise.all([import('./formatted-text'), loadFormatWords()]);
        setFormat(() => loaded);
      } catch {
        throw new HttpError(0, 'The code cannot be loaded.');
      }
    }),
  );
  loading.run();
  setTimeout(setLate, HOLD_MS, true);
}

/**
 * What shows formatted text, once it is loaded, which a text that needs it starts: undefined until then, and for a text that
 * is plain. A signal.
 */
export function formatOf(text: string): Format | undefined {
  if (!FORMATTED.test(text)) return undefined;
  if (!loading) load();
  return format();
}

/** Whether one of the texts is about to be formatted, which would move what is shown. */
export function isFormatComing(texts: readonly string[]): boolean {
  return !isLate() && texts.some((text) => FORMATTED.test(text) && !formatOf(text));
}

/** What the reader of a message sees, as text without marks: for a preview. Until the parser is loaded, the text as it is. */
export function previewOf(text: string): string {
  return formatOf(text)?.visibleText(text) ?? text;
}
