import { createSignal, Match, onCleanup, onMount, Show, Switch } from 'solid-js';
import { HttpError } from '../../../api/http';
import { accountWords } from '../../../words/words';
import { useAuth } from '../../auth.store';
import {
  canOfferPasskeys,
  offerPasskeys,
  PasskeyError,
  signInWithPasskey,
  withdrawOffer,
} from './ceremonies';
import { PasskeyIcon } from './passkey-icon';
import { problemText } from './problem-text';
import { namedUrl, obstacle } from './support';

/** An offer is made anew after this time, in milliseconds: its challenge is valid for five minutes. */
const OFFER_MS = 240_000;

/** The first way to sign in: a passkey, by this button or from the suggestions of the username field. */
export function SignInPasskey() {
  return (
    <Show when={obstacle() === null}>
      <PasskeyButton />
    </Show>
  );
}

function PasskeyButton() {
  const auth = useAuth();
  const [isBusy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal('');
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isGone = false;

  /** In the background: nothing is said unless the user has taken a passkey and the server refuses it. */
  async function offer(): Promise<void> {
    clearTimeout(timer);
    if (isGone || !(await canOfferPasskeys()) || isGone) return;
    timer = setTimeout(() => void offer(), OFFER_MS);
    try {
      auth.signedIn(await offerPasskeys());
    } catch (error) {
      if (error instanceof PasskeyError || (error instanceof HttpError && error.status !== 401)) return;
      setProblem(problemText(error));
      void offer();
    }
  }

  async function signIn(): Promise<void> {
    if (isBusy()) return;
    setBusy(true);
    setProblem('');
    clearTimeout(timer);
    try {
      auth.signedIn(await signInWithPasskey());
    } catch (error) {
      setProblem(problemText(error));
      void offer();
    } finally {
      setBusy(false);
    }
  }

  // The field that offers them is in the page by then.
  onMount(() => void offer());
  onCleanup(() => {
    isGone = true;
    clearTimeout(timer);
    withdrawOffer();
  });

  return (
    <div class="grid gap-2">
      <button type="button" class="button-primary" aria-disabled={isBusy()} onClick={() => void signIn()}>
        <PasskeyIcon />
        {isBusy() ? accountWords.signIn.sending : accountWords.passkeys.signIn}
      </button>
      <p class="text-sm font-medium text-pretty text-danger empty:hidden" role="alert">
        {problem()}
      </p>
    </div>
  );
}

/** Why there is no way to use a passkey here, where the user can do something about it. */
export function NoPasskeys() {
  return (
    <Switch>
      <Match when={obstacle() === 'name' && namedUrl()}>
        {(url) => (
          <p class="text-center text-sm text-pretty text-muted">
            {accountWords.passkeys.needName}{' '}
            <a class="text-link" href={url() + window.location.pathname + window.location.hash}>
              {url().replace(/^\w+:\/\//, '')}
            </a>
          </p>
        )}
      </Match>
      <Match when={obstacle() === 'name'}>
        <p class="text-center text-sm text-pretty text-muted">{accountWords.passkeys.needNameOfServer}</p>
      </Match>
    </Switch>
  );
}
