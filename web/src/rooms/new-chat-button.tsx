import { createSignal, Show } from 'solid-js';
import { createChunk } from '../ui/chunk';
import { Icon } from '../ui/icon';
import { leaveLayer, openLayer } from '../routing/router';
import { loadNewChatWords, words } from '../words/words';

/** Opens the dialog, whose code comes only when it is wanted: with the first touch, so that it is there on the click. */
export function NewChatButton() {
  const [isOpen, setOpen] = createSignal(false);
  const dialog = createChunk(words.notLoaded.newChat, async () => {
    const [{ NewChatDialog }] = await Promise.all([import('./new-chat-dialog'), loadNewChatWords()]);
    return NewChatDialog;
  });
  let opener: HTMLButtonElement | undefined;

  const close = () => void setOpen(false);

  function open(): void {
    setOpen(true);
    openLayer(close);
  }

  return (
    <>
      <button
        ref={(element) => (opener = element)}
        type="button"
        class="button-primary shrink-0"
        aria-haspopup="dialog"
        onPointerEnter={dialog.prepare}
        onFocus={dialog.prepare}
        onClick={() => dialog.demand(open)}
      >
        <Icon name="pen" class="size-4.5" />
        {words.chats.newChat}
      </button>
      <Show when={dialog.content()}>
        {(loaded) => {
          const Dialog = loaded();
          return (
            <Dialog
              isOpen={isOpen()}
              onOpenChange={(next) => {
                setOpen(next);
                if (!next) leaveLayer(close);
              }}
              opener={opener}
            />
          );
        }}
      </Show>
    </>
  );
}
