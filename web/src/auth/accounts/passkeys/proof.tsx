import type { LoginMethods } from '@parley/shared';
import { createSignal, Show } from 'solid-js';
import { focusWhenShown } from '../../../ui/focus-when-shown';
import { accountWords } from '../../../words/words';
import { useSession } from '../../session';
import { PasswordField } from '../form';
import { ProviderButtons } from '../providers/provider-buttons';
import { createForm } from '../form.store';
import { provePasskey } from './ceremonies';
import { PasskeyIcon } from './passkey-icon';
import { provePassword } from './passkeys.api';
import { problemText } from './problem-text';
import { obstacle } from './support';

interface ProofProps {
  methods: LoginMethods;
  /** The user has proved it: the change can be made now. */
  onProved(): void;
  onCancel(): void;
}

/** Asks for a passkey or the password again, before something changes by which the user signs in. */
export function Proof(props: ProofProps) {
  const { user } = useSession();
  const [isBusy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal('');
  const canUsePasskey = () =>
    obstacle() === null && props.methods.passkeys.some(({ host }) => host === window.location.hostname);
  const form = createForm({
    names: ['password'],
    check: ({ password }) => (password === '' ? { password: accountWords.form.missing } : {}),
    async send({ password }) {
      await provePassword(password);
      props.onProved();
    },
    explain: ({ status }) => (status === 403 ? { fields: { password: accountWords.password.wrong } } : null),
  });

  async function prove(): Promise<void> {
    if (isBusy()) return;
    setBusy(true);
    setProblem('');
    try {
      await provePasskey();
      props.onProved();
    } catch (error) {
      setProblem(problemText(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <div class="grid gap-5 overflow-y-auto px-5 pt-1 pb-5">
      <p class="text-pretty text-muted">{accountWords.proof.text}</p>
      <Show when={canUsePasskey()}>
        <div class="grid gap-2">
          <button
            ref={focusWhenShown}
            type="button"
            class="button-primary"
            aria-disabled={isBusy()}
            onClick={() => void prove()}
          >
            <PasskeyIcon />
            {accountWords.proof.passkey}
          </button>
          <p class="text-sm font-medium text-pretty text-danger empty:hidden" role="alert">
            {problem()}
          </p>
        </div>
      </Show>
      <Show when={props.methods.has_password}>
        <form class="grid gap-5" novalidate onSubmit={form.onSubmit}>
          {/* For password managers: whose password it is. */}
          <input type="hidden" name="username" autocomplete="username" value={user.username} />
          <PasswordField
            name="password"
            label={accountWords.passwordLabel}
            autocomplete="current-password"
            autofocus={!canUsePasskey()}
            error={form.mistakeOf('password')}
          />
          <p class="text-sm font-medium text-danger empty:hidden" role="alert">
            {form.mistake()}
          </p>
          <button
            type="submit"
            class={canUsePasskey() ? 'button-secondary' : 'button-primary'}
            aria-disabled={form.isSending()}
          >
            {accountWords.proof.password}
          </button>
        </form>
      </Show>
      <Show when={!props.methods.has_password && !canUsePasskey()}>
        <p class="text-pretty">{accountWords.proof.again}</p>
        <ProviderButtons />
      </Show>
      <button type="button" class="button-quiet -mt-2" onClick={() => props.onCancel()}>
        {accountWords.cancel}
      </button>
    </div>
  );
}
