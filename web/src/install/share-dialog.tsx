import { loadDraft, saveDraft } from '../messages/composer/drafts';
import { useChat } from '../realtime/chat.store';
import { PeoplePicker } from '../rooms/people-picker';
import { Dialog } from '../ui/dialog';
import { secondWords } from '../words/words';

interface ShareDialogProps {
  text: string;
  onClose(): void;
}

/** Chooses the chat in which a text becomes the draft: nothing is sent by itself. */
export function ShareDialog(props: ShareDialogProps) {
  const chat = useChat();

  function write(roomId: number): void {
    const before = loadDraft(chat.me, roomId);
    saveDraft(chat.me, roomId, [before, props.text].filter((part) => part !== '').join('\n'));
  }

  return (
    <Dialog title={secondWords.share.title} onClose={() => props.onClose()}>
      <PeoplePicker onRoom={write} onDone={() => props.onClose()} />
    </Dialog>
  );
}
