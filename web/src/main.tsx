import { render } from 'solid-js/web';
import { App } from './app';
import { startRouting } from './routing/router';
import { loadSecond } from './second-load/second-load';
import { afterPaint } from './ui/after-paint';
import { watchAttention } from './ui/attention';
import { startClock } from './ui/clock';
import { watchForErrors } from './ui/unexpected';
import { loadLanguage } from './words/load-language';
import type { Words } from './words/words';

const languages = import.meta.glob<Words>(['./words/languages/*.ts', '!./words/languages/en.ts'], {
  import: 'default',
});

/** The second load begins with the first chats. Where none come, it begins after this, in milliseconds. */
const LATEST_MS = 1_500;

/** For the first frame, in milliseconds: a window that nobody sees has none. */
const FRAME_MS = 200;

async function start(root: HTMLElement): Promise<void> {
  // What the last window showed is seen before the work begins that replaces it.
  if (document.querySelector('#first-frame[inert]'))
    await new Promise<void>((resolve) => {
      afterPaint(resolve);
      setTimeout(resolve, FRAME_MS);
    });
  document.documentElement.lang = await loadLanguage(navigator.languages, languages);
  watchAttention();
  startClock();
  startRouting();
  render(() => <App />, root);
  setTimeout(loadSecond, LATEST_MS);
}

watchForErrors();
const root = document.getElementById('app');
if (root) void start(root);
