import { createSignal, onCleanup, onMount, Show } from 'solid-js';
import { provideAction } from '../actions/provide';
import { createChunk } from '../ui/chunk';
import { loadNewChatWords, secondWords } from '../words/words';

const button = () => document.querySelector<HTMLElement>('[data-new-chat]') ?? undefined;

/** The dialog for a new chat, whose code comes only when it is wanted: with the first touch of its button, so that it is there on the click. */
export function NewChat() {
  const [isOpen, setOpen] = createSignal(false);
  const dialog = createChunk(secondWords.notLoaded.newChat, async () => {
    const [{ NewChatDialog }] = await Promise.all([import('./new-chat-dialog'), loadNewChatWords()]);
    return NewChatDialog;
  });
  provideAction('newChat', () => dialog.demand(() => setOpen(true)));

  onMount(() => {
    const untilCleanup = new AbortController();
    onCleanup(() => untilCleanup.abort());
    for (const type of ['pointerenter', 'focus'])
      button()?.addEventListener(type, dialog.prepare, untilCleanup);
  });

  return (
    <Show when={isOpen() && dialog.content()} keyed>
      {(Dialog) => <Dialog onClose={() => setOpen(false)} opener={button()} />}
    </Show>
  );
}
