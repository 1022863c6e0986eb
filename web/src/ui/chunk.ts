import { createRoot, createSignal, type Accessor } from 'solid-js';
import { HttpError } from '../api/http';
import { createRetry } from '../api/retry';
import { dismissNotice, showNotice } from './notices';
import { isOutdated } from './version';
import { words } from '../words/words';

/** Longest wait for code, in milliseconds: a silent network reports no error. */
const LOAD_TIMEOUT_MS = 5_000;

/** A part of the page whose code comes only when it is wanted. */
export interface Chunk<T> {
  content: Accessor<T | undefined>;
  /** Loads it ahead of the need, and reports no failure. */
  prepare(): void;
  /** Loads it, then calls `use`. On a failure it shows a notice, and keeps trying to load it without `use`. */
  demand(use: () => void): void;
}

/** @param failure what the user reads when it cannot be loaded. */
export function createChunk<T>(failure: string, importIt: () => Promise<T>): Chunk<T> {
  const [content, setContent] = createSignal<T>();

  async function load(): Promise<boolean> {
    if (content()) return true;
    try {
      const loaded = await Promise.race([importIt(), timeout()]);
      setContent(() => loaded);
      dismissNotice(failure);
      return true;
    } catch {
      // `demand` shows it; before that the user does not want it.
      return false;
    }
  }

  /** Without using it: what opens long after the click would startle. */
  const healing = createRetry(async () => {
    if (!(await load())) throw new HttpError(0, 'The code cannot be loaded.');
  });

  async function demand(use: () => void): Promise<void> {
    if (await load()) return use();
    if (await isOutdated()) {
      const action = { label: words.reload, run: () => window.location.reload() };
      showNotice({ id: failure, text: words.newVersion, action });
      return;
    }
    const action = { label: words.tryAgain, run: () => void demand(use) };
    showNotice({ id: failure, text: failure, action });
    healing.run();
  }

  return { content, prepare: () => void load(), demand: (use) => void demand(use) };
}

/**
 * One chunk for the whole window, made when it is first asked for.
 * @param failure as of {@link createChunk}, once the language is known.
 */
export function createSharedChunk<T>(failure: () => string, importIt: () => Promise<T>): () => Chunk<T> {
  let chunk: Chunk<T> | undefined;
  return () => (chunk ??= createRoot(() => createChunk(failure(), importIt)));
}

function timeout(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error('The code takes too long.')), LOAD_TIMEOUT_MS);
  });
}
