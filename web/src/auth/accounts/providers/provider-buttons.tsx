import { For } from 'solid-js';
import { accountWords } from '../../../words/words';
import { useAuth } from '../../auth.store';
import { keepInvite } from './provider-login';

/** Leads to each provider that the server offers. The browser leaves the page, and comes back signed in. */
export function ProviderButtons(props: { invite?: string | null }) {
  const auth = useAuth();
  return (
    <For each={auth.info()?.providers}>
      {(provider) => (
        <a
          class="button-secondary text-center"
          href={`/api/auth/oidc/${provider.id}/`}
          // No page of this router.
          target="_self"
          onClick={() => keepInvite(props.invite ?? null)}
        >
          {accountWords.providers.use(provider.name)}
        </a>
      )}
    </For>
  );
}
