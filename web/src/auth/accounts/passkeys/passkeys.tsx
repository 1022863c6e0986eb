import type { LoginMethods, Passkey } from '@parley/shared';
import { createSignal, For, Match, Show, Switch } from 'solid-js';
import { HttpError } from '../../../api/http';
import { createRetry } from '../../../api/retry';
import { now } from '../../../ui/clock';
import { Dialog } from '../../../ui/dialog';
import { accountWords, times } from '../../../words/words';
import { ago } from '../durations';
import { TextField } from '../form';
import { Confirmation, ListSkeleton, NotLoaded, Tag } from '../list-parts';
import { addPasskey } from './ceremonies';
import { PasskeyIcon } from './passkey-icon';
import { getLoginMethods, removePasskey } from './passkeys.api';
import { needsProof, problemText } from './problem-text';
import { Proof } from './proof';
import { NoPasskeys } from './sign-in-passkey';
import { obstacle } from './support';

/** The passkeys of the user: adds and removes them. */
export function Passkeys(props: { onClose(): void }) {
  const [methods, setMethods] = createSignal<LoginMethods>();
  const [asked, setAsked] = createSignal<Passkey | null>(null);
  /** What waits for a proof. */
  const [postponed, setPostponed] = createSignal<(() => Promise<void>) | null>(null);
  const [isBusy, setBusy] = createSignal(false);
  const [said, setSaid] = createSignal('');
  const [problem, setProblem] = createSignal('');
  const texts = accountWords.passkeys;
  let list: HTMLUListElement | undefined;

  const load = createRetry(async (isCurrent) => {
    const loaded = await getLoginMethods();
    if (isCurrent()) setMethods(loaded);
  });
  load.run();

  /** @param explain what a refusal means; null for what all have in common. */
  async function attempt(
    work: () => Promise<void>,
    explain: (error: unknown) => string | null = () => null,
  ): Promise<void> {
    if (isBusy()) return;
    setBusy(true);
    setProblem('');
    try {
      await work();
    } catch (error) {
      if (needsProof(error)) setPostponed(() => () => attempt(work, explain));
      else setProblem(explain(error) ?? problemText(error));
    } finally {
      setBusy(false);
    }
  }

  function add(form: HTMLFormElement): void {
    const name = String(new FormData(form).get('passkey_name') ?? '').trim();
    void attempt(async () => {
      const passkey = await addPasskey(name);
      setMethods((before) => before && { ...before, passkeys: [...before.passkeys, passkey] });
      setSaid(texts.added(passkey.name));
      form.reset();
      list?.focus();
    });
  }

  function remove(passkey: Passkey): void {
    void attempt(
      async () => {
        try {
          await removePasskey(passkey.id);
        } catch (error) {
          // 404: it was removed on another device.
          if (!(error instanceof HttpError && error.status === 404)) throw error;
        }
        setMethods(
          (before) =>
            before && { ...before, passkeys: before.passkeys.filter(({ id }) => id !== passkey.id) },
        );
        setAsked(null);
        setSaid(texts.removed(passkey.name));
        list?.focus();
      },
      (error) => (error instanceof HttpError && error.status === 409 ? texts.isLast : null),
    );
  }

  function proved(): void {
    const next = postponed();
    setPostponed(null);
    void next?.();
  }

  return (
    <Dialog title={postponed() ? accountWords.proof.title : texts.title} onClose={props.onClose}>
      <Switch>
        <Match when={postponed() && methods()}>
          {(loaded) => <Proof methods={loaded()} onProved={proved} onCancel={() => setPostponed(null)} />}
        </Match>
        <Match when={!postponed()}>
          <p class="px-5 pb-3 text-sm text-pretty text-muted">{texts.text}</p>
          <Switch>
            <Match when={methods()}>
              {(loaded) => (
                <ul
                  ref={(element) => (list = element)}
                  class="slim-scrollbar grid min-h-0 flex-1 content-start overflow-y-auto px-5 outline-none"
                  aria-label={texts.title}
                  tabIndex={-1}
                >
                  <For
                    each={loaded().passkeys}
                    fallback={<li class="pb-4 font-medium text-pretty">{texts.none}</li>}
                  >
                    {(passkey) => (
                      <Entry passkey={passkey} onRemove={() => (setProblem(''), setAsked(passkey))} />
                    )}
                  </For>
                </ul>
              )}
            </Match>
            <Match when={load.hasFailed()}>
              <NotLoaded text={texts.notLoaded} load={load} />
            </Match>
            <Match when={!methods()}>
              <ListSkeleton text={texts.loading} />
            </Match>
          </Switch>
          <Show when={methods()}>
            <footer class="grid gap-3 border-t border-line px-5 py-4">
              <p class="text-sm font-medium text-pretty text-danger empty:hidden" role="alert">
                {problem()}
              </p>
              <Show when={asked()} fallback={<Addition isBusy={isBusy()} onAdd={add} />} keyed>
                {(passkey) => (
                  <Confirmation
                    question={texts.question(passkey.name)}
                    action={texts.remove}
                    isBusy={isBusy()}
                    onConfirm={() => remove(passkey)}
                    onCancel={() => (setProblem(''), setAsked(null))}
                  />
                )}
              </Show>
            </footer>
          </Show>
        </Match>
      </Switch>
      <p class="sr-only" role="status">
        {said()}
      </p>
    </Dialog>
  );
}

function Entry(props: { passkey: Passkey; onRemove(): void }) {
  const texts = accountWords.passkeys;
  const used = () => {
    const at = props.passkey.last_used_at;
    if (at === null) return texts.unused;
    return accountWords.devices.used(ago(at, now(), document.documentElement.lang));
  };
  return (
    <li class="flex min-h-16 items-center gap-3 border-b border-line py-2.5 last:border-b-0">
      <PasskeyIcon class="size-5 shrink-0 text-muted" />
      <span class="grid min-w-0 flex-1 gap-0.5">
        <span class="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span class="font-semibold [overflow-wrap:anywhere]" dir="auto">
            {props.passkey.name}
          </span>
          <Show when={props.passkey.is_synced}>
            <Tag>{texts.synced}</Tag>
          </Show>
        </span>
        <span class="text-sm text-pretty text-muted">
          <time datetime={props.passkey.created_at} title={times.full(props.passkey.created_at)}>
            {texts.made(ago(props.passkey.created_at, now(), document.documentElement.lang))}
          </time>
          {' · '}
          {used()}
          <Show when={props.passkey.host !== window.location.hostname}>
            {' · '}
            {texts.elsewhere(props.passkey.host)}
          </Show>
        </span>
      </span>
      <button
        type="button"
        class="button-quiet -mr-3 shrink-0 text-danger"
        aria-label={texts.removeOne(props.passkey.name)}
        onClick={() => props.onRemove()}
      >
        {texts.remove}
      </button>
    </li>
  );
}

function Addition(props: { isBusy: boolean; onAdd(form: HTMLFormElement): void }) {
  const texts = accountWords.passkeys;
  return (
    <Switch>
      <Match when={obstacle() === null}>
        <form
          class="grid gap-3"
          novalidate
          onSubmit={(event) => {
            event.preventDefault();
            props.onAdd(event.currentTarget);
          }}
        >
          <TextField
            name="passkey_name"
            label={texts.name}
            autocomplete="off"
            maxLength={64}
            isProse
            error={undefined}
          />
          <button type="submit" class="button-primary" aria-disabled={props.isBusy}>
            {texts.add}
          </button>
        </form>
      </Match>
      <Match when={obstacle() === 'browser'}>
        <p class="text-sm text-pretty text-muted">{texts.noBrowser}</p>
      </Match>
      <Match when={obstacle() === 'name'}>
        <NoPasskeys />
      </Match>
    </Switch>
  );
}
