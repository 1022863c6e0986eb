import { createSignal, Show, type Component } from 'solid-js';
import { Icon } from '../ui/icon';
import type { NewChatDialogProps } from './new-chat-dialog';

/** Opens the dialog, whose code comes only when it is wanted: with the first touch, so that it is there on the click. */
export function NewChatButton() {
  const [isOpen, setOpen] = createSignal(false);
  let opener: HTMLButtonElement | undefined;
  const [dialog, setDialog] = createSignal<Component<NewChatDialogProps>>();

  async function load(): Promise<void> {
    if (dialog()) return;
    const { NewChatDialog } = await import('./new-chat-dialog');
    setDialog(() => NewChatDialog);
  }

  /** Early, and again on the click should it fail. */
  const prepare = () => void load().catch(() => {});

  return (
    <>
      <button
        ref={(element) => (opener = element)}
        type="button"
        class="button-primary shrink-0"
        aria-haspopup="dialog"
        onPointerEnter={prepare}
        onFocus={prepare}
        onClick={() =>
          void load().then(
            () => setOpen(true),
            () => {},
          )
        }
      >
        <Icon name="pen" class="size-4.5" />
        New chat
      </button>
      <Show when={dialog()}>
        {(loaded) => {
          const Dialog = loaded();
          return <Dialog isOpen={isOpen()} onOpenChange={setOpen} opener={opener} />;
        }}
      </Show>
    </>
  );
}
