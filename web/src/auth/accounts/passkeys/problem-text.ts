import { HttpError } from '../../../api/http';
import { accountWords } from '../../../words/words';
import { commonText } from '../form.store';
import { PasskeyError } from './ceremonies';

/** What the user reads when a passkey could not be used or made. @throws what is neither the browser's nor the server's no. */
export function problemText(error: unknown): string {
  const texts = accountWords.passkeys;
  if (error instanceof PasskeyError) return error.reason === 'known' ? texts.known : texts.cancelled;
  if (!(error instanceof HttpError)) throw error;
  if (error.status === 401 || error.status === 403) return texts.refused;
  if (error.status === 409) return texts.tooMany;
  return commonText(error);
}

/** The server wants the password or a passkey again before it does this. */
export function needsProof(error: unknown): boolean {
  return error instanceof HttpError && error.problem?.code === 'proof_required';
}
