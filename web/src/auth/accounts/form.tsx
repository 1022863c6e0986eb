import { createSignal, Show, type JSX } from 'solid-js';
import { focusWhenShown } from '../../ui/focus-when-shown';
import { accountWords } from '../../words/words';

const HAS_KEYBOARD = '(hover: hover)';

interface FieldProps {
  name: string;
  label: string;
  autocomplete: string;
  /** Said before it is filled in. */
  hint?: string;
  /** What is wrong with it. */
  error: string | undefined;
  value?: string;
  /** As a text of any language, not as an identifier. */
  isProse?: boolean;
  maxLength?: number;
  /** Gets the focus, where that raises no keyboard over half of the screen. */
  autofocus?: boolean;
}

/** A line of text with its label, its rule and what is wrong with it. */
export function TextField(props: FieldProps) {
  return (
    <Labelled field={props}>
      <Input field={props} type="text" />
    </Labelled>
  );
}

/** A password, hidden until the user wants to see it. */
export function PasswordField(props: FieldProps) {
  const [isShown, setShown] = createSignal(false);
  return (
    <Labelled field={props}>
      <span class="relative grid">
        <Input field={props} type={isShown() ? 'text' : 'password'} />
        <button
          type="button"
          class="absolute inset-y-0 end-0 min-w-14 rounded-xl px-3.5 text-sm font-semibold text-accent -outline-offset-3 hover:underline"
          aria-label={(isShown() ? accountWords.hidePassword : accountWords.showPassword)(props.label)}
          aria-controls={idOf(props)}
          onClick={() => setShown(!isShown())}
        >
          {isShown() ? accountWords.hide : accountWords.show}
        </button>
      </span>
    </Labelled>
  );
}

function Input(props: { field: FieldProps; type: 'text' | 'password' }) {
  const describedBy = () => {
    const { error, hint } = props.field;
    const parts = [error && errorIdOf(props.field), hint && hintIdOf(props.field)];
    return parts.filter((id) => id !== undefined).join(' ') || undefined;
  };
  return (
    <input
      ref={(element) => {
        if (props.field.autofocus && matchMedia(HAS_KEYBOARD).matches) focusWhenShown(element);
      }}
      id={idOf(props.field)}
      name={props.field.name}
      type={props.type}
      class="text-field"
      classList={{ 'pe-18': props.field.name.includes('password') }}
      value={props.field.value ?? ''}
      autocomplete={props.field.autocomplete}
      maxLength={props.field.maxLength ?? 1_000}
      dir={props.field.isProse ? 'auto' : undefined}
      autocapitalize={props.field.isProse ? 'words' : 'none'}
      spellcheck={false}
      aria-invalid={props.field.error !== undefined}
      aria-describedby={describedBy()}
    />
  );
}

function Labelled(props: { field: FieldProps; children: JSX.Element }) {
  return (
    <div class="grid gap-1.5">
      <label for={idOf(props.field)} class="font-semibold">
        {props.field.label}
      </label>
      {props.children}
      <Show when={props.field.error}>
        {(error) => (
          <p id={errorIdOf(props.field)} class="text-sm font-medium text-pretty text-danger">
            {error()}
          </p>
        )}
      </Show>
      <Show when={props.field.hint}>
        {(hint) => (
          <p id={hintIdOf(props.field)} class="text-sm text-pretty text-muted">
            {hint()}
          </p>
        )}
      </Show>
    </div>
  );
}

/** One form at a time is on the page: a name is enough. */
function idOf({ name }: FieldProps): string {
  return `field-${name}`;
}

function errorIdOf({ name }: FieldProps): string {
  return `field-${name}-error`;
}

function hintIdOf({ name }: FieldProps): string {
  return `field-${name}-hint`;
}
