import { hasVisibleText, textLength } from '@parley/shared';
import { createEffect, createSignal, on, onCleanup, onMount, Show } from 'solid-js';
import type { QueuedFile } from '@parley/client';
import { attachmentParts } from '../../attachments/load-attachments';
import { onDrag } from '../../attachments/on-drag';
import { Later } from '../../ui/later';
import { useChat } from '../../realtime/chat.store';
import { createChunk } from '../../ui/chunk';
import { openEmojiPicker, prepareEmojiPicker } from '../../ui/emoji/open-emoji-picker';
import { Icon } from '../../ui/icon';
import { loadDraft, onDraftChange, saveDraft } from './drafts';
import { insertText } from './insert-text';
import { markOf } from './mark-keys';
import { loadEmojiWords, words } from '../../words/words';

interface ComposerProps {
  roomId: number;
  peerName: string;
  ref(field: HTMLTextAreaElement): void;
  onSent(): void;
  /** Up from an empty field. */
  onUp(): void;
}

/** The count is shown when fewer characters than this are left. */
const COUNTED_CHARACTERS = 200;

/** A keyboard on the screen has no Shift+Enter: there Enter makes a new line, and the button sends. */
const IS_TOUCH = '(hover: none) and (pointer: coarse)';

/** The field for a new message. Enter sends and Shift+Enter makes a new line; on touch only Ctrl+Enter sends. */
export function Composer(props: ComposerProps) {
  const chat = useChat();
  const [text, setText] = createSignal(loadDraft(chat.me, props.roomId));
  const length = () => textLength(text().trim());
  const maxLength = () => chat.limits().text_max_length;
  const isTooLong = () => length() > maxLength();
  const [files, setFiles] = createSignal<readonly QueuedFile[]>([]);
  const [isOver, setOver] = createSignal(false);
  const canSend = () => (hasVisibleText(text()) || files().length > 0) && !isTooLong();
  const hasUnsaved = () => chat.isVolatile() && chat.state().outbox.length > 0;
  /** The keys for marks, and the completion of `:smile:`. */
  const tools = createChunk(words.notLoaded.emoji, async () => {
    const [loaded] = await Promise.all([import('./tools'), loadEmojiWords()]);
    return loaded;
  });
  let field: HTMLTextAreaElement | undefined;
  let picker: HTMLInputElement | undefined;
  let isComposing = false;

  function write(next: string): void {
    setText(next);
    saveDraft(chat.me, props.roomId, next);
  }

  function send(): void {
    if (!canSend()) return;
    chat.client.send(props.roomId, text().trim(), { files: files() });
    setFiles([]);
    write('');
    props.onSent();
    field?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    // Enter that ends an input method's composition belongs to the composition (229: what Safari says of it).
    if (event.isComposing || event.keyCode === 229) return;
    const sends = event.ctrlKey || event.metaKey || !(event.shiftKey || matchMedia(IS_TOUCH).matches);
    if (event.key === 'Enter' && sends) {
      event.preventDefault();
      send();
    }
    const mark = event.ctrlKey || event.metaKey ? markOf(event) : undefined;
    if (mark !== undefined) {
      event.preventDefault();
      tools.demand(() => field && tools.content()?.toggleMark(field, mark));
    }
    if (event.key === 'ArrowUp' && text() === '') {
      event.preventDefault();
      props.onUp();
    }
  }

  /** @returns false when there are no files among it. */
  function attach(data: DataTransfer | null): boolean {
    const chosen = [...(data?.files ?? [])];
    if (chosen.length === 0) return false;
    take(chosen);
    return true;
  }

  function take(chosen: readonly File[]): void {
    const parts = attachmentParts();
    parts.demand(async () => {
      const prepare = parts.content()?.prepareFiles;
      if (prepare) setFiles(await prepare(files(), chosen, chat.limits()));
      field?.focus();
    });
  }

  async function pickEmoji(button: HTMLElement): Promise<void> {
    const insert = (emoji: string) => field && insertText(field, emoji);
    await openEmojiPicker(button, chat.me, insert);
    field?.focus();
  }

  // As high as its text, up to a limit that the style sets.
  function fit(): void {
    if (!field) return;
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight}px`;
  }

  onMount(() => createEffect(on(text, fit)));

  const untilCleanup = new AbortController();
  // The whole window takes files, and never opens one in place of the page.
  onDrag(setOver, attach, untilCleanup.signal);
  onCleanup(() => untilCleanup.abort());
  onDraftChange(
    chat.me,
    props.roomId,
    (draft) => {
      // A composition that is under way writes over it when it ends: the last key wins.
      if (!isComposing) setText(draft);
    },
    untilCleanup.signal,
  );

  return (
    <form
      class="relative mx-auto grid w-full max-w-4xl grid-cols-[minmax(0,1fr)] gap-1 px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-6"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Show when={hasUnsaved()}>
        <p class="px-3 text-sm text-muted sm:px-0">{words.composer.keepOpen}</p>
      </Show>
      <Show when={length() > maxLength() - COUNTED_CHARACTERS}>
        <p
          id="text-length"
          class="justify-self-end px-4 text-xs tabular-nums"
          classList={{ 'text-danger font-semibold': isTooLong(), 'text-muted': !isTooLong() }}
        >
          {(isTooLong() ? words.composer.tooLong : words.composer.length)(length(), maxLength())}
        </p>
      </Show>
      <Show when={isOver() || files().length > 0}>
        <Later chunk={attachmentParts()} fallback={null}>
          {({ Tray }) => (
            <Tray
              isOver={isOver()}
              files={files()}
              onRemove={(gone) => setFiles(files().filter((file) => file !== gone))}
            />
          )}
        </Later>
      </Show>
      <Show when={tools.content()} keyed>
        {({ EmojiCompletion }) => field && <EmojiCompletion field={field} userId={chat.me} />}
      </Show>
      <div class="flex items-end gap-1.5 rounded-3xl border border-line-strong/70 bg-raised p-1 shadow-[0_1px_2px_rgb(0_0_0/5%)] transition-colors focus-within:border-accent">
        <button
          type="button"
          class="button-quiet shrink-0 rounded-full px-0 text-muted"
          aria-label={words.composer.attach}
          onClick={() => picker?.click()}
        >
          <Icon name="clip" />
        </button>
        <input
          ref={(element) => (picker = element)}
          type="file"
          multiple
          hidden
          onChange={({ currentTarget: input }) => {
            take([...(input.files ?? [])]);
            // The same file can be chosen again.
            input.value = '';
          }}
        />
        <textarea
          ref={(element) => {
            field = element;
            props.ref(element);
          }}
          class="user-text slim-scrollbar max-h-48 min-h-11 flex-1 min-w-0 resize-none bg-transparent px-1 py-2.5 text-base leading-6 outline-none placeholder:text-muted sm:text-[0.9375rem]"
          aria-label={words.composer.label}
          aria-describedby={isTooLong() ? 'text-length' : undefined}
          aria-invalid={isTooLong()}
          placeholder={words.composer.placeholder(props.peerName)}
          rows={1}
          dir="auto"
          enterkeyhint={matchMedia(IS_TOUCH).matches ? 'enter' : 'send'}
          autocomplete="off"
          value={text()}
          onInput={(event) => {
            write(event.currentTarget.value);
            if (text().includes(':')) tools.prepare();
            if (hasVisibleText(text())) chat.client.typing(props.roomId);
          }}
          onKeyDown={onKeyDown}
          onPaste={(event) => attach(event.clipboardData) && event.preventDefault()}
          onCompositionStart={() => (isComposing = true)}
          onCompositionEnd={() => (isComposing = false)}
        />
        <button
          type="button"
          // A keyboard on the screen has emoji of its own.
          class="button-quiet shrink-0 rounded-full px-0 text-muted pointer-coarse:hidden"
          aria-label={words.composer.emoji}
          aria-haspopup="dialog"
          onPointerEnter={prepareEmojiPicker}
          onFocus={prepareEmojiPicker}
          onClick={(event) => void pickEmoji(event.currentTarget)}
        >
          <Icon name="smile" />
        </button>
        <button
          type="submit"
          class="grid size-11 shrink-0 place-items-center rounded-full transition-colors"
          classList={{
            'bg-accent text-on-accent hover:bg-accent-hover': canSend(),
            'text-muted': !canSend(),
          }}
          aria-label={words.composer.send}
          aria-disabled={!canSend()}
          // The field keeps the focus, and a phone its keyboard.
          onMouseDown={(event) => event.preventDefault()}
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
