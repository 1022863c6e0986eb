import { createEffect, createMemo, createSignal, For, onCleanup, Show } from 'solid-js';
import { useChat } from '../realtime/chat.store';
import { Drawing, Icon } from '../ui/icon';
import { SideScroll } from '../ui/side-scroll';
import { Notice } from '../ui/notice';
import { secondWords } from '../words/words';
import { createFiltered, RoomFilter } from './room-filter';
import { useRooms } from './rooms.store';
import { roomsByView, VIEWS, type View } from './views';

const FUNNEL = 'M4 5h16l-6.5 7.5V18L10.5 20v-7.5Z';

interface RoomViewsProps {
  /** Gets the chats that are to be shown; null: all, as without this. */
  onShow(ids: (() => readonly number[]) | null): void;
}

/** What of the chats is shown: a view, or those with people of a name, whose field comes with a button. */
export function RoomViews(props: RoomViewsProps) {
  const rooms = useRooms();
  const chat = useChat();
  const [view, setView] = createSignal<View>('all');

  const byView = createMemo(() => roomsByView(rooms, chat.me));
  /** Null: there is no field. */
  const [filter, setFilter] = createSignal<string | null>(null);
  const [tabs, setTabs] = createSignal<HTMLElement>();
  const counts = createMemo(() => VIEWS.map((name) => byView()[name].length).join());
  let filterButton: HTMLButtonElement | undefined;
  const isFiltered = () => (filter() ?? '').trim() !== '';
  /** A name is searched in all chats. */
  const found = createFiltered(
    rooms,
    () => [...byView().all, ...byView().archived],
    () => filter() ?? '',
  );
  const shown = () => (isFiltered() ? found() : byView()[view()]);
  createEffect(() => props.onShow(shown));
  onCleanup(() => props.onShow(null));
  // What is archived last of all is shown nowhere else.
  createEffect(() => view() === 'archived' && byView().archived.length === 0 && setView('all'));

  function closeFilter(): void {
    setFilter(null);
    filterButton?.focus();
  }

  return (
    <div class="shrink-0" data-later>
      <div class="flex items-end pe-3">
        <div class="relative min-w-0 flex-1">
          <div
            ref={setTabs}
            role="tablist"
            aria-label={secondWords.views.label}
            class="no-scrollbar flex h-12 scroll-px-11 items-end overflow-x-auto scroll-smooth px-3"
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
                  class="view-tab"
                  onClick={(event) => {
                    setFilter(null);
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
          <Show when={tabs()}>{(list) => <SideScroll of={list()} content={counts()} />}</Show>
        </div>
        <button
          ref={(element) => (filterButton = element)}
          type="button"
          class="button-quiet shrink-0 px-0 text-muted"
          aria-label={secondWords.filter.label}
          title={secondWords.filter.label}
          aria-expanded={filter() !== null}
          onClick={() => (filter() === null ? setFilter('') : closeFilter())}
        >
          <Drawing path={FUNNEL} class="size-4.5" />
        </button>
      </div>
      <Show when={filter() !== null}>
        <RoomFilter text={filter() ?? ''} count={found().length} onInput={setFilter} onClose={closeFilter} />
      </Show>
      <Show when={!isFiltered() && shown().length === 0}>
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
