import { Dialog } from '../ui/dialog';
import { words } from '../words/words';
import { PeoplePicker } from './people-picker';

export interface NewChatDialogProps {
  onClose(): void;
  /** Gets the focus back. */
  opener: HTMLElement | undefined;
}

/** Finds a user and opens the chat with them. */
export function NewChatDialog(props: NewChatDialogProps) {
  let hasChosen = false;

  /** The focus goes to the composer, or back to the button when no user was chosen. */
  function closed(): void {
    props.onClose();
    const target = hasChosen ? document.querySelector('textarea') : props.opener;
    target?.focus();
  }

  return (
    <Dialog title={words.chats.newChat} onClose={closed}>
      <PeoplePicker
        onDone={() => {
          hasChosen = true;
          closed();
        }}
      />
    </Dialog>
  );
}
