import { createSignal, Show, type Component } from 'solid-js';
import { HttpError } from '../api/http';
import { createRetry } from '../api/retry';
import { Icon } from '../ui/icon';
import { dismissNotice, showNotice } from '../ui/notices';
import { isOutdated } from '../ui/version';
import type { NewChatDialogProps } from './new-chat-dialog';

const NOTICE = 'new-chat';
/** Code that takes longer, in milliseconds, does not come: a silent network never says so. */
const LOAD_TIMEOUT_MS = 5_000;

/** Opens the dialog, whose code comes only when it is wanted: with the first touch, so that it is there on the click. */
export function NewChatButton() {
  const [isOpen, setOpen] = createSignal(false);
  let opener: HTMLButtonElement | undefined;
  const [dialog, setDialog] = createSignal<Component<NewChatDialogProps>>();

  /** False when it does not come in time, or not at all. */
  async function load(): Promise<boolean> {
    if (dialog()) return true;
    try {
      const { NewChatDialog } = await Promise.race([import('./new-chat-dialog'), timeout()]);
      setDialog(() => NewChatDialog);
      dismissNotice(NOTICE);
      return true;
    } catch {
      // Said on a click; before that nobody has asked for it.
      return false;
    }
  }

  /** Without opening anything: a dialog that opens long after the click would startle. */
  const healing = createRetry(async () => {
    if (!(await load())) throw new HttpError(0, 'The dialog cannot be loaded.');
  });

  async function open(): Promise<void> {
    if (await load()) {
      setOpen(true);
    } else if (await isOutdated()) {
      const text = 'There is a new version of Parley. Reload to start a new chat.';
      showNotice({
        id: NOTICE,
        text,
        action: { label: 'Reload', run: () => window.location.reload() },
      });
    } else {
      const text = 'New chat could not be loaded. Check your network.';
      showNotice({ id: NOTICE, text, action: { label: 'Try again', run: () => void open() } });
      healing.run();
    }
  }

  return (
    <>
      <button
        ref={(element) => (opener = element)}
        type="button"
        class="button-primary shrink-0"
        aria-haspopup="dialog"
        onPointerEnter={() => void load()}
        onFocus={() => void load()}
        onClick={() => void open()}
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

function timeout(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error('The code takes too long.')), LOAD_TIMEOUT_MS);
  });
}
