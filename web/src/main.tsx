import { render } from 'solid-js/web';
import { App } from './app';
import { startRouting } from './routing/router';
import { watchAttention } from './ui/attention';
import { startClock } from './ui/clock';
import { watchNetwork } from './ui/online';
import { watchForErrors } from './ui/unexpected';
import { loadLanguage } from './words/load-language';
import type { Words } from './words/words';

const languages = import.meta.glob<Words>(['./words/languages/*.ts', '!./words/languages/en.ts'], {
  import: 'default',
});

async function start(root: HTMLElement): Promise<void> {
  document.documentElement.lang = await loadLanguage(navigator.languages, languages);
  watchAttention();
  watchNetwork();
  startClock();
  startRouting();
  render(() => <App />, root);
}

watchForErrors();
const root = document.getElementById('app');
if (root) void start(root);
