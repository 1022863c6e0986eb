import { MAX_ACCESS_TOKENS, type AccessTokenInfo } from '@parley/shared';
import { createSignal, For, Show } from 'solid-js';
import { HttpError } from '../../../api/http';
import { now } from '../../../ui/clock';
import { accountWords, type AccessTokenWords } from '../../../words/words';
import { deleteAccessToken } from '../accounts.api';
import { ago } from '../durations';
import { Confirmation, Tag } from '../list-parts';

interface TokenListProps {
  words: AccessTokenWords;
  tokens: AccessTokenInfo[];
  onDeleted(id: number): void;
  onNew(): void;
}

/** The tokens, each of which can be deleted. */
export function TokenList(props: TokenListProps) {
  const [asked, setAsked] = createSignal<number | null>(null);
  const [said, setSaid] = createSignal('');
  const [problem, setProblem] = createSignal('');
  const isFull = () => props.tokens.length >= MAX_ACCESS_TOKENS;
  let section: HTMLDivElement | undefined;

  async function remove({ id, name }: AccessTokenInfo): Promise<void> {
    setProblem('');
    try {
      await deleteAccessToken(id);
    } catch (error) {
      // 404: it is gone already.
      if (!(error instanceof HttpError)) throw error;
      if (error.status !== 404) return void setProblem(props.words.notDeleted);
    }
    setAsked(null);
    props.onDeleted(id);
    setSaid(props.words.deleted(name));
    // What had the focus is gone.
    section?.focus();
  }

  return (
    <>
      <p class="px-5 pb-2 text-sm text-pretty text-muted">
        {props.words.text}{' '}
        <a class="text-link" href="/api/docs" target="_blank" rel="noreferrer">
          {props.words.explorer}
        </a>
      </p>
      <div
        ref={(element) => (section = element)}
        class="slim-scrollbar min-h-0 flex-1 overflow-y-auto px-5 -outline-offset-2"
        tabIndex={-1}
      >
        <Show
          when={props.tokens.length > 0}
          fallback={
            <div class="grid gap-1 py-8 text-center">
              <p class="font-semibold">{props.words.none}</p>
              <p class="text-sm text-pretty text-muted">{props.words.noneText}</p>
            </div>
          }
        >
          <ul aria-label={accountWords.tokens.title}>
            <For each={props.tokens}>
              {(token) => (
                <li class="border-b border-line py-2.5 last:border-b-0">
                  <div class="flex min-h-11 items-center gap-3">
                    <TokenFacts words={props.words} token={token} />
                    <Show when={asked() !== token.id}>
                      <button
                        type="button"
                        class="button-quiet -me-3 shrink-0 text-danger"
                        aria-label={props.words.deleteOne(token.name)}
                        onClick={() => setAsked(token.id)}
                      >
                        {props.words.delete}
                      </button>
                    </Show>
                  </div>
                  <Show when={asked() === token.id}>
                    <div class="pt-1.5">
                      <Confirmation
                        question={props.words.question(token.name)}
                        action={props.words.delete}
                        onConfirm={() => void remove(token)}
                        onCancel={() => setAsked(null)}
                      />
                    </div>
                  </Show>
                </li>
              )}
            </For>
          </ul>
        </Show>
      </div>
      <p class="px-5 text-sm font-medium text-danger not-empty:pt-3" role="alert">
        {problem()}
      </p>
      <p class="sr-only" role="status">
        {said()}
      </p>
      <footer class="border-t border-line px-5 py-3">
        <Show
          when={!isFull()}
          fallback={
            <p class="py-2.5 text-sm text-pretty text-muted">{props.words.isFull(props.tokens.length)}</p>
          }
        >
          <button type="button" class="button-primary w-full" onClick={() => props.onNew()}>
            {props.words.new}
          </button>
        </Show>
      </footer>
    </>
  );
}

/** What a token may do, when it was used, and when it ends. */
function TokenFacts(props: { words: AccessTokenWords; token: AccessTokenInfo }) {
  const isExpired = () => props.token.expires_at !== null && Date.parse(props.token.expires_at) <= now();
  return (
    <span class="grid min-w-0 flex-1 gap-0.5">
      <span class="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span class="font-semibold [overflow-wrap:anywhere]" dir="auto">
          {props.token.name}
        </span>
        <Tag>{props.words.scope[props.token.scopes.includes('write') ? 'write' : 'read']}</Tag>
      </span>
      <span class="text-sm text-pretty text-muted [overflow-wrap:anywhere]">
        <Show when={props.token.last_used_at} fallback={props.words.neverUsed}>
          {(at) => (
            <time datetime={at()}>
              {props.words.used(
                ago(at(), now(), document.documentElement.lang),
                props.token.device ?? '',
                props.token.ip ?? '',
              )}
            </time>
          )}
        </Show>
      </span>
      <span
        class="text-sm"
        classList={{ 'text-muted': !isExpired(), 'font-medium text-danger': isExpired() }}
      >
        <Show when={props.token.expires_at} fallback={props.words.noExpiry}>
          {(at) => (
            <time datetime={at()}>
              {(isExpired() ? props.words.expired : props.words.expires)(dayOf(at()))}
            </time>
          )}
        </Show>
      </span>
    </span>
  );
}

/** `12 Nov 2026`. */
function dayOf(iso: string): string {
  return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium' }).format(
    new Date(iso),
  );
}
