import type { AuthProvider, Identity, LoginMethods } from '@parley/shared';
import { createSignal, For, Match, Show, Switch } from 'solid-js';
import { HttpError } from '../../../api/http';
import { createRetry } from '../../../api/retry';
import { now } from '../../../ui/clock';
import { Dialog } from '../../../ui/dialog';
import { accountWords, type IdentityWords } from '../../../words/words';
import { useAuth } from '../../auth.store';
import { ago } from '../durations';
import { Confirmation, ListSkeleton, NotLoaded } from '../list-parts';
import { getLoginMethods } from '../passkeys/passkeys.api';
import { Proof } from '../passkeys/proof';
import { createProvable } from '../passkeys/provable';
import { beginLink, listIdentities, removeIdentity } from './identities.api';

interface Loaded {
  identities: Identity[];
  methods: LoginMethods;
}

/** The accounts at other sites by which the user signs in: links and removes them. */
export function Identities(props: { words: IdentityWords; onClose(): void }) {
  const auth = useAuth();
  const [loaded, setLoaded] = createSignal<Loaded>();
  const [asked, setAsked] = createSignal<Identity | null>(null);
  /** The page is being left for this provider. */
  const [leaving, setLeaving] = createSignal<string | null>(null);
  const [said, setSaid] = createSignal('');
  const change = createProvable();
  let list: HTMLUListElement | undefined;

  const load = createRetry(async (isCurrent) => {
    const [identities, methods] = await Promise.all([listIdentities(), getLoginMethods()]);
    if (isCurrent()) setLoaded({ identities, methods });
  });
  load.run();

  /** Those of which the user has no account linked. */
  const offered = (): AuthProvider[] => {
    const linked = new Set(loaded()?.identities.map(({ provider }) => provider));
    return auth.info()?.providers?.filter(({ id }) => !linked.has(id)) ?? [];
  };

  function link({ id }: AuthProvider): void {
    void change.attempt(
      async () => {
        const url = await beginLink(id);
        setLeaving(id);
        window.location.assign(url);
      },
      (error) => {
        if (!(error instanceof HttpError)) return null;
        return { 409: props.words.tooMany, 503: props.words.unavailable }[error.status] ?? null;
      },
    );
  }

  function remove(identity: Identity): void {
    void change.attempt(
      async () => {
        try {
          await removeIdentity(identity.id);
        } catch (error) {
          // 404: it was removed on another device.
          if (!(error instanceof HttpError && error.status === 404)) throw error;
        }
        setLoaded(
          (before) =>
            before && { ...before, identities: before.identities.filter(({ id }) => id !== identity.id) },
        );
        setAsked(null);
        setSaid(props.words.removed(identity.name));
        list?.focus();
      },
      (error) => (error instanceof HttpError && error.status === 409 ? props.words.isLast : null),
    );
  }

  return (
    <Dialog
      title={change.isWaiting() ? accountWords.proof.title : accountWords.identities.title}
      onClose={props.onClose}
    >
      <Switch>
        <Match when={change.isWaiting() && loaded()}>
          {(known) => <Proof methods={known().methods} onProved={change.proved} onCancel={change.cancel} />}
        </Match>
        <Match when={!change.isWaiting()}>
          <p class="px-5 pb-3 text-sm text-pretty text-muted">{props.words.text}</p>
          <Switch>
            <Match when={loaded()}>
              {(known) => (
                <ul
                  ref={(element) => (list = element)}
                  class="slim-scrollbar grid min-h-0 flex-1 content-start overflow-y-auto px-5 -outline-offset-2"
                  aria-label={accountWords.identities.title}
                  tabIndex={-1}
                >
                  <For
                    each={known().identities}
                    fallback={<li class="pb-4 font-medium text-pretty">{props.words.none}</li>}
                  >
                    {(identity) => (
                      <Entry
                        identity={identity}
                        words={props.words}
                        onRemove={() => (change.clearProblem(), setAsked(identity))}
                      />
                    )}
                  </For>
                </ul>
              )}
            </Match>
            <Match when={load.hasFailed()}>
              <NotLoaded text={props.words.notLoaded} load={load} />
            </Match>
            <Match when={!loaded()}>
              <ListSkeleton text={props.words.loading} />
            </Match>
          </Switch>
          <Show when={loaded() && (asked() || offered().length > 0 || change.problem() !== '')}>
            <footer class="grid gap-3 border-t border-line px-5 py-4">
              <p class="text-sm font-medium text-pretty text-danger empty:hidden" role="alert">
                {change.problem()}
              </p>
              <Show
                when={asked()}
                fallback={
                  <For each={offered()}>
                    {(provider) => (
                      <button
                        type="button"
                        class="button-secondary"
                        aria-disabled={change.isBusy() || leaving() !== null}
                        onClick={() => link(provider)}
                      >
                        {leaving() === provider.id ? props.words.leaving : props.words.link(provider.name)}
                      </button>
                    )}
                  </For>
                }
                keyed
              >
                {(identity) => (
                  <Confirmation
                    question={props.words.question(identity.name)}
                    action={props.words.remove}
                    isBusy={change.isBusy()}
                    onConfirm={() => remove(identity)}
                    onCancel={() => (change.clearProblem(), setAsked(null))}
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

function Entry(props: { identity: Identity; words: IdentityWords; onRemove(): void }) {
  return (
    <li class="flex min-h-16 items-center gap-3 border-b border-line py-2.5 last:border-b-0">
      <span class="grid min-w-0 flex-1 gap-0.5">
        <span class="font-semibold [overflow-wrap:anywhere]" dir="auto">
          {props.identity.name}
        </span>
        <span class="text-sm text-pretty text-muted">
          <time datetime={props.identity.created_at}>
            {props.words.made(ago(props.identity.created_at, now(), document.documentElement.lang))}
          </time>
          <Show when={props.identity.provider === null}>
            {' · '}
            {props.words.unused}
          </Show>
        </span>
      </span>
      <button
        type="button"
        class="button-quiet -me-3 shrink-0 text-danger"
        aria-label={props.words.removeOne(props.identity.name)}
        onClick={() => props.onRemove()}
      >
        {props.words.remove}
      </button>
    </li>
  );
}
