import { MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, textLength, type FieldError } from '@parley/shared';
import type { HttpError } from '../../api/http';
import { accountWords } from '../../words/words';
import type { Mistakes } from './form.store';

/** What is wrong with a new password before the server is asked. */
export function passwordMistake<Name extends string>(
  name: Name,
  password: string,
  username: string,
): Mistakes<Name>['fields'] {
  const text = passwordProblem(password, username);
  return text === null ? {} : ({ [name]: text } as Mistakes<Name>['fields']);
}

function passwordProblem(password: string, username: string): string | null {
  const length = textLength(password);
  if (length < MIN_PASSWORD_LENGTH) return accountWords.passwordTooShort(MIN_PASSWORD_LENGTH);
  if (length > MAX_PASSWORD_LENGTH) return accountWords.passwordTooLong(MAX_PASSWORD_LENGTH);
  if (password.toLowerCase() === username.toLowerCase()) return accountWords.passwordIsUsername;
  return null;
}

/** What the server refuses in a new password that passes {@link passwordMistake}: that many people use it. */
export function refusedPassword<Name extends string>(name: Name, error: HttpError): Mistakes<Name> | null {
  if (!fieldsOf(error).some(({ field }) => field === name)) return null;
  return { fields: { [name]: accountWords.passwordTooCommon } as Mistakes<Name>['fields'] };
}

/** What the server says of single fields. */
export function fieldsOf({ problem }: HttpError): readonly FieldError[] {
  return problem?.errors ?? [];
}
