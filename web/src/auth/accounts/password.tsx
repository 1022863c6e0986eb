import { MIN_PASSWORD_LENGTH } from '@parley/shared';
import { showNotice } from '../../ui/notices';
import { accountWords } from '../../words/words';
import { useSession } from '../session';
import { changePassword } from './accounts.api';
import { Dialog } from '../../ui/dialog';
import { createForm } from './form.store';
import { PasswordField } from './form';
import { fieldsOf, passwordMistake, refusedPassword } from './rules';

/** Changes the password, which ends all other sessions. */
export function Password(props: { onClose(): void }) {
  const { user } = useSession();
  const form = createForm({
    names: ['current_password', 'new_password'],
    check: (values) => ({
      ...(values.current_password === '' && { current_password: accountWords.form.missing }),
      ...passwordMistake('new_password', values.new_password, user.username),
    }),
    async send(values) {
      await changePassword(values);
      showNotice({ id: 'password-changed', text: accountWords.password.changed });
      props.onClose();
    },
    explain: (error) =>
      fieldsOf(error).some(({ field }) => field === 'current_password')
        ? { fields: { current_password: accountWords.password.wrong } }
        : refusedPassword('new_password', error),
  });

  return (
    <Dialog title={accountWords.password.title} onClose={props.onClose}>
      <form class="grid gap-5 overflow-y-auto px-5 pt-1 pb-5" novalidate onSubmit={form.onSubmit}>
        {/* For password managers: whose password it is. */}
        <input type="hidden" name="username" autocomplete="username" value={user.username} />
        <PasswordField
          name="current_password"
          label={accountWords.password.current}
          autocomplete="current-password"
          autofocus
          error={form.mistakeOf('current_password')}
        />
        <PasswordField
          name="new_password"
          label={accountWords.password.next}
          autocomplete="new-password"
          hint={accountWords.passwordRule(MIN_PASSWORD_LENGTH)}
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
    </Dialog>
  );
}
