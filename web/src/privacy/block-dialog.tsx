import { For } from 'solid-js';
import { Dialog } from '../ui/dialog';
import { nameOf } from '../users/name-of';
import { privacyWords } from '../words/words';
import { createPeerActions } from './peer-actions';
import type { PeerDialogProps } from './peer-dialog-props';

/** Says what blocking does before it is done. */
export function BlockDialog(props: PeerDialogProps) {
  const actions = createPeerActions();

  async function block(): Promise<void> {
    if (await actions.block(props.peer)) props.onClose();
  }

  return (
    <Dialog title={privacyWords.block.title(nameOf(props.peer))} onClose={props.onClose}>
      <div class="grid gap-4 overflow-y-auto px-5 pb-5">
        <ul class="grid list-disc gap-1.5 ps-5 text-pretty wrap-anywhere marker:text-muted">
          <For each={privacyWords.block.text(nameOf(props.peer))}>{(line) => <li>{line}</li>}</For>
        </ul>
        <p class="text-sm font-medium text-danger empty:hidden" role="alert">
          {actions.problem()}
        </p>
        <div class="flex flex-wrap justify-end gap-2">
          <button type="button" class="button-quiet" onClick={() => props.onClose()}>
            {privacyWords.cancel}
          </button>
          <button
            type="button"
            class="button-danger"
            aria-disabled={actions.isBusy()}
            onClick={() => void block()}
          >
            {privacyWords.block.confirm}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
