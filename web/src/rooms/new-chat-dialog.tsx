import { createEffect, Show } from 'solid-js';
import { Icon } from '../ui/icon';
import { PeoplePicker } from './people-picker';
import { words } from '../words/words';

export interface NewChatDialogProps {
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  /** Gets the focus back. */
  opener: HTMLElement | undefined;
}

/** Finds a user and opens the chat with them. The browser's own modal dialog: it keeps the focus inside and closes on Escape. */
export function NewChatDialog(props: NewChatDialogProps) {
  let dialog: HTMLDialogElement | undefined;
  let hasChosen = false;

  createEffect(() => {
    if (props.isOpen) dialog?.showModal();
    else dialog?.close();
  });

  /** The focus goes to the composer, or back to the button when no user was chosen. */
  function closed(): void {
    if (props.isOpen) props.onOpenChange(false);
    const target = hasChosen ? document.querySelector('textarea') : props.opener;
    hasChosen = false;
    target?.focus();
  }

  function choose(): void {
    hasChosen = true;
    dialog?.close();
  }

  return (
    <dialog
      ref={(element) => (dialog = element)}
      class="dialog-box"
      aria-labelledby="new-chat-title"
      onClose={closed}
      // On the backdrop: everything inside is a child.
      onPointerDown={(event) => event.target === dialog && dialog.close()}
    >
      <header class="flex items-center justify-between py-2 pr-2 pl-5">
        <h2 id="new-chat-title" class="text-lg font-bold">
          {words.chats.newChat}
        </h2>
        <button type="button" class="button-quiet" aria-label={words.close} onClick={() => dialog?.close()}>
          <Icon name="close" />
        </button>
      </header>
      <Show when={props.isOpen}>
        <PeoplePicker onDone={choose} />
      </Show>
    </dialog>
  );
}
