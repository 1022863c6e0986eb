import { Dialog } from '@kobalte/core/dialog';
import { Icon } from '../ui/icon';
import { PeoplePicker } from './people-picker';
import { words } from '../words/words';

export interface NewChatDialogProps {
  isOpen: boolean;
  onOpenChange(isOpen: boolean): void;
  /** Gets the focus back. */
  opener: HTMLElement | undefined;
}

/** Finds a user and opens the chat with them. */
export function NewChatDialog(props: NewChatDialogProps) {
  let hasChosen = false;

  /** To the composer, or back to the button when no user was chosen. */
  function returnFocus(event: Event): void {
    event.preventDefault();
    const target = hasChosen ? document.querySelector('textarea') : props.opener;
    hasChosen = false;
    target?.focus();
  }

  function choose(): void {
    hasChosen = true;
    props.onOpenChange(false);
  }

  return (
    <Dialog open={props.isOpen} onOpenChange={(isOpen) => props.onOpenChange(isOpen)}>
      <Dialog.Portal>
        <Dialog.Overlay class="fixed inset-0 z-40 bg-shade" />
        <div class="fixed inset-0 z-50 flex items-start justify-center p-3 pt-[max(0.75rem,10vh)]">
          <Dialog.Content
            onOpenAutoFocus={focusSearch}
            onCloseAutoFocus={returnFocus}
            class="flex max-h-[min(36rem,80vh)] w-full max-w-md animate-rise flex-col overflow-hidden rounded-3xl border border-line bg-panel shadow-float outline-none"
          >
            <header class="flex items-center justify-between py-2 pr-2 pl-5">
              <Dialog.Title class="text-lg font-bold">{words.chats.newChat}</Dialog.Title>
              <Dialog.CloseButton class="button-quiet" aria-label={words.close}>
                <Icon name="close" />
              </Dialog.CloseButton>
            </header>
            <PeoplePicker onDone={choose} />
          </Dialog.Content>
        </div>
      </Dialog.Portal>
    </Dialog>
  );
}

/** Kobalte would focus the close button. */
function focusSearch(event: Event): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('[role="dialog"] input')?.focus();
}
