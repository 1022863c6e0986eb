import { createEffect, createMemo, createSignal, For, on, onCleanup, Show } from 'solid-js';
import { findEmoji, inTone } from '../../ui/emoji/emoji-data';
import { rememberEmoji, skinTone } from '../../ui/emoji/emoji-storage';
import { emojiWords } from '../../words/words';
import { insertText } from './insert-text';
import { shortCodeAt } from './short-code';

/** Suggestions at most. */
const SUGGESTIONS = 6;

/** Of a suggestion in the page. */
function idOf(index: number): string {
  return `emoji-completion-${index}`;
}

interface CompletionProps {
  field: HTMLTextAreaElement;
  userId: number;
}

/**
 * Suggests emoji while a short code is typed in the field: Tab or Enter takes one, arrows choose, Escape ends it. While
 * there is nothing to suggest, all keys are the field's.
 */
export function EmojiCompletion(props: CompletionProps) {
  const [before, setBefore] = createSignal('');
  const [chosen, setChosen] = createSignal(0);
  /** The short code that the user does not want completed, by its beginning. */
  const [refused, setRefused] = createSignal<number | null>(null);
  const code = createMemo(() => shortCodeAt(before()));
  const found = createMemo(() => {
    const typed = code();
    return typed && typed.start !== refused() ? findEmoji(typed.letters, SUGGESTIONS) : [];
  });
  const isOpen = () => found().length > 0;

  // oxlint-disable-next-line solid/reactivity -- Made anew for another field or user.
  const { field, userId } = props;

  function look(): void {
    const { value, selectionStart, selectionEnd } = field;
    const hasCaret = selectionStart === selectionEnd && document.activeElement === field;
    setBefore(hasCaret ? value.slice(0, selectionStart) : '');
  }

  function take(index: number): void {
    const emoji = found()[index];
    const typed = code();
    if (!emoji || !typed) return;
    field.setSelectionRange(typed.start, field.selectionStart);
    insertText(field, inTone(emoji.char, skinTone(userId)));
    rememberEmoji(userId, emoji.char);
    look();
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (!isOpen() || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const count = found().length;
    const move = { ArrowDown: 1, ArrowUp: count - 1 }[event.key];
    if (move !== undefined) setChosen((index) => (index + move) % count);
    else if (event.key === 'Escape') setRefused(code()?.start ?? null);
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey) take(chosen());
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  createEffect(
    on(code, (typed) => {
      setChosen(0);
      if (!typed) setRefused(null);
    }),
  );
  createEffect(() => {
    const name = isOpen() ? idOf(chosen()) : null;
    for (const [attribute, value] of [
      ['aria-activedescendant', name],
      ['aria-controls', name && 'emoji-completion'],
      ['aria-autocomplete', 'list'],
    ] as const) {
      if (value === null) field.removeAttribute(attribute);
      else field.setAttribute(attribute, value);
    }
  });

  const untilCleanup = new AbortController();
  onCleanup(() => untilCleanup.abort());
  field.addEventListener('keydown', onKeyDown, untilCleanup);
  field.addEventListener('blur', () => setBefore(''), untilCleanup);
  field.addEventListener('input', look, untilCleanup);
  document.addEventListener('selectionchange', look, untilCleanup);
  look();

  return (
    <>
      <p class="sr-only" role="status">
        {isOpen() ? emojiWords.completionCount(found().length) : ''}
      </p>
      <Show when={isOpen()}>
        <div
          id="emoji-completion"
          role="listbox"
          aria-label={emojiWords.completions}
          class="absolute inset-x-3 bottom-full z-20 mb-1.5 grid max-w-80 animate-rise rounded-2xl border border-line bg-raised p-1.5 shadow-float sm:inset-x-6"
        >
          <For each={found()}>
            {(emoji, index) => (
              <div
                id={idOf(index())}
                role="option"
                aria-selected={index() === chosen()}
                class="flex min-h-9 cursor-pointer items-center gap-3 rounded-xl px-2.5 aria-selected:bg-selected pointer-coarse:min-h-11"
                // The field keeps the focus.
                onMouseDown={(event) => event.preventDefault()}
                onPointerMove={() => setChosen(index())}
                onClick={() => take(index())}
              >
                <span class="emoji text-xl leading-none">{inTone(emoji.char, skinTone(userId))}</span>
                <span class="truncate text-sm">{`:${emoji.names[0]}:`}</span>
              </div>
            )}
          </For>
        </div>
      </Show>
    </>
  );
}
