import { MAX_ACCESS_TOKENS, type CreatedAccessToken } from '@parley/shared';
import { For } from 'solid-js';
import { accountWords, type AccessTokenWords } from '../../../words/words';
import { createAccessToken } from '../accounts.api';
import { TextField } from '../form';
import { createForm } from '../form.store';
import { fieldsOf } from '../rules';

const DAY_MS = 86_400_000;
/** Days after which a token can expire; null: never. */
const EXPIRIES = [7, 30, 90, 365, null];
const DEFAULT_EXPIRY = 90;

interface TokenFormProps {
  words: AccessTokenWords;
  onCreated(token: CreatedAccessToken): void;
  onCancel(): void;
}

/** Name, scope and expiry of a new token. */
export function TokenForm(props: TokenFormProps) {
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
