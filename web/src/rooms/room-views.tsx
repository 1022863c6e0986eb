import { createEffect, createMemo, createSignal, For, onCleanup, onMount, Show } from 'solid-js';
import { useChat } from '../realtime/chat.store';
import { Icon } from '../ui/icon';
import { Notice } from '../ui/notice';
import { nameOf } from '../users/name-of';
import { secondWords } from '../words/words';
import { useRooms } from './rooms.store';
import { roomsByView, VIEWS, type View } from './views';

interface RoomViewsProps {
  /** Gets the chats that are to be shown; null: all, as without this. */
  onShow(ids: (() => readonly number[]) | null): void;
}

/**
 * What of the chats is shown: a view, and in it those with people of a name: what is typed may be any part of it.
 */
export function RoomViews(props: RoomViewsProps) {
  const rooms = useRooms();
  const chat = useChat();
  const [view, setView] = createSignal<View>('all');
  const [filter, setFilter] = createSignal('');
  let box: HTMLDivElement | undefined;
  let field: HTMLInputElement | undefined;

  const byView = createMemo(() => roomsByView(rooms, chat.me));
  const wanted = createMemo(() => folded(filter().trim()));
  /** A name is searched in all chats. */
  const shown = createMemo(() =>
    wanted() === '' ? byView()[view()] : [...byView().all, ...byView().archived].filter(isWanted),
  );
  createEffect(() => props.onShow(shown));
  onCleanup(() => props.onShow(null));
  // What is archived last of all is shown nowhere else.
  createEffect(() => view() === 'archived' && byView().archived.length === 0 && setView('all'));

  function isWanted(id: number): boolean {
    const room = rooms.get(id);
    const peer = room && rooms.peerOf(room);
    return !!peer && folded(`${nameOf(peer)} ${peer.username}`).includes(wanted());
  }

  function clear(): void {
    setFilter('');
    field?.focus();
  }

  /** The other keys lead into the list and through it. */
  function onKeyDown(event: KeyboardEvent): void {
    const first = box?.parentElement?.querySelector<HTMLElement>('[data-room] a');
    const isInField = event.target === field;
    if (event.key === 'Escape' && filter() !== '') clear();
    else if (event.key === 'ArrowUp' && document.activeElement === first) field?.focus();
    else if (event.key === 'ArrowDown' && isInField) first?.focus();
    else if (event.key === 'Enter' && isInField && wanted() !== '') first?.click();
    else {
      // They move the caret.
      if (isInField && /^(Home|End)$/.test(event.key)) event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  onMount(() => {
    const list = box?.parentElement;
    list?.addEventListener('keydown', onKeyDown);
    onCleanup(() => list?.removeEventListener('keydown', onKeyDown));
  });

  return (
    <div ref={(element) => (box = element)} class="shrink-0">
      <div class="relative px-3 pt-2">
        <input
          ref={(element) => (field = element)}
          type="text"
          role="searchbox"
          inputmode="search"
          class="text-field pe-11"
          aria-label={secondWords.filter.label}
          placeholder={secondWords.filter.label}
          autocomplete="off"
          spellcheck={false}
          dir="auto"
          value={filter()}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        <Show when={filter() !== ''}>
          <button
            type="button"
            class="button-quiet absolute end-3 top-2 px-0 text-muted"
            aria-label={secondWords.filter.clear}
            onClick={clear}
          >
            <Icon name="close" class="size-4.5" />
          </button>
        </Show>
      </div>
      <div
        role="tablist"
        aria-label={secondWords.views.label}
        class="no-scrollbar flex h-11 items-center gap-1 overflow-x-auto px-3"
        onKeyDown={onTabKeyDown}
      >
        <For each={VIEWS.filter((name) => name !== 'archived' || byView().archived.length > 0)}>
          {(name) => (
            <button
              type="button"
              role="tab"
              aria-selected={view() === name}
              aria-controls="chat-rows"
              tabIndex={view() === name ? 0 : -1}
              class="flex h-11 min-w-11 shrink-0 items-center justify-center gap-1.5 rounded-xl px-2.5 text-sm font-medium -outline-offset-2"
              classList={{
                'bg-selected': view() === name,
                'text-muted hover:bg-hover': view() !== name,
              }}
              onClick={(event) => {
                setFilter('');
                setView(name);
                event.currentTarget.scrollIntoView({ block: 'nearest', inline: 'nearest' });
              }}
            >
              {secondWords.views[name]}
              <Show when={name !== 'all' && byView()[name].length}>
                {(count) => <span class="text-xs tabular-nums">{count()}</span>}
              </Show>
            </button>
          )}
        </For>
      </div>
      <p class="px-5 text-sm text-muted not-empty:pt-2" role="status">
        {wanted() && secondWords.filter.found(shown().length)}
      </p>
      <Show when={wanted() === '' && shown().length === 0}>
        <Notice icon={<Icon name="tick" class="size-7" />} title={secondWords.views.empty[view()]} />
      </Show>
    </div>
  );
}

function onTabKeyDown(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const tabs = [...event.currentTarget.querySelectorAll('button')];
  const index = tabs.findIndex((tab) => tab === document.activeElement);
  const isRtl = getComputedStyle(event.currentTarget).direction === 'rtl';
  const step = { ArrowLeft: isRtl ? 1 : -1, ArrowRight: isRtl ? -1 : 1 }[event.key];
  const to = step === undefined ? { Home: 0, End: tabs.length - 1 }[event.key] : index + step;
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  const tab = tabs[(to + tabs.length) % tabs.length];
  tab?.focus();
  tab?.click();
}

/** Without case and accents: `Zoë` is found by `zoe`. */
function folded(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
