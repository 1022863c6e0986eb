import { createEffect, createSignal, Show, untrack } from 'solid-js';
import { createOnline } from '../ui/online';
import { secondWords } from '../words/words';
import { useChat } from './chat.store';

/** Says that there is no connection, and what waits for one. Lies over the page, so that nothing moves. */
export function ConnectionBanner() {
  const chat = useChat();
  const isOnline = createOnline();
  // A server that has said hello named its version of the protocol: it may be gone before this is loaded.
  const [wasOpen, setWasOpen] = createSignal(untrack(chat.state).protocol > 1);
  const name = () => chat.connection().name;

  createEffect(() => {
    if (name() === 'open') setWasOpen(true);
  });

  const connectionText = () => {
    const connection = chat.connection();
    if (connection.name === 'stopped') return secondWords.connection.stopped[connection.reason];
    if (!isOnline()) return secondWords.connection.offline;
    return wasOpen() ? secondWords.connection.reconnecting : secondWords.connection.connecting;
  };

  const text = () => {
    const waiting = chat.state().outbox.filter(({ status }) => status === 'waiting').length;
    return waiting === 0
      ? connectionText()
      : `${connectionText()} ${secondWords.connection.waiting(waiting)}`;
  };

  return (
    <div role="status">
      <Show when={chat.isLost()}>
        <p class="pointer-events-auto flex min-h-9 animate-rise items-center gap-2 rounded-3xl border border-line bg-raised px-4 py-1 text-xs font-semibold shadow-float sm:text-sm">
          <span
            class="size-2 shrink-0 rounded-full"
            classList={{ 'bg-danger': name() === 'stopped', 'bg-accent animate-pulse': name() !== 'stopped' }}
          />
          {text()}
          <Show when={name() !== 'connecting'}>
            <button
              type="button"
              class="-my-2 -me-3 min-h-11 shrink-0 rounded-full px-3 text-accent hover:underline"
              onClick={() => chat.reconnect()}
            >
              {name() === 'stopped' ? secondWords.connection.reconnect : secondWords.connection.tryNow}
            </button>
          </Show>
        </p>
      </Show>
    </div>
  );
}
