import { MIN_PASSWORD_LENGTH, type LoginMethods } from '@parley/shared';
import { createSignal, Match, Show, Switch } from 'solid-js';
import { HttpError } from '../../api/http';
import { createRetry } from '../../api/retry';
import { Dialog } from '../../ui/dialog';
import { showNotice } from '../../ui/notices';
import { accountWords } from '../../words/words';
import { useSession } from '../session';
import { changePassword } from './accounts.api';
import { PasswordField } from './form';
import { createForm } from './form.store';
import { NotLoaded } from './list-parts';
import { getLoginMethods } from './passkeys/passkeys.api';
import { needsProof } from './passkeys/problem-text';
import { Proof } from './passkeys/proof';
import { fieldsOf, passwordMistake, refusedPassword } from './rules';

/** Changes the password, which ends all other sessions. An account without one gets its first. */
export function Password(props: { onClose(): void }) {
  const [methods, setMethods] = createSignal<LoginMethods>();
  const load = createRetry(async (isCurrent) => {
    const loaded = await getLoginMethods();
    if (isCurrent()) setMethods(loaded);
  });
  load.run();

  return (
    <Dialog
      title={methods()?.has_password === false ? accountWords.password.set : accountWords.password.title}
      onClose={props.onClose}
    >
      <Switch fallback={<div class="h-40" aria-busy="true" />}>
        <Match when={methods()}>
          {(loaded) => <PasswordForm methods={loaded()} onClose={() => props.onClose()} />}
        </Match>
        <Match when={load.hasFailed()}>
          <NotLoaded text={accountWords.password.notLoaded} load={load} />
        </Match>
      </Switch>
    </Dialog>
  );
}

function PasswordForm(props: { methods: LoginMethods; onClose(): void }) {
  const { user } = useSession();
  /** The password that waits for a proof. */
  const [postponed, setPostponed] = createSignal<string | null>(null);
  const hasPassword = () => props.methods.has_password;
  const form = createForm({
    names: ['current_password', 'new_password'],
    check: (values) => ({
      ...(hasPassword() && values.current_password === '' && { current_password: accountWords.form.missing }),
      ...passwordMistake('new_password', values.new_password, user.username),
    }),
    send: ({ current_password, new_password }) =>
      change({ new_password, ...(hasPassword() && { current_password }) }),
    explain: (error) =>
      fieldsOf(error).some(({ field }) => field === 'current_password')
        ? { fields: { current_password: accountWords.password.wrong } }
        : refusedPassword('new_password', error),
  });

  async function change(values: { current_password?: string; new_password: string }): Promise<void> {
    try {
      await changePassword(values);
    } catch (error) {
      if (!needsProof(error)) throw error;
      setPostponed(values.new_password);
      return;
    }
    showNotice({ id: 'password-changed', text: accountWords.password.changed });
    props.onClose();
  }

  async function proved(newPassword: string): Promise<void> {
    setPostponed(null);
    try {
      await change({ new_password: newPassword });
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      showNotice({ id: 'password-not-changed', text: accountWords.form.failed });
    }
  }

  return (
    <Show
      when={postponed()}
      keyed
      fallback={
        <form class="grid gap-5 overflow-y-auto px-5 pt-1 pb-5" novalidate onSubmit={form.onSubmit}>
          {/* For password managers: whose password it is. */}
          <input type="hidden" name="username" autocomplete="username" value={user.username} />
          <Show
            when={hasPassword()}
            fallback={<p class="text-pretty text-muted">{accountWords.password.setText}</p>}
          >
            <PasswordField
              name="current_password"
              label={accountWords.password.current}
              autocomplete="current-password"
              autofocus
              error={form.mistakeOf('current_password')}
            />
          </Show>
          <PasswordField
            name="new_password"
            label={accountWords.password.next}
            autocomplete="new-password"
            hint={accountWords.passwordRule(MIN_PASSWORD_LENGTH)}
            autofocus={!hasPassword()}
            error={form.mistakeOf('new_password')}
          />
          <p class="text-sm text-pretty text-muted">{accountWords.password.others}</p>
          <p class="text-sm font-medium text-danger empty:hidden" role="alert">
            {form.mistake()}
          </p>
          <button type="submit" class="button-primary" aria-disabled={form.isSending()}>
            {form.isSending() ? accountWords.password.changing : accountWords.password.change}
          </button>
        </form>
      }
    >
      {(newPassword) => (
        <Proof
          methods={props.methods}
          onProved={() => void proved(newPassword)}
          onCancel={() => setPostponed(null)}
        />
      )}
    </Show>
  );
}
