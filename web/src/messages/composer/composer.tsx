import { hasVisibleText, textLength } from '@parley/shared';
import { createEffect, createMemo, createSignal, on, onMount, Show } from 'solid-js';
import type { QueuedFile } from '@parley/client';
import { useChat } from '../../realtime/chat.store';
import { secondLoad } from '../../second-load/second-load';
import { useSettings } from '../../settings/settings.store';
import { Icon } from '../../ui/icon';
import { words } from '../../words/words';
import type { ComposerActions } from './composer-extras';
import type { ComposerMode } from './composer-mode';
import { loadDraft, saveDraft } from './drafts';

interface ComposerProps {
  roomId: number;
  peerName: string;
  mode: ComposerMode;
  ref(field: HTMLTextAreaElement): void;
  onSent(): void;
}

/** A keyboard on the screen has no Shift+Enter: there Enter makes a new line, and the button sends. */
const IS_TOUCH = '(hover: none) and (pointer: coarse)';

/** The field for a new message. Enter sends or makes a new line, as the settings say; Ctrl+Enter always sends. */
export function Composer(props: ComposerProps) {
  const chat = useChat();
  const settings = useSettings();
  const [text, setText] = createSignal(loadDraft(chat.me, props.roomId));
  const length = () => textLength(text().trim());
  const maxLength = () => chat.limits().text_max_length;
  const isTooLong = () => length() > maxLength();
  const [files, setFiles] = createSignal<readonly QueuedFile[]>([]);
  const hasContent = () => hasVisibleText(text()) || (files().length > 0 && !isEditing());
  const canSend = () => hasContent() && !isTooLong();
  const [field, setField] = createSignal<HTMLTextAreaElement>();
  const extras = createMemo(() => {
    const element = field();
    const parts = secondLoad().content();
    return element && parts && { element, ...parts };
  });
  let actions: ComposerActions | undefined;
  /** What stood in the field before the edit. */
  let draft = '';

  const isEditing = () => props.mode.current()?.kind === 'edit';

  /** Also when it was asked for before its code was there. */
  function withActions(use: (actions: ComposerActions) => void): void {
    secondLoad().demand(() => actions && use(actions));
  }

  function write(next: string): void {
    // Stored first: what follows the draft would bring the stored text back. It is what the user comes back to after an edit.
    if (!isEditing()) saveDraft(chat.me, props.roomId, next);
    setText(next);
  }

  function send(): void {
    if (!canSend()) return;
    const { mode } = props;
    const current = mode.current();
    const next = text().trim();
    if (current?.kind === 'edit') {
      if (next !== current.text) chat.client.edit(props.roomId, current.message, next);
      mode.end();
      return;
    }
    chat.client.send(props.roomId, next, { files: files(), replyTo: current?.quote });
    setFiles([]);
    write('');
    props.onSent();
    mode.end();
    field()?.focus();
  }

  // For an edit its text takes the place of the draft, which comes back after it.
  createEffect(
    on(
      () => props.mode.current(),
      (current, before) => {
        if (before?.kind === 'edit') setText(draft);
        if (current?.kind === 'edit') {
          draft = text();
          setText(current.text);
        }
        if (current) field()?.focus();
        field()?.setSelectionRange(text().length, text().length);
      },
      { defer: true },
    ),
  );

  /** What Enter does by itself. */
  const makesLine = () => {
    const { enter } = settings();
    return enter === 'auto' ? matchMedia(IS_TOUCH).matches : enter === 'line';
  };

  function onKeyDown(event: KeyboardEvent): void {
    // Enter that ends an input method's composition belongs to the composition (229: what Safari says of it).
    if (event.isComposing || event.keyCode === 229) return;
    const sends = event.ctrlKey || event.metaKey || !(event.shiftKey || makesLine());
    if (event.key === 'Enter' && sends) {
      event.preventDefault();
      send();
    }
  }

  /** @returns false when there are no files among it. */
  function attach(data: DataTransfer | null): boolean {
    const chosen = [...(data?.files ?? [])];
    if (chosen.length === 0) return false;
    withActions(({ takeFiles }) => takeFiles(chosen));
    return true;
  }

  // As high as its text, up to a limit that the style sets.
  function fit(): void {
    const element = field();
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }

  onMount(() => createEffect(on(text, fit)));

  return (
    <form
      class="composer chat-column chat-edges"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Show when={extras()} keyed>
        {({ element, ComposerExtras }) => (
          <ComposerExtras
            ref={(loaded) => (actions = loaded)}
            roomId={props.roomId}
            field={element}
            text={text()}
            onDraft={(changed) => {
              if (isEditing()) draft = changed;
              else setText(changed);
              props.mode.refresh();
            }}
            length={length()}
            maxLength={maxLength()}
            files={files()}
            onFiles={setFiles}
          />
        )}
      </Show>
      <div class="composer-box">
        <button
          type="button"
          class="button-quiet shrink-0 rounded-full px-0 text-muted"
          aria-label={words.composer.attach}
          onClick={() => withActions(({ chooseFiles }) => chooseFiles())}
        >
          <Icon name="clip" />
        </button>
        <textarea
          ref={(element) => {
            setField(element);
            props.ref(element);
          }}
          class="composer-field user-text slim-scrollbar field-text"
          aria-label={words.composer.label}
          data-composer
          aria-describedby={isTooLong() ? 'text-length' : undefined}
          aria-invalid={isTooLong()}
          placeholder={words.composer.placeholder(props.peerName)}
          rows={1}
          dir="auto"
          enterkeyhint={makesLine() ? 'enter' : 'send'}
          autocomplete="off"
          value={text()}
          onInput={(event) => {
            write(event.currentTarget.value);
            if (hasVisibleText(text()) && !isEditing()) chat.client.typing(props.roomId);
          }}
          onKeyDown={onKeyDown}
          onPaste={(event) => attach(event.clipboardData) && event.preventDefault()}
        />
        <button
          type="button"
          // A keyboard on the screen has emoji of its own.
          class="button-quiet shrink-0 rounded-full px-0 text-muted pointer-coarse:hidden"
          aria-label={words.composer.emoji}
          aria-haspopup="dialog"
          onPointerEnter={() => actions?.prepareEmoji()}
          onFocus={() => actions?.prepareEmoji()}
          onClick={({ currentTarget }) => withActions(({ pickEmoji }) => void pickEmoji(currentTarget))}
        >
          <Icon name="smile" />
        </button>
        <Show
          when={!hasContent() && !isEditing() && extras()?.voiceButton()}
          keyed
          fallback={
            <button
              type="submit"
              class="grid size-11 shrink-0 place-items-center rounded-full transition-colors"
              classList={{
                'bg-accent text-on-accent hover:bg-accent-hover': canSend(),
                'text-muted': !canSend(),
              }}
              aria-label={isEditing() ? words.composer.save : words.composer.send}
              aria-disabled={!canSend()}
              // The field keeps the focus, and a phone its keyboard.
              onMouseDown={(event) => event.preventDefault()}
            >
              <Icon name={isEditing() ? 'tick' : 'send'} />
            </button>
          }
        >
          {(VoiceButton) => (
            <VoiceButton roomId={props.roomId} mode={props.mode} onSent={() => props.onSent()} />
          )}
        </Show>
      </div>
    </form>
  );
}
