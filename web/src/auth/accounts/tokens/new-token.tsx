import type { CreatedAccessToken } from '@parley/shared';
import { createSignal, onMount } from 'solid-js';
import type { AccessTokenWords } from '../../../words/words';

/** How a program sends a token: the same in every language. */
const HEADER = 'Authorization: Bearer …';

interface NewTokenProps {
  words: AccessTokenWords;
  token: CreatedAccessToken;
  onDone(): void;
}

/** A token right after it was created: it is shown this once. */
export function NewToken(props: NewTokenProps) {
  const [result, setResult] = createSignal<'copied' | 'notCopied' | null>(null);
  let field: HTMLInputElement | undefined;
  onMount(() => field?.focus());

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(props.token.token);
      setResult('copied');
    } catch {
      // Not allowed, or a page without TLS, which has no clipboard.
      field?.focus();
      field?.select();
      setResult('notCopied');
    }
  }

  return (
    <div class="slim-scrollbar grid gap-4 overflow-y-auto px-5 pt-1 pb-5">
      <p id="new-token-text" class="text-pretty [overflow-wrap:anywhere]" dir="auto">
        {props.words.created.text(props.token.name)}
      </p>
      <div class="flex gap-2">
        <input
          ref={(element) => (field = element)}
          type="text"
          readOnly
          class="text-field min-w-0 flex-1 font-mono text-sm"
          aria-label={props.words.created.token}
          aria-describedby="new-token-text"
          autocomplete="off"
          spellcheck={false}
          value={props.token.token}
          onFocus={({ currentTarget }) => {
            currentTarget.select();
            // It begins at its beginning, where it is too long to be seen as a whole.
            currentTarget.scrollLeft = 0;
          }}
        />
        <button type="button" class="button-primary min-w-24 shrink-0" onClick={() => void copy()}>
          {result() === 'copied' ? props.words.created.copied : props.words.created.copy}
        </button>
      </div>
      <p
        class="text-sm font-medium text-pretty"
        classList={{ 'sr-only': result() !== 'notCopied' }}
        role="status"
      >
        {result() === null ? '' : props.words.created[result() as 'copied' | 'notCopied']}
      </p>
      <div class="grid gap-1.5">
        <p class="text-sm text-muted">{props.words.created.usage}</p>
        <code class="rounded-xl bg-hover px-3.5 py-2.5 font-mono text-sm [overflow-wrap:anywhere]">
          {HEADER}
        </code>
      </div>
      <p class="text-sm text-pretty text-muted">{props.words.created.secret}</p>
      <button type="button" class="button-quiet justify-self-end text-accent" onClick={() => props.onDone()}>
        {props.words.created.done}
      </button>
    </div>
  );
}
