import { createSignal, type Accessor } from 'solid-js';
import { HttpError } from '../../api/http';
import { accountWords } from '../../words/words';
import { inWords } from './durations';

/** What is wrong with a form: with single fields by their names, and with the whole. */
export interface Mistakes<Name extends string> {
  fields: Partial<Record<Name, string>>;
  form?: string;
}

/** A form that is sent to the server, and what came of it. */
export interface Form<Name extends string> {
  isSending: Accessor<boolean>;
  /** What is wrong with a field. */
  mistakeOf(name: Name): string | undefined;
  /** What is wrong with the whole. */
  mistake: Accessor<string>;
  onSubmit(event: SubmitEvent & { currentTarget: HTMLFormElement }): void;
}

interface FormOptions<Name extends string> {
  names: readonly Name[];
  /** What is wrong before anything is sent. */
  check(values: Record<Name, string>): Mistakes<Name>['fields'];
  send(values: Record<Name, string>): Promise<void>;
  /** What the server's refusal means; null for what all forms have in common. */
  explain(error: HttpError): Mistakes<Name> | null;
  /** What it means that `send` failed before the server was asked; absent: it cannot. */
  explainOther?(error: unknown): string;
}

/** Sends a form once at a time. The first field that is wrong gets the focus. */
export function createForm<Name extends string>(options: FormOptions<Name>): Form<Name> {
  const [isSending, setSending] = createSignal(false);
  const [mistakes, setMistakes] = createSignal<Mistakes<Name>>({ fields: {} });

  async function submit(form: HTMLFormElement): Promise<void> {
    if (isSending()) return;
    const data = new FormData(form);
    const values = Object.fromEntries(
      options.names.map((name) => [name, String(data.get(name) ?? '')]),
    ) as Record<Name, string>;
    const fields = options.check(values);
    if (Object.keys(fields).length > 0) return reject(form, { fields });
    setSending(true);
    setMistakes({ fields: {} });
    try {
      await options.send(values);
    } catch (error) {
      if (!(error instanceof HttpError)) {
        if (!options.explainOther) throw error;
        return reject(form, { fields: {}, form: options.explainOther(error) });
      }
      reject(form, options.explain(error) ?? { fields: {}, form: commonText(error) });
    } finally {
      setSending(false);
    }
  }

  function reject(form: HTMLFormElement, found: Mistakes<Name>): void {
    setMistakes(found);
    const first = options.names.find((name) => found.fields[name] !== undefined);
    const field = first === undefined ? null : form.elements.namedItem(first);
    if (field instanceof HTMLInputElement) field.focus();
  }

  return {
    isSending,
    mistakeOf: (name) => mistakes().fields[name],
    mistake: () => mistakes().form ?? '',
    onSubmit(event) {
      event.preventDefault();
      void submit(event.currentTarget);
    },
  };
}

/** What a refusal means that says nothing about a field. */
export function commonText(error: HttpError): string {
  if (error.status === 0) return accountWords.form.unreachable;
  if (error.status === 429) {
    return error.retryAfterSeconds === null
      ? accountWords.form.tooMany
      : accountWords.form.tooManyUntil(inWords(error.retryAfterSeconds, document.documentElement.lang));
  }
  return accountWords.form.failed;
}
