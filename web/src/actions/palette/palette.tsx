import { createEffect, createMemo, createSelector, createSignal, For, Show } from 'solid-js';
import { Avatar } from '../../ui/avatar';
import { HAS_KEYBOARD } from '../../ui/focus-guard';
import { Icon } from '../../ui/icon';
import { createModal } from '../../ui/modal';
import { newChatWords, searchWords, words } from '../../words/words';
import { actionWords } from '../action-words';
import { ariaShortcutsOf, keysOf, shortcutOf } from '../shortcuts';
import { GROUPS, type Item } from './items';
import { createPaletteItems } from './palette-items';

/** Rows that Page Up and Page Down go past. */
const PAGE = 5;

/** An element's id, of an item. */
const idOf = (item: Item) => `palette-${item.key}`;

/** One field for everything: chats, people, messages, actions, days. Its keys are those of a combobox with a list. */
export function Palette(props: { onClose(): void }) {
  const [query, setQuery] = createSignal('');
  const [chosen, setChosen] = createSignal<string | null>(null);
  const [problem, setProblem] = createSignal('');
  const items = createPaletteItems(query);
  const all = createMemo(() => GROUPS.flatMap((group) => items.of(group)));
  /** As long as the user has chosen none, the first. */
  const current = createMemo(() => all().find(({ key }) => key === chosen()) ?? all()[0]);
  const isCurrent = createSelector(() => current()?.key);
  let dialog: HTMLDialogElement | undefined;
  let isBusy = false;
  const close = createModal(() => dialog);

  createEffect(() => {
    const item = current();
    if (item) document.getElementById(idOf(item))?.scrollIntoView({ block: 'nearest' });
  });

  function search(text: string): void {
    setQuery(text);
    setChosen(null);
    setProblem('');
    items.people.search(text);
  }

  async function run(item: Item): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    const failure = (await item.attempt?.()) ?? null;
    // It was closed meanwhile.
    if (!dialog?.open) return;
    if (failure !== null) {
      isBusy = false;
      setProblem(failure);
      return;
    }
    await close();
    item.run?.();
    // What has opened puts the focus where it belongs. A chat that was open already does not; and from one that has opened before the
    // palette was closed, the browser has taken it back to where it was.
    const hasOpened = item.attempt !== undefined && matchMedia(HAS_KEYBOARD).matches;
    queueMicrotask(() => {
      if (hasOpened || document.activeElement === document.body)
        document.querySelector<HTMLElement>('[data-composer]')?.focus();
    });
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.isComposing || event.keyCode === 229 || event.altKey || event.ctrlKey || event.metaKey) return;
    const item = current();
    const count = all().length;
    const index = item ? all().indexOf(item) : -1;
    const target = {
      ArrowDown: (index + 1) % count,
      ArrowUp: (index - 1 + count) % count,
      PageDown: Math.min(count - 1, index + PAGE),
      PageUp: Math.max(0, index - PAGE),
    }[event.key];
    if (event.key === 'Enter' && item) void run(item);
    else if (target !== undefined && count > 0) setChosen(all()[target]?.key ?? null);
    else return;
    event.preventDefault();
  }

  /** What the lists lack, in words. */
  const lack = () => {
    if (problem()) return problem();
    if (items.search.hasFailed()) return searchWords.failed;
    if (items.people.isTooOften()) return newChatWords.searchedTooOften;
    return items.people.isPartial() ? newChatWords.peoplePartial : '';
  };
  const status = () => {
    if (query() === '') return '';
    if (all().length > 0) return actionWords.palette.found(all().length);
    return items.search.isLoading() ? searchWords.searching : actionWords.palette.none(query());
  };

  return (
    <dialog
      ref={(element) => (dialog = element)}
      class="dialog-box palette-box"
      aria-label={actionWords.names.palette}
      onClose={() => props.onClose()}
      onPointerDown={(event) => event.target === dialog && void close()}
    >
      <div class="relative border-b border-line">
        <Icon name="search" class="absolute start-4 top-4 size-5 text-muted" />
        <input
          type="text"
          role="combobox"
          inputmode="search"
          enterkeyhint="go"
          class="h-13 w-full bg-transparent ps-12 pe-14 text-base outline-2 -outline-offset-2 outline-transparent placeholder:text-muted focus-visible:shadow-[inset_0_-2px_0_var(--accent)]"
          aria-label={actionWords.names.palette}
          aria-expanded={all().length > 0}
          aria-controls="palette-list"
          aria-autocomplete="list"
          aria-activedescendant={current() && idOf(current()!)}
          placeholder={actionWords.palette.placeholder}
          autofocus
          autocomplete="off"
          spellcheck={false}
          maxlength={200}
          dir="auto"
          onInput={(event) => search(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button
          type="button"
          class="button-quiet absolute end-1 top-1 px-0 text-muted"
          aria-label={words.close}
          onClick={() => void close()}
        >
          <Icon name="close" class="size-4.5" />
        </button>
      </div>
      <p class="px-5 text-sm text-danger not-empty:py-2" role="alert">
        {lack()}
      </p>
      <p
        classList={{ 'sr-only': all().length > 0, 'px-5 py-8 text-center text-muted': all().length === 0 }}
        role="status"
      >
        {status()}
      </p>
      <div
        id="palette-list"
        class="slim-scrollbar min-h-0 overflow-y-auto overscroll-contain px-2 pb-2"
        role="listbox"
        aria-label={actionWords.palette.list}
        tabIndex={-1}
      >
        <For each={GROUPS}>
          {(group) => (
            <Show when={items.of(group).length > 0}>
              <div role="group" aria-labelledby={`palette-${group}`}>
                <div id={`palette-${group}`} class="px-3 pt-3 pb-1 text-xs font-semibold text-muted">
                  {actionWords.palette.groups[group]}
                </div>
                <For each={items.of(group)}>
                  {(item) => (
                    <Option
                      item={item}
                      isCurrent={isCurrent(item.key)}
                      onPoint={() => setChosen(item.key)}
                      onChoose={() => void run(item)}
                    />
                  )}
                </For>
              </div>
            </Show>
          )}
        </For>
      </div>
    </dialog>
  );
}

interface OptionProps {
  item: Item;
  isCurrent: boolean;
  onPoint(): void;
  onChoose(): void;
}

function Option(props: OptionProps) {
  return (
    <div
      id={idOf(props.item)}
      role="option"
      class="flex min-h-11 cursor-pointer items-center gap-3 rounded-xl px-3 py-1 aria-selected:bg-selected forced-colors:aria-selected:outline-2"
      aria-selected={props.isCurrent}
      aria-keyshortcuts={props.item.action && ariaShortcutsOf(props.item.action)}
      // The field keeps the focus.
      onMouseDown={(event) => event.preventDefault()}
      onPointerMove={() => props.isCurrent || props.onPoint()}
      onClick={() => props.onChoose()}
    >
      <Show when={props.item.avatar}>
        {(person) => <Avatar user={person()} online={person().online} small />}
      </Show>
      <span class="min-w-0 flex-1 truncate" dir="auto">
        {props.item.title}
      </span>
      <Show when={props.item.detail}>
        <span class="max-w-2/5 shrink-0 truncate text-sm text-muted" dir="auto">
          {props.item.detail}
        </span>
      </Show>
      <Show when={props.item.action && shortcutOf(props.item.action)}>
        <kbd class="key-cap shrink-0 coarse:hidden">{props.item.action && keysOf(props.item.action)[0]}</kbd>
      </Show>
    </div>
  );
}
