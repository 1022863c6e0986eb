import { MAX_ACCESS_TOKENS, type AccessTokenInfo, type CreatedAccessToken } from '@parley/shared';
import { createSignal, For, Match, onMount, Show, Switch } from 'solid-js';
import { HttpError } from '../../api/http';
import { createRetry } from '../../api/retry';
import { now } from '../../ui/clock';
import { Dialog } from '../../ui/dialog';
import { accountWords, times, type AccessTokenWords } from '../../words/words';
import { createAccessToken, deleteAccessToken, listAccessTokens } from './accounts.api';
import { ago } from './durations';
import { TextField } from './form';
import { createForm } from './form.store';
import { fieldsOf } from './rules';

const DAY_MS = 86_400_000;
/** Days after which a token can expire; null: never. */
const EXPIRIES = [7, 30, 90, 365, null];
const DEFAULT_EXPIRY = 90;
/** How a program sends a token: the same in every language. */
const HEADER = 'Authorization: Bearer …';

interface AccessTokensProps {
  words: AccessTokenWords;
  onClose(): void;
}

/** The personal access tokens of the user: a list, a form for a new one, and the new one itself, which is shown once. */
export function AccessTokens(props: AccessTokensProps) {
  const [tokens, setTokens] = createSignal<AccessTokenInfo[]>();
  /** Null: the list. */
  const [view, setView] = createSignal<'form' | CreatedAccessToken | null>(null);
  const created = () => {
    const shown = view();
    return typeof shown === 'object' ? shown : null;
  };
  const load = createRetry(async (isCurrent) => {
    const loaded = await listAccessTokens();
    if (isCurrent()) setTokens(loaded);
  });
  load.run();

  function onCreated(token: CreatedAccessToken): void {
    const { token: _, ...info } = token;
    setTokens((before) => [info, ...(before ?? [])]);
    setView(token);
  }

  const title = () =>
    view() === null
      ? accountWords.tokens.title
      : view() === 'form'
        ? props.words.form.title
        : props.words.created.title;

  return (
    <Dialog title={title()} onClose={props.onClose}>
      <Switch>
        <Match when={view() === 'form'}>
          <TokenForm words={props.words} onCreated={onCreated} onCancel={() => setView(null)} />
        </Match>
        <Match when={created()}>
          {(token) => <NewToken words={props.words} token={token()} onDone={() => setView(null)} />}
        </Match>
        <Match when={tokens()}>
          {(shown) => (
            <TokenList
              words={props.words}
              tokens={shown()}
              onDeleted={(deleted) => setTokens((before) => before?.filter(({ id }) => id !== deleted))}
              onNew={() => setView('form')}
            />
          )}
        </Match>
        <Match when={load.hasFailed()}>
          <div class="grid justify-items-center gap-3 px-5 py-8 text-center">
            <p class="text-pretty">{props.words.notLoaded}</p>
            <button
              type="button"
              class="button-quiet text-accent"
              aria-disabled={load.isRunning()}
              onClick={() => load.run()}
            >
              {accountWords.tryAgain}
            </button>
          </div>
        </Match>
        <Match when={!tokens()}>
          <Skeleton text={props.words.loading} />
        </Match>
      </Switch>
    </Dialog>
  );
}

interface TokenListProps {
  words: AccessTokenWords;
  tokens: AccessTokenInfo[];
  onDeleted(id: number): void;
  onNew(): void;
}

function TokenList(props: TokenListProps) {
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
        class="slim-scrollbar min-h-0 flex-1 overflow-y-auto px-5 outline-none"
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
                        class="button-quiet -mr-3 shrink-0 text-danger"
                        aria-label={props.words.deleteOne(token.name)}
                        onClick={() => setAsked(token.id)}
                      >
                        {props.words.delete}
                      </button>
                    </Show>
                  </div>
                  <Show when={asked() === token.id}>
                    <div
                      class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 pt-1.5"
                      role="group"
                    >
                      <p class="text-sm font-medium text-pretty [overflow-wrap:anywhere]" dir="auto">
                        {props.words.question(token.name)}
                      </p>
                      <span class="ml-auto flex gap-1">
                        <button type="button" class="button-quiet" onClick={() => setAsked(null)}>
                          {accountWords.cancel}
                        </button>
                        <button
                          ref={(element) => queueMicrotask(() => element.focus())}
                          type="button"
                          class="button-danger"
                          onClick={() => void remove(token)}
                        >
                          {props.words.delete}
                        </button>
                      </span>
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
        <span class="rounded-full bg-selected px-2 py-0.5 text-xs font-semibold text-accent forced-colors:border">
          {props.words.scope[props.token.scopes.includes('write') ? 'write' : 'read']}
        </span>
      </span>
      <span class="text-sm text-pretty text-muted [overflow-wrap:anywhere]">
        <Show when={props.token.last_used_at} fallback={props.words.neverUsed}>
          {(at) => (
            <time datetime={at()} title={times.full(at())}>
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
            <time datetime={at()} title={times.full(at())}>
              {(isExpired() ? props.words.expired : props.words.expires)(dayOf(at()))}
            </time>
          )}
        </Show>
      </span>
    </span>
  );
}

interface TokenFormProps {
  words: AccessTokenWords;
  onCreated(token: CreatedAccessToken): void;
  onCancel(): void;
}

function TokenForm(props: TokenFormProps) {
  const form = createForm({
    names: ['name', 'scope', 'expiry'],
    check: ({ name }): { name?: string } =>
      name.trim() === '' ? { name: props.words.form.nameMissing } : {},
    async send({ name, scope, expiry }) {
      const days = Number(expiry);
      props.onCreated(
        await createAccessToken({
          name,
          scopes: scope === 'write' ? ['read', 'write'] : ['read'],
          ...(days > 0 && { expires_at: new Date(Date.now() + days * DAY_MS).toISOString() }),
        }),
      );
    },
    explain: (error) => {
      if (error.status === 409) return { fields: {}, form: props.words.isFull(MAX_ACCESS_TOKENS) };
      if (fieldsOf(error).some(({ field }) => field === 'name'))
        return { fields: { name: props.words.form.nameInvalid } };
      return null;
    },
  });

  return (
    <form
      class="slim-scrollbar grid gap-5 overflow-y-auto px-5 pt-1 pb-5"
      novalidate
      onSubmit={form.onSubmit}
    >
      <TextField
        name="name"
        label={props.words.form.name}
        hint={props.words.form.nameHint}
        autocomplete="off"
        isProse
        maxLength={64}
        autofocus
        error={form.mistakeOf('name')}
      />
      <fieldset class="grid gap-2">
        <legend class="pb-2 font-semibold">{props.words.form.scopes}</legend>
        <For each={['read', 'write'] as const}>
          {(scope) => (
            <label class="flex cursor-pointer items-start gap-3 rounded-xl border border-line px-3.5 py-2.5 transition-colors hover:bg-hover has-checked:border-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent">
              <input
                type="radio"
                name="scope"
                value={scope}
                checked={scope === 'read'}
                aria-labelledby={`scope-${scope}`}
                aria-describedby={`scope-${scope}-text`}
                class="mt-1 size-4 shrink-0 accent-accent outline-none"
              />
              <span class="grid">
                <span id={`scope-${scope}`} class="font-semibold">
                  {props.words.form[scope]}
                </span>
                <span id={`scope-${scope}-text`} class="text-sm text-pretty text-muted">
                  {props.words.form.scopeTexts[scope]}
                </span>
              </span>
            </label>
          )}
        </For>
      </fieldset>
      <div class="grid gap-1.5">
        <label for="field-expiry" class="font-semibold">
          {props.words.form.expiry}
        </label>
        <select id="field-expiry" name="expiry" class="text-field">
          <For each={EXPIRIES}>
            {(days) => (
              <option value={days ?? ''} selected={days === DEFAULT_EXPIRY}>
                {days === null
                  ? props.words.form.never
                  : days === 365
                    ? props.words.form.year
                    : props.words.form.days(days)}
              </option>
            )}
          </For>
        </select>
      </div>
      <p class="text-sm font-medium text-danger empty:hidden" role="alert">
        {form.mistake()}
      </p>
      <span class="flex justify-end gap-2">
        <button type="button" class="button-quiet" onClick={() => props.onCancel()}>
          {accountWords.cancel}
        </button>
        <button type="submit" class="button-primary" aria-disabled={form.isSending()}>
          {form.isSending() ? props.words.form.creating : props.words.form.create}
        </button>
      </span>
    </form>
  );
}

interface NewTokenProps {
  words: AccessTokenWords;
  token: CreatedAccessToken;
  onDone(): void;
}

function NewToken(props: NewTokenProps) {
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

function Skeleton(props: { text: string }) {
  return (
    <div class="grid px-5" aria-busy="true">
      <span class="sr-only">{props.text}</span>
      <For each={[52, 38]}>
        {(width) => (
          <span class="grid min-h-16 animate-pulse content-center gap-2" aria-hidden="true">
            <span class="h-3 rounded bg-line" style={{ width: `${width}%` }} />
            <span class="h-3 w-2/3 rounded bg-line" />
          </span>
        )}
      </For>
    </div>
  );
}

/** `12 Nov 2026`. */
function dayOf(iso: string): string {
  return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium' }).format(
    new Date(iso),
  );
}
