import type { QueuedFile } from '@parley/client';
import { createEffect, createSignal, on, onCleanup, Show, untrack } from 'solid-js';
import { provideAction } from '../../actions/provide';
import { attachmentParts } from '../../attachments/load-attachments';
import { onDrag } from '../../attachments/on-drag';
import { useChat } from '../../realtime/chat.store';
import { createChunk } from '../../ui/chunk';
import { openEmojiPicker, prepareEmojiPicker } from '../../ui/emoji/open-emoji-picker';
import { Later } from '../../ui/later';
import { loadEmojiWords, secondWords } from '../../words/words';
import { saveDraft } from './drafts';
import { followDraft } from './follow-draft';
import { insertText } from './insert-text';
import { OtherDraft } from './other-draft';
import { MARKING, MARKS } from './marks';
import { toggleMark } from './toggle-mark';

/** The count is shown when fewer characters than this are left. */
const COUNTED_CHARACTERS = 200;

/** What the composer's buttons do, besides sending. */
export interface ComposerActions {
  chooseFiles(): void;
  takeFiles(chosen: readonly File[]): void;
  prepareEmoji(): void;
  pickEmoji(button: HTMLElement): Promise<void>;
}

interface ComposerExtrasProps {
  ref(actions: ComposerActions): void;
  roomId: number;
  field: HTMLTextAreaElement;
  text: string;
  /** Another window has changed the draft. */
  onDraft(text: string): void;
  /** Of the text, in characters. */
  length: number;
  maxLength: number;
  files: readonly QueuedFile[];
  onFiles(files: readonly QueuedFile[]): void;
}

/** What belongs to the composer besides its field: files, the keys for marks, emoji, the count of characters. */
export function ComposerExtras(props: ComposerExtrasProps) {
  const chat = useChat();
  const isTooLong = () => props.length > props.maxLength;
  const hasUnsaved = () => chat.isVolatile() && chat.state().outbox.length > 0;
  /** The completion of `:smile:`. */
  const tools = createChunk(secondWords.notLoaded.emoji, async () => {
    const [loaded] = await Promise.all([import('./tools'), loadEmojiWords()]);
    return loaded;
  });
  const [isOver, setOver] = createSignal(false);
  const field = untrack(() => props.field);
  let picker: HTMLInputElement | undefined;

  createEffect(() => props.text.includes(':') && tools.prepare());

  function takeFiles(chosen: readonly File[]): void {
    const parts = attachmentParts();
    parts.demand(async () => {
      const prepare = parts.content()?.prepareFiles;
      if (prepare) props.onFiles(await prepare(props.files, chosen, chat.limits()));
      field.focus();
    });
  }

  const [othersVersion, setOthersVersion] = createSignal(0);
  const untilCleanup = new AbortController();
  onCleanup(() => untilCleanup.abort());
  const follow = followDraft(
    chat.me,
    untrack(() => props.roomId),
    field,
    { onDraft: (draft) => props.onDraft(draft), onOthers: () => setOthersVersion((version) => version + 1) },
    untilCleanup.signal,
  );
  // What was typed here is sent, and another window may have a draft.
  createEffect(
    on(
      () => props.text,
      (text, before) => text === '' && before && follow(),
      { defer: true },
    ),
  );
  // The whole window takes files, and never opens one in place of the page.
  onDrag(setOver, (data) => takeFiles([...(data?.files ?? [])]), untilCleanup.signal);
  for (const id of MARKING) {
    // At once: what is typed meanwhile would be marked too.
    provideAction(id, () => toggleMark(field, MARKS[id]));
  }
  provideAction('attach', () => picker?.click());

  // oxlint-disable-next-line solid/reactivity -- Called once, with what reads the props when it is used.
  props.ref({
    chooseFiles: () => picker?.click(),
    takeFiles,
    prepareEmoji: prepareEmojiPicker,
    async pickEmoji(button) {
      await openEmojiPicker(button, chat.me, (emoji) => insertText(field, emoji));
      field.focus();
    },
  });

  return (
    <>
      <input
        ref={(element) => (picker = element)}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget: input }) => {
          takeFiles([...(input.files ?? [])]);
          // The same file can be chosen again.
          input.value = '';
        }}
      />
      <OtherDraft
        userId={chat.me}
        roomId={props.roomId}
        text={props.text}
        version={othersVersion()}
        onRestore={(text) => {
          saveDraft(chat.me, props.roomId, text);
          props.onDraft(text);
          field.focus();
        }}
      />
      <Show when={hasUnsaved()}>
        <p class="px-3 text-sm text-muted sm:px-0">{secondWords.composer.keepOpen}</p>
      </Show>
      <Show when={props.length > props.maxLength - COUNTED_CHARACTERS}>
        <p
          id="text-length"
          class="justify-self-end px-4 text-xs tabular-nums"
          classList={{ 'text-danger font-semibold': isTooLong(), 'text-muted': !isTooLong() }}
        >
          {(isTooLong() ? secondWords.composer.tooLong : secondWords.composer.length)(
            props.length,
            props.maxLength,
          )}
        </p>
      </Show>
      <Show when={isOver() || props.files.length > 0}>
        <Later chunk={attachmentParts()} fallback={null}>
          {({ Tray }) => (
            <Tray
              isOver={isOver()}
              files={props.files}
              onRemove={(gone) => props.onFiles(props.files.filter((file) => file !== gone))}
            />
          )}
        </Later>
      </Show>
      <Show when={tools.content()} keyed>
        {({ EmojiCompletion }) => <EmojiCompletion field={field} userId={chat.me} />}
      </Show>
    </>
  );
}
