import { For } from 'solid-js';
import { secondWords } from '../words/words';

const SIX = [0, 1, 2, 3, 4, 5];

/** Grey shapes where rooms will be. Those of the page without its code are in index.html. */
export function RoomsSkeleton() {
  return (
    <div class="skeleton grid gap-1 p-2" aria-busy="true">
      <span class="sr-only">{secondWords.loadingChats}</span>
      <For each={SIX}>
        {() => (
          <div class="skeleton-room" aria-hidden="true">
            <span />
          </div>
        )}
      </For>
    </div>
  );
}

/** Grey shapes where messages will be. */
export function MessagesSkeleton() {
  return (
    <div class="skeleton chat-column chat-edges mt-auto grid gap-3 py-6" aria-busy="true">
      <span class="sr-only">{secondWords.loadingMessages}</span>
      <For each={SIX}>{() => <span class="skeleton-bubble" aria-hidden="true" />}</For>
    </div>
  );
}
