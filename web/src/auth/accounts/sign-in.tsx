import { createSignal, Match, onMount, Show, Switch } from 'solid-js';
import { accountWords } from '../../words/words';
import { useAuth } from '../auth.store';
import { signIn } from './accounts.api';
import { Card } from './card';
import { PasswordField, TextField } from './form';
import { createForm } from './form.store';
import { NoPasskeys, SignInPasskey } from './passkeys/sign-in-passkey';
import { obstacle, usernameAutocomplete } from './passkeys/support';
import { countUnsent } from './private-storage';
import { ProviderButtons } from './providers/provider-buttons';
import { takeFailure } from './providers/provider-login';

/** Signs in, and says why a session ended that was there before. */
export function SignIn() {
  const auth = useAuth();
  const hasProviders = () => (auth.info()?.providers ?? []).length > 0;
  const form = createForm({
    names: ['username', 'password'],
    check: ({ username, password }) => ({
      ...(username.trim() === '' && { username: accountWords.form.missing }),
      ...(password === '' && { password: accountWords.form.missing }),
    }),
    send: async ({ username, password }) =>
      auth.signedIn(await signIn({ username: username.trim(), password })),
    explain: ({ status }) =>
      status === 401 || status === 400 ? { fields: {}, form: accountWords.signIn.wrong } : null,
  });

  return (
    <>
      <Show when={auth.ended()} keyed>
        {(user) => <Ended userId={user.id} username={user.username} />}
      </Show>
      <Card title={accountWords.signIn.title}>
        <p class="text-sm font-medium text-pretty text-danger empty:hidden" role="alert">
          {failureText(takeFailure())}
        </p>
        <Show when={obstacle() === null || hasProviders()}>
          <div class="grid gap-3">
            <SignInPasskey />
            <ProviderButtons />
          </div>
          <p class="flex items-center gap-3 text-sm text-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
            {accountWords.signIn.orPassword}
          </p>
        </Show>
        <form class="grid gap-5" novalidate onSubmit={form.onSubmit}>
          <TextField
            name="username"
            label={accountWords.username}
            autocomplete={usernameAutocomplete()}
            value={auth.ended()?.username ?? ''}
            autofocus={!auth.ended()}
            error={form.mistakeOf('username')}
          />
          <PasswordField
            name="password"
            label={accountWords.passwordLabel}
            autocomplete="current-password"
            autofocus={!!auth.ended()}
            error={form.mistakeOf('password')}
          />
          <p class="text-sm font-medium text-pretty text-danger empty:hidden" role="alert">
            {form.mistake()}
          </p>
          <button
            type="submit"
            class={obstacle() === null ? 'button-secondary' : 'button-primary'}
            aria-disabled={form.isSending()}
          >
            {form.isSending() ? accountWords.signIn.sending : accountWords.signIn.send}
          </button>
        </form>
      </Card>
      <NoPasskeys />
      <Switch>
        <Match when={auth.info()?.registration === 'open'}>
          <p class="text-center text-muted">
            {accountWords.signIn.isNew}{' '}
            <a class="text-link" href="/register">
              {accountWords.signIn.register}
            </a>
          </p>
        </Match>
        <Match when={auth.info()?.registration === 'invite'}>
          <p class="text-center text-sm text-pretty text-muted">{accountWords.signIn.needsInvite}</p>
        </Match>
      </Switch>
    </>
  );
}

/** What the server's reason means, of a login with a provider. */
function failureText(reason: string | null): string {
  if (reason === null) return '';
  const texts: Readonly<Record<string, string>> = accountWords.providers.failures;
  return texts[reason] ?? accountWords.providers.failures.failed;
}

function Ended(props: { userId: number; username: string }) {
  const [unsent, setUnsent] = createSignal(0);
  onMount(() => void countUnsent(props.userId).then(setUnsent));
  return (
    <div class="grid animate-rise gap-1 rounded-2xl bg-selected px-4 py-3 text-sm" role="status">
      <p class="font-semibold">{accountWords.ended.title}</p>
      <p class="text-pretty">{accountWords.ended.text}</p>
      <Show when={unsent() > 0}>
        <p class="text-pretty">{accountWords.ended.unsent(unsent(), props.username)}</p>
      </Show>
    </div>
  );
}
