import { render } from 'solid-js/web';
import { attachmentParts } from '../src/attachments/load-attachments';
import { messageActions } from '../src/messages/actions/load-message-actions';
import { secondLoad } from '../src/second-load/second-load';
import { watchAttention } from '../src/ui/attention';
import type { Chunk } from '../src/ui/chunk';
import * as words from '../src/words/words';
import { lookOf, showLook } from './look';
import { showPseudoStates } from './pseudo-states';

const loaded = (chunk: Chunk<unknown>) => new Promise<void>((resolve) => chunk.demand(resolve));

/** Everything that the page loads later is loaded first: the components are shown as they are in the end. */
async function start(root: HTMLElement): Promise<void> {
  const params = new URLSearchParams(window.location.search);
  showLook(lookOf(params));
  watchAttention();
  await Promise.all([
    loaded(secondLoad()),
    loaded(messageActions()),
    loaded(attachmentParts()),
    words.loadAccountWords(),
    words.loadEmojiWords(),
    words.loadFormatWords(),
    words.loadNewChatWords(),
    words.loadPrivacyWords(),
    words.loadSearchWords(),
    words.loadSettingsWords(),
    words.loadSimulationWords(),
  ]);
  const { loadActionWords } = await import('../src/actions/action-words');
  await loadActionWords();
  showPseudoStates();
  const layer = params.get('layer');
  if (layer === null) {
    const { Gallery } = await import('./gallery');
    render(() => <Gallery />, root);
  } else {
    const { LayerPage } = await import('./layer-page');
    render(() => <LayerPage name={layer} />, root);
  }
  await document.fonts.ready;
  document.documentElement.dataset.ready = '';
}

const root = document.getElementById('app');
if (root) void start(root);
