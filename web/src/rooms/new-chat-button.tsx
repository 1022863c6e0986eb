import { runSoon } from '../second-load/second-load';
import { Icon } from '../ui/icon';
import { words } from '../words/words';

/** Opens the dialog of new-chat.tsx. */
export function NewChatButton() {
  return (
    <button
      type="button"
      class="button-quiet shrink-0 px-0"
      aria-label={words.chats.newChat}
      aria-haspopup="dialog"
      data-new-chat
      onClick={() => runSoon('newChat')}
    >
      <Icon name="pen" />
    </button>
  );
}
