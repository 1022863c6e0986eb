import { createEffect, createSignal, Show } from 'solid-js';
import { secondLoad } from '../second-load/second-load';
import { createChunk } from '../ui/chunk';
import { Icon } from '../ui/icon';
import { loadNewChatWords, words } from '../words/words';

/** Opens the dialog, whose code comes only when it is wanted: with the first touch, so that it is there on the click. */
export function NewChatButton() {
  const [isOpen, setOpen] = createSignal(false);
  const dialog = createChunk(words.notLoaded.newChat, async () => {
    const [{ NewChatDialog }] = await Promise.all([import('./new-chat-dialog'), loadNewChatWords()]);
    return NewChatDialog;
  });
  let opener: HTMLButtonElement | undefined;
  const open = () => dialog.demand(() => setOpen(true));

  createEffect(() => secondLoad().content()?.provideAction('newChat', open));

  return (
    <>
      <button
        ref={(element) => (opener = element)}
        type="button"
        class="button-quiet shrink-0 px-0"
        aria-label={words.chats.newChat}
        aria-haspopup="dialog"
        onPointerEnter={dialog.prepare}
        onFocus={dialog.prepare}
        onClick={open}
      >
        <Icon name="pen" />
      </button>
      <Show when={isOpen() && dialog.content()} keyed>
        {(Dialog) => <Dialog onClose={() => setOpen(false)} opener={opener} />}
      </Show>
    </>
  );
}
