import { createMemo, createSignal, For, onCleanup, onMount, Show } from 'solid-js';
import { render } from 'solid-js/web';
import { leaveLayer, openLayer } from '../../routing/router';
import { emojiWords } from '../../words/words';
import { afterPaint } from '../after-paint';
import { Icon } from '../icon';
import { EMOJI, emojiOf, findEmoji, GROUPS, inTone, TONES, type Emoji, type GroupId } from './emoji-data';
import { recentEmoji, rememberEmoji, rememberSkinTone, skinTone } from './emoji-storage';
import { stepInGrid, type Cell } from './grid';

/** Emoji in a row. The arrow keys count with it. */
const COLUMNS = 8;
/** Of a search: more are not looked through. */
const MAX_RESULTS = 96;
/** Between picker, anchor and the edge of the window, in pixels. */
const GAP = 8;
/** From this width of the window on, the picker is beside its anchor. As `sm` of the styles. */
const WIDE = '(min-width: 40rem)';
const TOUCH = '(hover: none) and (pointer: coarse)';

/** The emoji that stand for the groups on the buttons that lead there. */
const SIGNS: Record<GroupId | 'recent', string> = {
  recent: '🕒',
  smileys: '😀',
  people: '👋',
  nature: '🌿',
  food: '🍎',
  travel: '🚗',
  activities: '⚽',
  objects: '💡',
  symbols: '❤️',
  flags: '🏁',
};

interface Section {
  id: GroupId | 'recent' | 'results';
  emoji: readonly Emoji[];
}

/** See `openEmojiPicker`. */
export function showEmojiPicker(
  anchor: HTMLElement,
  userId: number,
  onPick?: (emoji: string) => void,
): Promise<string | null> {
  // A modal dialog makes everything beside it inert.
  const host = anchor.closest('dialog') ?? document.body;
  const place = document.createElement('div');
  host.append(place);
  let picked: string | null = null;

  /** @returns whether the picker closes. */
  function pick({ char }: Emoji, isByKey: boolean): boolean {
    rememberEmoji(userId, char);
    const toned = inTone(char, skinTone(userId));
    if (!onPick) picked = toned;
    else onPick(toned);
    return isByKey || !onPick;
  }

  return new Promise((resolve) => {
    const dispose = render(
      () => (
        <EmojiPicker
          anchor={anchor}
          userId={userId}
          onPick={pick}
          onClosed={() => {
            dispose();
            place.remove();
            resolve(picked);
          }}
        />
      ),
      place,
    );
  });
}

interface EmojiPickerProps {
  anchor: HTMLElement;
  userId: number;
  /** @returns whether the picker closes. */
  onPick(emoji: Emoji, isByKey: boolean): boolean;
  onClosed(): void;
}

function EmojiPicker(props: EmojiPickerProps) {
  let popover: HTMLDivElement | undefined;
  let field: HTMLInputElement | undefined;
  let list: HTMLDivElement | undefined;
  const close = () => popover?.hidePopover();

  const [query, setQuery] = createSignal('');
  const [tone, setTone] = createSignal(skinTone(props.userId));
  const [shown, setShown] = createSignal<Emoji | null>(null);
  const [isChoosingTone, setChoosingTone] = createSignal(false);

  const all: Section[] = [
    { id: 'recent' as const, emoji: recentEmoji(props.userId).flatMap((char) => emojiOf(char) ?? []) },
    ...GROUPS.map((id) => ({ id, emoji: EMOJI.filter(({ group }) => group === id) })),
  ].filter(({ emoji }) => emoji.length > 0);
  /** Groups with their emoji in the page: what was used lately and the first. All at once would delay the picker. */
  const [filled, setFilled] = createSignal(all.length > GROUPS.length ? 2 : 1);
  const sections = createMemo((): Section[] =>
    query().trim() === '' ? all : [{ id: 'results', emoji: findEmoji(query(), MAX_RESULTS) }],
  );
  const count = () => sections().reduce((sum, { emoji }) => sum + emoji.length, 0);

  onMount(() => {
    if (!popover) return;
    popover.showPopover();
    placeBeside(popover, props.anchor);
    openLayer(close);
    if (matchMedia(TOUCH).matches) focus(0, 0);
    else field?.focus();
    const fill = () => {
      if (setFilled((before) => before + 1) < all.length) cancel = afterPaint(fill);
    };
    let cancel = afterPaint(fill);
    onCleanup(() => cancel());
  });
  onCleanup(() => leaveLayer(close));

  function onToggle(event: ToggleEvent): void {
    if (event.newState === 'open') return;
    leaveLayer(close);
    props.onClosed();
  }

  function choose(emoji: Emoji | undefined, isByKey: boolean): void {
    if (emoji && props.onPick(emoji, isByKey)) close();
  }

  const optionAt = (section: number, index: number) =>
    list?.querySelectorAll('[role="group"]')[section]?.querySelectorAll<HTMLElement>('[role="option"]')[
      index
    ];

  function focus(section: number, index: number): void {
    setFilled((before) => Math.max(before, section + 1));
    optionAt(section, index)?.focus();
  }

  /** Arrow keys go through the grid as it is seen; from the first row up is the field. */
  function onKeyDown(event: KeyboardEvent): void {
    const option = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-index]') : null;
    if (event.target === field) {
      if (event.key === 'ArrowDown') focus(0, 0);
      else if (event.key === 'Enter') choose(sections()[0]?.emoji[0], true);
      else return;
      event.preventDefault();
      return;
    }
    if (!option) return;
    const cell: Cell = [Number(option.dataset.section), Number(option.dataset.index)];
    const lengths = sections().map(({ emoji }) => emoji.length);
    const to = stepInGrid(event.key, cell, lengths, COLUMNS);
    if (to) {
      event.preventDefault();
      if (to === 'out') field?.focus();
      else focus(...to);
    } else if (
      event.key.length === 1 &&
      event.key !== ' ' &&
      !event.ctrlKey &&
      !event.metaKey &&
      !event.altKey
    ) {
      // Typing searches, wherever the focus is.
      field?.focus();
    }
  }

  function goTo(id: Section['id']): void {
    setQuery('');
    setFilled(all.length);
    const index = all.findIndex((section) => section.id === id);
    list?.querySelectorAll('[role="group"]')[index]?.scrollIntoView({ block: 'start' });
    focus(index, 0);
  }

  return (
    <div
      ref={(element) => (popover = element)}
      popover="auto"
      role="dialog"
      aria-label={emojiWords.title}
      class="emoji-picker m-0 flex-col overflow-hidden border border-line bg-raised text-ink shadow-float open:flex"
      onToggle={onToggle}
      onKeyDown={onKeyDown}
    >
      <div class="relative p-2">
        <Icon
          name="search"
          class="pointer-events-none absolute inset-y-0 start-5 my-auto size-4.5 text-muted"
        />
        <input
          ref={(element) => (field = element)}
          type="search"
          class="text-field ps-10!"
          aria-label={emojiWords.search}
          placeholder={emojiWords.search}
          autocomplete="off"
          spellcheck={false}
          enterkeyhint="done"
          value={query()}
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            if (list) list.scrollTop = 0;
          }}
        />
        <p class="sr-only" role="status">
          {query().trim() === '' ? '' : emojiWords.found(count())}
        </p>
      </div>
      <div
        class="no-scrollbar flex shrink-0 overflow-x-auto border-b border-line px-2"
        role="toolbar"
        aria-label={emojiWords.title}
      >
        <For each={all}>
          {({ id }) => (
            <button
              type="button"
              class="grid h-9 min-w-0 flex-1 place-items-center rounded-lg text-lg leading-none -outline-offset-2 hover:bg-hover pointer-coarse:h-11 pointer-coarse:min-w-11"
              aria-label={emojiWords.groups[id]}
              title={emojiWords.groups[id]}
              onClick={() => goTo(id)}
            >
              <span aria-hidden="true" class="emoji grayscale">
                {id === 'results' ? '' : SIGNS[id]}
              </span>
            </button>
          )}
        </For>
      </div>
      <Show
        when={count() > 0}
        fallback={<p class="grid min-h-0 flex-1 place-items-center p-6 text-muted">{emojiWords.none}</p>}
      >
        <div
          ref={(element) => (list = element)}
          role="listbox"
          aria-label={emojiWords.title}
          class="slim-scrollbar min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-2"
        >
          <For each={sections()}>
            {({ id, emoji }, section) => (
              <div role="group" aria-label={emojiWords.groups[id]}>
                <p
                  aria-hidden="true"
                  class="sticky top-0 z-10 bg-raised px-1.5 pt-2 pb-1 text-xs font-semibold text-muted"
                >
                  {emojiWords.groups[id]}
                </p>
                <div
                  role="presentation"
                  class="emoji-rows grid grid-cols-8"
                  style={{ '--rows': Math.ceil(emoji.length / COLUMNS) }}
                >
                  <Show when={section() < filled()}>
                    <For each={emoji}>
                      {(one, index) => (
                        <button
                          type="button"
                          role="option"
                          aria-selected="false"
                          aria-label={one.label}
                          class="emoji grid place-items-center rounded-lg -outline-offset-2 hover:bg-hover focus-visible:bg-hover"
                          tabIndex={section() === 0 && index() === 0 ? 0 : -1}
                          data-section={section()}
                          data-index={index()}
                          onFocus={() => setShown(one)}
                          onPointerEnter={() => setShown(one)}
                          onClick={(event) => choose(one, event.detail === 0)}
                        >
                          {inTone(one.char, tone())}
                        </button>
                      )}
                    </For>
                  </Show>
                </div>
              </div>
            )}
          </For>
        </div>
      </Show>
      <div class="flex min-h-12 items-center gap-2 border-t border-line px-2 pb-[env(safe-area-inset-bottom)]">
        <Show
          when={isChoosingTone()}
          fallback={
            <>
              <span class="flex min-w-0 flex-1 items-center gap-2 px-1.5" aria-hidden="true">
                <Show when={shown()}>
                  {(emoji) => (
                    <>
                      <span class="emoji text-2xl leading-none">{inTone(emoji().char, tone())}</span>
                      <span class="truncate text-sm text-muted">{`:${emoji().names[0]}:`}</span>
                    </>
                  )}
                </Show>
              </span>
              <button
                type="button"
                class="emoji grid size-11 shrink-0 place-items-center rounded-lg text-xl hover:bg-hover"
                aria-label={emojiWords.skinTone}
                title={emojiWords.skinTone}
                onClick={() => setChoosingTone(true)}
              >
                {inTone('✋', tone())}
              </button>
            </>
          }
        >
          <div
            ref={(element) =>
              queueMicrotask(() => element.querySelector<HTMLElement>('[aria-checked="true"]')?.focus())
            }
            role="radiogroup"
            aria-label={emojiWords.skinTone}
            class="flex flex-1 justify-end"
            onKeyDown={moveInGroup}
          >
            <For each={TONES}>
              {(one, index) => (
                <button
                  type="button"
                  role="radio"
                  aria-checked={tone() === one}
                  aria-label={emojiWords.skinTones[index()]}
                  title={emojiWords.skinTones[index()]}
                  tabIndex={tone() === one ? 0 : -1}
                  class="emoji grid size-11 place-items-center rounded-lg text-xl hover:bg-hover aria-checked:bg-selected"
                  onClick={() => {
                    rememberSkinTone(props.userId, one);
                    setTone(one);
                    setChoosingTone(false);
                    popover?.querySelector<HTMLElement>(`[aria-label="${emojiWords.skinTone}"]`)?.focus();
                  }}
                >
                  {inTone('✋', one)}
                </button>
              )}
            </For>
          </div>
        </Show>
      </div>
    </div>
  );
}

function moveInGroup(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const items = [...event.currentTarget.querySelectorAll('button')];
  const index = items.findIndex((item) => item === document.activeElement);
  const target = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: items.length - 1 }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  items.at(target % items.length)?.focus();
}

/** Above the anchor or below it, where more is free, and inside the window; on a phone the styles put it at the bottom. */
function placeBeside(popover: HTMLElement, anchor: HTMLElement): void {
  if (!matchMedia(WIDE).matches) return;
  const { left, top, bottom, width } = anchor.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = popover;
  const isAbove = top > window.innerHeight - bottom;
  const y = isAbove ? top - GAP - offsetHeight : bottom + GAP;
  const x = left + width / 2 - offsetWidth / 2;
  const within = (value: number, most: number) => Math.max(GAP, Math.min(value, most - GAP));
  popover.style.top = `${within(y, window.innerHeight - offsetHeight)}px`;
  popover.style.left = `${within(x, window.innerWidth - offsetWidth)}px`;
}
