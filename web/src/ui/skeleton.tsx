import { createSignal, For, onCleanup, Show } from 'solid-js';
import { isList } from '../routing/router';
import { Brand } from './brand';
import { words } from '../words/words';

const SIX = [0, 1, 2, 3, 4, 5];

/** Grey shapes where rooms will be. */
export function RoomsSkeleton() {
  return (
    <div class="skeleton grid gap-1 p-2" aria-busy="true">
      <span class="sr-only">{words.loadingChats}</span>
      <For each={SIX}>
        {() => (
          <div class="flex h-[4.25rem] animate-pulse items-center gap-3 px-3" aria-hidden="true">
            <span class="size-12 rounded-full bg-line" />
            <span class="grid flex-1 gap-2">
              <span class="h-3 w-24 rounded bg-line" />
              <span class="skeleton-preview h-3 rounded bg-line" />
            </span>
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
      <span class="sr-only">{words.loadingMessages}</span>
      <For each={SIX}>
        {() => <span class="skeleton-bubble h-10 animate-pulse rounded-2xl bg-line" aria-hidden="true" />}
      </For>
    </div>
  );
}

/** What comes sooner than this, in milliseconds, is shown at once: a skeleton would be one more picture, and takes time itself. */
const LATE_MS = 150;

/** The page before its first answer, in the frame that it will have, when that takes long. */
export function PageSkeleton() {
  const [isLate, setLate] = createSignal(false);
  const timer = setTimeout(() => setLate(true), LATE_MS);
  onCleanup(() => clearTimeout(timer));
  return (
    <Show when={isLate()}>
      <Skeleton />
    </Show>
  );
}

function Skeleton() {
  return (
    <main class="flex h-full">
      <h1 class="sr-only">Parley</h1>
      <div class="list-pane" classList={{ 'max-md:hidden': !isList() }}>
        <div class="list-header">
          <Brand />
        </div>
        <RoomsSkeleton />
      </div>
    </main>
  );
}
