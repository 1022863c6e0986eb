import {
  MAX_DISPLAY_NAME_LENGTH,
  MAX_USERNAME_LENGTH,
  MIN_PASSWORD_LENGTH,
  USERNAME_PATTERN,
} from '@parley/shared';
import { createSignal, Show } from 'solid-js';
import type { HttpError } from '../../api/http';
import { accountWords } from '../../words/words';
import { useAuth } from '../auth.store';
import { register } from './accounts.api';
import { Card } from './card';
import { PasswordField, TextField } from './form';
import { createForm, type Mistakes } from './form.store';
import { registerWithPasskey } from './passkeys/ceremonies';
import { PasskeyIcon } from './passkeys/passkey-icon';
import { problemText } from './passkeys/problem-text';
import { NoPasskeys } from './passkeys/sign-in-passkey';
import { obstacle } from './passkeys/support';
import { ProviderButtons } from './providers/provider-buttons';
import {
  keepInvite,
  keptInvite,
  newcomer,
  registerWithProvider,
  type Newcomer,
} from './providers/provider-login';
import { fieldsOf, passwordMistake, refusedPassword } from './rules';

type Name = 'username' | 'display_name' | 'password';

/** Creates an account, by an invite or where registration is open. */
export function Register(props: { invite: string | null }) {
  const auth = useAuth();
  // A provider leads back without the fragment of the invite link.
  const guest = newcomer();
  const invite = () => props.invite ?? (guest && keptInvite());
  const isPossible = () => invite() !== null || auth.info()?.registration === 'open';

  return (
    <>
      <Show
        when={isPossible()}
        fallback={
          <Card title={accountWords.register.title}>
            <p class="text-pretty">{accountWords.register.notOpen}</p>
          </Card>
        }
      >
        <RegisterForm invite={invite()} guest={guest} />
        <Show when={!guest}>
          <NoPasskeys />
        </Show>
      </Show>
      <p class="text-center text-muted">
        {accountWords.register.hasAccount}{' '}
        <a class="text-link" href="/" data-back>
          {accountWords.signIn.title}
        </a>
      </p>
    </>
  );
}

interface RegisterFormProps {
  invite: string | null;
  /** A provider has proved who it is: neither a passkey nor a password is needed. */
  guest: Newcomer | null;
}

function RegisterForm(props: RegisterFormProps) {
  const auth = useAuth();
  const [hasPassword, setHasPassword] = createSignal(obstacle() !== null && !props.guest);
  const canUsePasskey = () => obstacle() === null && !props.guest;
  const providerName = (id: string) => auth.info()?.providers?.find((one) => one.id === id)?.name ?? id;
  const form = createForm<Name>({
    names: ['username', 'display_name', 'password'],
    check: ({ username, password }) => ({
      ...usernameMistake(username.trim()),
      ...(hasPassword() && passwordMistake<Name>('password', password, username.trim())),
    }),
    async send({ username, display_name: displayName, password }) {
      const account = {
        username: username.trim(),
        ...(displayName.trim() !== '' && { display_name: displayName.trim() }),
        ...(props.invite !== null && { invite: props.invite }),
      };
      if (props.guest) auth.signedIn(await registerWithProvider(account));
      else if (hasPassword()) auth.signedIn(await register({ ...account, password }));
      else auth.signedIn(await registerWithPasskey(account));
      keepInvite(null);
    },
    explain: (error) => explain(error, props.invite !== null),
    explainOther: problemText,
  });

  return (
    <Card
      title={accountWords.register.title}
      text={
        props.guest
          ? accountWords.providers.chooseName(providerName(props.guest.provider))
          : props.invite === null
            ? undefined
            : accountWords.register.invited
      }
    >
      <form class="grid gap-5" novalidate onSubmit={form.onSubmit}>
        <TextField
          name="username"
          label={accountWords.username}
          autocomplete="username"
          hint={accountWords.register.usernameRule}
          maxLength={MAX_USERNAME_LENGTH}
          value={props.guest?.username}
          autofocus
          error={form.mistakeOf('username')}
        />
        <TextField
          name="display_name"
          label={accountWords.register.displayName}
          autocomplete="name"
          hint={accountWords.register.displayNameRule}
          maxLength={MAX_DISPLAY_NAME_LENGTH}
          value={props.guest?.name}
          isProse
          error={form.mistakeOf('display_name')}
        />
        <Show when={hasPassword()}>
          <PasswordField
            name="password"
            label={accountWords.passwordLabel}
            autocomplete="new-password"
            hint={accountWords.passwordRule(MIN_PASSWORD_LENGTH)}
            autofocus={obstacle() === null}
            error={form.mistakeOf('password')}
          />
        </Show>
        <p class="text-sm font-medium text-pretty text-danger empty:hidden" role="alert">
          {form.mistake()}
        </p>
        <button type="submit" class="button-primary" aria-disabled={form.isSending()}>
          <Show when={canUsePasskey() && !hasPassword()}>
            <PasskeyIcon />
          </Show>
          {form.isSending()
            ? accountWords.register.sending
            : canUsePasskey() && !hasPassword()
              ? accountWords.passkeys.register
              : accountWords.register.send}
        </button>
        <Show when={canUsePasskey()}>
          <button
            type="button"
            class="button-quiet -mt-2 text-accent"
            onClick={() => setHasPassword(!hasPassword())}
          >
            {hasPassword() ? accountWords.passkeys.instead : accountWords.passkeys.passwordInstead}
          </button>
        </Show>
        <Show when={!props.guest}>
          <ProviderButtons invite={props.invite} />
        </Show>
      </form>
    </Card>
  );
}

function usernameMistake(username: string): Mistakes<Name>['fields'] {
  if (username === '') return { username: accountWords.form.missing };
  return USERNAME_PATTERN.test(username) ? {} : { username: accountWords.register.usernameInvalid };
}

function explain(error: HttpError, isInvited: boolean): Mistakes<Name> | null {
  if (error.status === 401) return { fields: {}, form: accountWords.providers.failures.expired };
  if (error.status === 409) return { fields: { username: accountWords.register.taken } };
  if (error.status === 403) {
    return {
      fields: {},
      form: isInvited ? accountWords.register.inviteNotValid : accountWords.register.notOpen,
    };
  }
  const names = fieldsOf(error).map(({ field }) => field);
  if (names.includes('invite')) return { fields: {}, form: accountWords.register.inviteNotValid };
  if (names.includes('username')) return { fields: { username: accountWords.register.usernameInvalid } };
  if (names.includes('display_name')) {
    return { fields: { display_name: accountWords.register.displayNameInvalid } };
  }
  return refusedPassword<Name>('password', error);
}
