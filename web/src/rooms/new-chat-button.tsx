import { createSignal, Show } from 'solid-js';
import { createChunk } from '../ui/chunk';
import { Icon } from '../ui/icon';
import { leaveLayer, openLayer } from '../routing/router';
import { words } from '../words/words';

/** Opens the dialog, whose code comes only when it is wanted: with the first touch, so that it is there on the click. */
export function NewChatButton() {
  const [isOpen, setOpen] = createSignal(false);
  const dialog = createChunk(
    words.notLoaded.newChat,
    async () => (await import('./new-chat-dialog')).NewChatDialog,
  );
  let opener: HTMLButtonElement | undefined;

  function open(): void {
    setOpen(true);
    openLayer(() => setOpen(false));
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
                if (!next) leaveLayer();
              }}
              opener={opener}
            />
          );
        }}
      </Show>
    </>
  );
}
