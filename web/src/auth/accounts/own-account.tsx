import type { DeletedMessages, DeleteMe, LoginMethods } from '@parley/shared';
import { createSignal, For, Show } from 'solid-js';
import { HttpError } from '../../api/http';
import { createRetry } from '../../api/retry';
import { useChat } from '../../realtime/chat.store';
import { navigate } from '../../routing/router';
import { Dialog } from '../../ui/dialog';
import { showNotice } from '../../ui/notices';
import { accountWords, type OwnAccountWords } from '../../words/words';
import { useAuth } from '../auth.store';
import { useSession } from '../session';
import { deleteAccount } from './accounts.api';
import { PasswordField } from './form';
import { createForm } from './form.store';
import { getLoginMethods } from './passkeys/passkeys.api';
import { needsProof } from './passkeys/problem-text';
import { Proof } from './passkeys/proof';
import { clearPrivate } from './private-storage';

interface ViewProps {
  words: OwnAccountWords;
  onClose(): void;
}

const CHOICES: readonly DeletedMessages[] = ['keep', 'remove'];

/** Deletes the account, after it has said what goes and what stays. */
export function Deletion(props: ViewProps) {
  const auth = useAuth();
  const chat = useChat();
  const { user } = useSession();
  const [methods, setMethods] = createSignal<LoginMethods>();
  /** What waits for a proof, of a user without a password. */
  const [postponed, setPostponed] = createSignal<DeletedMessages | null>(null);
  const hasPassword = () => methods()?.has_password !== false;
  const load = createRetry(async (isCurrent) => {
    const loaded = await getLoginMethods();
    if (isCurrent()) setMethods(loaded);
  });
  load.run();

  const form = createForm({
    names: ['messages', 'password'],
    check: ({ password }) =>
      hasPassword() && password === '' ? { password: accountWords.form.missing } : {},
    async send({ messages, password }) {
      const choice = messages === 'remove' ? 'remove' : 'keep';
      try {
        await destroy({ messages: choice, ...(hasPassword() && { password }) });
      } catch (error) {
        if (!needsProof(error)) throw error;
        setPostponed(choice);
      }
    },
    explain: (error) => (error.status === 403 ? { fields: { password: props.words.deletion.wrong } } : null),
  });

  async function destroy(deletion: DeleteMe): Promise<void> {
    await auth.logOut(() => deleteAccount(deletion));
    navigate('/', { replace: true });
    showNotice({ id: 'account-deleted', text: props.words.deletion.deleted });
    await clearPrivate(user.id);
  }

  async function proved(messages: DeletedMessages): Promise<void> {
    setPostponed(null);
    try {
      await destroy({ messages });
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      showNotice({ id: 'account-not-deleted', text: accountWords.form.failed });
    }
  }

  return (
    <Dialog title={accountWords.deletion.title} onClose={props.onClose}>
      <Show when={postponed()} keyed>
        {(messages) => (
          <Show when={methods()}>
            {(loaded) => (
              <Proof
                methods={loaded()}
                onProved={() => void proved(messages)}
                onCancel={() => setPostponed(null)}
              />
            )}
          </Show>
        )}
      </Show>
      <form
        hidden={postponed() !== null}
        class="grid gap-5 overflow-y-auto px-5 pt-1 pb-5"
        novalidate
        onSubmit={form.onSubmit}
      >
        <p class="text-pretty">{props.words.deletion.text}</p>
        <fieldset class="grid gap-2">
          <legend class="mb-1.5 font-semibold">{props.words.deletion.messages}</legend>
          <For each={CHOICES}>
            {(choice) => (
              <label class="flex cursor-pointer gap-3 rounded-xl border border-line p-3 has-checked:border-accent has-checked:bg-selected has-focus-visible:outline-2">
                <input
                  type="radio"
                  class="mt-0.5 size-5 shrink-0 accent-accent"
                  name="messages"
                  value={choice}
                  checked={choice === 'keep'}
                  aria-describedby={`deletion-${choice}`}
                />
                <span class="grid gap-0.5">
                  <span class="font-medium">{props.words.deletion[choice].title}</span>
                  <span id={`deletion-${choice}`} class="text-sm text-pretty text-muted">
                    {props.words.deletion[choice].text}
                  </span>
                </span>
              </label>
            )}
          </For>
        </fieldset>
        <p class="text-sm text-pretty text-muted">
          {props.words.deletion.others}
          <Show when={chat.state().outbox.length > 0}> {props.words.deletion.unsent}</Show>
        </p>
        {/* For password managers: whose password it is. */}
        <input type="hidden" name="username" autocomplete="username" value={user.username} />
        <Show when={hasPassword()}>
          <PasswordField
            name="password"
            label={accountWords.passwordLabel}
            autocomplete="current-password"
            error={form.mistakeOf('password')}
          />
        </Show>
        <p class="text-sm font-medium text-danger empty:hidden" role="alert">
          {form.mistake()}
        </p>
        <div class="flex flex-wrap justify-end gap-2">
          <button type="button" class="button-quiet" onClick={() => props.onClose()}>
            {accountWords.cancel}
          </button>
          <button type="submit" class="button-danger" aria-disabled={form.isSending()}>
            {form.isSending() ? props.words.deletion.deleting : props.words.deletion.confirm}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
