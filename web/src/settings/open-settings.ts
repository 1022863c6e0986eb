import { render } from 'solid-js/web';
import { createRoot } from 'solid-js';
import { createChunk, type Chunk } from '../ui/chunk';
import { loadSettingsWords, secondWords } from '../words/words';

type SettingsDialog = typeof import('./settings-dialog').SettingsDialog;

let chunk: Chunk<SettingsDialog> | undefined;
let isOpen = false;

/** Opens the dialog of the settings, from wherever it is wanted. The focus goes back to `opener`. */
export function openSettings(opener?: HTMLElement): void {
  chunk ??= createRoot(() =>
    createChunk(secondWords.settings.notLoaded, async () => {
      const [{ SettingsDialog }] = await Promise.all([import('./settings-dialog'), loadSettingsWords()]);
      return SettingsDialog;
    }),
  );
  const { content, demand } = chunk;
  demand(() => {
    const Dialog = content();
    if (!Dialog || isOpen) return;
    isOpen = true;
    const host = document.body.appendChild(document.createElement('div'));
    const dispose = render(
      () =>
        Dialog({
          onClose() {
            isOpen = false;
            dispose();
            host.remove();
            opener?.focus();
          },
        }),
      host,
    );
  });
}
