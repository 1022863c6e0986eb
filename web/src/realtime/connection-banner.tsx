import { createEffect, createMemo, createSignal, onCleanup, Show } from 'solid-js';
import { useChat } from './chat.store';

/** A connection that is back sooner than this, in milliseconds, is not worth a word. */
const PATIENCE_MS = 2_000;

/** Says that there is no connection, and what waits for one. Lies over the page, so that nothing moves. */
export function ConnectionBanner() {
  const chat = useChat();
  const [isLate, setLate] = createSignal(false);
  const [wasOpen, setWasOpen] = createSignal(false);
  const name = () => chat.connection().name;

  // A memo: from one attempt to the next nothing changes here, the patience least of all.
  const isOpen = createMemo(() => name() === 'open');
  createEffect(() => {
    setLate(false);
    if (isOpen()) return setWasOpen(true);
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    onCleanup(() => clearTimeout(timer));
  });

  const text = () => {
    const connection = chat.connection();
    const waiting = chat.state().outbox.filter(({ status }) => status === 'waiting').length;
    const queue = waiting === 0 ? '' : ` ${waiting} ${waiting === 1 ? 'message' : 'messages'} waiting`;
    if (connection.name === 'stopped') return `${connection.reason}${queue}`;
    return `${wasOpen() ? 'Reconnecting' : 'Connecting'}…${queue}`;
  };

  return (
    <div
      class="pointer-events-none absolute inset-x-0 top-[4.5rem] z-30 flex justify-center px-3 md:top-2.5 md:justify-end md:px-6"
      aria-live="polite"
    >
      <Show when={name() === 'stopped' || (isLate() && !isOpen())}>
        <p class="pointer-events-auto flex min-h-9 animate-rise items-center gap-2 rounded-3xl border border-line bg-raised px-4 py-1 text-xs font-semibold shadow-float sm:text-sm">
          <span
            class="size-2 shrink-0 rounded-full"
            classList={{ 'bg-danger': name() === 'stopped', 'bg-accent animate-pulse': name() !== 'stopped' }}
          />
          {text()}
          <Show when={name() !== 'connecting'}>
            <button
              type="button"
              class="-my-2 -mr-3 min-h-11 shrink-0 rounded-full px-3 text-accent hover:underline"
              onClick={() => chat.reconnect()}
            >
              {name() === 'stopped' ? 'Reconnect' : 'Try now'}
            </button>
          </Show>
        </p>
      </Show>
    </div>
  );
}
