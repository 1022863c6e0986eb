import type { LoginMethods, Passkey } from '@parley/shared';
import { createSignal, For, Match, Show, Switch } from 'solid-js';
import { HttpError } from '../../../api/http';
import { createRetry } from '../../../api/retry';
import { now } from '../../../ui/clock';
import { Dialog } from '../../../ui/dialog';
import { accountWords } from '../../../words/words';
import { ago } from '../durations';
import { TextField } from '../form';
import { Confirmation, ListSkeleton, NotLoaded, Tag } from '../list-parts';
import { addPasskey } from './ceremonies';
import { PasskeyIcon } from './passkey-icon';
import { getLoginMethods, removePasskey, renamePasskey } from './passkeys.api';
import { createProvable } from './provable';
import { Proof } from './proof';
import { NoPasskeys } from './sign-in-passkey';
import { obstacle } from './support';

/** The passkeys of the user: adds, renames and removes them. */
export function Passkeys(props: { onClose(): void }) {
  const [methods, setMethods] = createSignal<LoginMethods>();
  const [asked, setAsked] = createSignal<Passkey | null>(null);
  const [renamed, setRenamed] = createSignal<Passkey | null>(null);
  const change = createProvable();
  const [said, setSaid] = createSignal('');
  const texts = accountWords.passkeys;
  let list: HTMLUListElement | undefined;

  const load = createRetry(async (isCurrent) => {
    const loaded = await getLoginMethods();
    if (isCurrent()) setMethods(loaded);
  });
  load.run();

  function add(form: HTMLFormElement): void {
    const name = String(new FormData(form).get('passkey_name') ?? '').trim();
    void change.attempt(async () => {
      const passkey = await addPasskey(name);
      setMethods((before) => before && { ...before, passkeys: [...before.passkeys, passkey] });
      setSaid(texts.added(passkey.name));
      form.reset();
      list?.focus();
    });
  }

  /** What the lower part of the dialog is about: a removal, a new name, or neither. */
  function show(toRemove: Passkey | null, toRename: Passkey | null): void {
    change.clearProblem();
    setAsked(toRemove);
    setRenamed(toRename);
  }

  function rename(passkey: Passkey, name: string): void {
    void change.attempt(async () => {
      if (name !== '' && name !== passkey.name) {
        const next = await renamePasskey(passkey.id, name);
        setMethods(
          (before) =>
            before && {
              ...before,
              passkeys: before.passkeys.map((one) => (one.id === next.id ? next : one)),
            },
        );
        setSaid(texts.renamed(next.name));
      }
      setRenamed(null);
      list?.focus();
    });
  }

  function remove(passkey: Passkey): void {
    void change.attempt(
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

  return (
    <Dialog title={change.isWaiting() ? accountWords.proof.title : texts.title} onClose={props.onClose}>
      <Switch>
        <Match when={change.isWaiting() && methods()}>
          {(loaded) => <Proof methods={loaded()} onProved={change.proved} onCancel={change.cancel} />}
        </Match>
        <Match when={!change.isWaiting()}>
          <p class="px-5 pb-3 text-sm text-pretty text-muted">{texts.text}</p>
          <Switch>
            <Match when={methods()}>
              {(loaded) => (
                <ul
                  ref={(element) => (list = element)}
                  class="slim-scrollbar grid min-h-0 flex-1 content-start overflow-y-auto px-5 -outline-offset-2"
                  aria-label={texts.title}
                  tabIndex={-1}
                >
                  <For
                    each={loaded().passkeys}
                    fallback={<li class="pb-4 font-medium text-pretty">{texts.none}</li>}
                  >
                    {(passkey) => (
                      <Entry
                        passkey={passkey}
                        onRename={() => show(null, passkey)}
                        onRemove={() => show(passkey, null)}
                      />
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
                {change.problem()}
              </p>
              <Switch fallback={<Addition isBusy={change.isBusy()} onAdd={add} />}>
                <Match when={asked()} keyed>
                  {(passkey) => (
                    <Confirmation
                      question={texts.question(passkey.name)}
                      action={texts.remove}
                      isBusy={change.isBusy()}
                      onConfirm={() => remove(passkey)}
                      onCancel={() => show(null, null)}
                    />
                  )}
                </Match>
                <Match when={renamed()} keyed>
                  {(passkey) => (
                    <Renaming
                      passkey={passkey}
                      isBusy={change.isBusy()}
                      onRename={(name) => rename(passkey, name)}
                      onCancel={() => show(null, null)}
                    />
                  )}
                </Match>
              </Switch>
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

function Entry(props: { passkey: Passkey; onRename(): void; onRemove(): void }) {
  const texts = accountWords.passkeys;
  const used = () => {
    const at = props.passkey.last_used_at;
    if (at === null) return texts.unused;
    return accountWords.devices.used(ago(at, now(), document.documentElement.lang));
  };
  return (
    <li class="flex min-h-16 flex-wrap items-center gap-x-3 border-b border-line py-2.5 last:border-b-0">
      <PasskeyIcon class="size-5 shrink-0 text-muted" />
      <span class="grid min-w-0 flex-1 basis-40 gap-0.5">
        <span class="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span class="font-semibold [overflow-wrap:anywhere]" dir="auto">
            {props.passkey.name}
          </span>
          <Show when={props.passkey.is_synced}>
            <Tag>{texts.synced}</Tag>
          </Show>
        </span>
        <span class="text-sm text-pretty text-muted">
          <time datetime={props.passkey.created_at}>
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
      <span class="-me-3 ms-auto flex shrink-0">
        <button
          type="button"
          class="button-quiet"
          aria-label={texts.renameOne(props.passkey.name)}
          onClick={() => props.onRename()}
        >
          {texts.rename}
        </button>
        <button
          type="button"
          class="button-quiet text-danger"
          aria-label={texts.removeOne(props.passkey.name)}
          onClick={() => props.onRemove()}
        >
          {texts.remove}
        </button>
      </span>
    </li>
  );
}

/** A form for the name of a passkey, which only the user sees. */
function Renaming(props: {
  passkey: Passkey;
  isBusy: boolean;
  onRename(name: string): void;
  onCancel(): void;
}) {
  const texts = accountWords.passkeys;
  return (
    <form
      class="grid gap-3"
      novalidate
      onSubmit={(event) => {
        event.preventDefault();
        props.onRename(String(new FormData(event.currentTarget).get('passkey_name') ?? '').trim());
      }}
    >
      <TextField
        name="passkey_name"
        label={texts.newName}
        value={props.passkey.name}
        autocomplete="off"
        maxLength={64}
        isProse
        autofocus
        error={undefined}
      />
      <div class="flex justify-end gap-2">
        <button type="button" class="button-quiet" onClick={() => props.onCancel()}>
          {accountWords.cancel}
        </button>
        <button type="submit" class="button-primary px-6" aria-disabled={props.isBusy}>
          {texts.rename}
        </button>
      </div>
    </form>
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
