import { MAX_USERNAME_LENGTH, USERNAME_PATTERN } from '@parley/shared';
import { createSignal } from 'solid-js';
import { HttpError } from '../../api/http';
import { hrefOf } from '../../routing/route';
import { navigate } from '../../routing/router';
import { createUser } from './create-user';
import { useIdentity } from './identity.store';
import { simulationWords } from '../../words/words';

/** Creates the first user of an empty database, and acts as that user in this window. */
export function FirstUser() {
  const identity = useIdentity();
  const [problem, setProblem] = createSignal('');

  async function create(username: string): Promise<void> {
    if (!USERNAME_PATTERN.test(username)) return void setProblem(simulationWords.usernameRule);
    try {
      await createUser(username);
    } catch (error) {
      // 409: another window was faster, and the user exists.
      if (!(error instanceof HttpError && error.status === 409)) {
        return void setProblem(simulationWords.notCreated);
      }
    }
    navigate(hrefOf(null, username), { replace: true });
    identity.retry();
  }

  return (
    <form
      class="grid w-full gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void create(String(new FormData(event.currentTarget).get('username')).trim());
      }}
    >
      <input
        name="username"
        class="text-field"
        aria-label={simulationWords.username}
        aria-describedby="first-user-problem"
        placeholder={simulationWords.username}
        maxLength={MAX_USERNAME_LENGTH}
        autocomplete="off"
        spellcheck={false}
        required
      />
      <p id="first-user-problem" class="text-sm text-danger empty:hidden" role="alert">
        {problem()}
      </p>
      <button type="submit" class="button-primary">
        {simulationWords.createFirst}
      </button>
      <p class="text-sm text-muted">
        {simulationWords.createMore(
          <code class="whitespace-nowrap">POST /api/users/</code>,
          <a class="underline" href="/api/docs" target="_blank" rel="noopener">
            {simulationWords.apiDocumentation}
          </a>,
        )}
      </p>
    </form>
  );
}
