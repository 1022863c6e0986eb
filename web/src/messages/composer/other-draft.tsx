import { createEffect, createSignal, on, Show, untrack } from 'solid-js';
import { Icon } from '../../ui/icon';
import { secondWords } from '../../words/words';
import { dropOther, keepOther, otherDrafts } from './other-drafts';

interface OtherDraftProps {
  userId: number;
  roomId: number;
  /** What is in the field. */
  text: string;
  /** Changes when the texts that are kept may have changed. */
  version: number;
  /** The text is to be the draft. */
  onRestore(text: string): void;
}

/** What was typed in another window at the same time, with a way to bring it back. */
export function OtherDraft(props: OtherDraftProps) {
  const ids = untrack(() => [props.userId, props.roomId] as const);
  const [others, setOthers] = createSignal<readonly string[]>([]);
  const refresh = () => setOthers(otherDrafts(...ids));
  createEffect(on(() => props.version, refresh));
  // What was sent is lost to nobody.
  createEffect(
    on(
      () => props.text,
      (text, before) => {
        if (text !== '' || !before) return;
        dropOther(...ids, before);
        refresh();
      },
    ),
  );
  const shown = () => others().find((other) => !props.text.startsWith(other));

  function remove(text: string): void {
    dropOther(...ids, text);
    refresh();
  }

  function restore(text: string): void {
    const before = props.text;
    remove(text);
    keepOther(...ids, before);
    refresh();
    props.onRestore(text);
  }

  return (
    <Show when={shown()}>
      {(text) => (
        <div
          class="flex min-w-0 items-center gap-1 rounded-2xl border border-line bg-raised py-0.5 pe-1 ps-4 text-sm"
          role="status"
        >
          <p class="min-w-0 flex-1 truncate">
            <span class="text-muted">{secondWords.composer.otherDraft}</span> <span dir="auto">{text()}</span>
          </p>
          <button type="button" class="button-quiet shrink-0 text-accent" onClick={() => restore(text())}>
            {secondWords.composer.useOtherDraft}
          </button>
          <button
            type="button"
            class="button-quiet shrink-0 px-0 text-muted"
            aria-label={secondWords.composer.discardOtherDraft}
            onClick={() => remove(text())}
          >
            <Icon name="close" class="size-4.5" />
          </button>
        </div>
      )}
    </Show>
  );
}
