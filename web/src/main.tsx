import { render } from 'solid-js/web';
import { App } from './app';
import { startRouting } from './routing/router';
import { loadSecond } from './second-load/second-load';
import { restoreSettings } from './settings/settings.store';
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

async function start(root: HTMLElement): Promise<void> {
  document.documentElement.lang = await loadLanguage(navigator.languages, languages);
  watchAttention();
  startClock();
  startRouting();
  render(() => <App />, root);
  setTimeout(loadSecond, LATEST_MS);
}

watchForErrors();
restoreSettings();
const root = document.getElementById('app');
if (root) void start(root);
