import type { AuthProvider } from '@parley/shared';
import { showNotice } from '../../../ui/notices';
import { accountWords, loadAccountWords } from '../../../words/words';

/** Says what came of linking an account, as the server has written it into the fragment. Said once: not after a reload. */
export async function sayLinkOutcome(providers: readonly AuthProvider[]): Promise<void> {
  const fragment = new URLSearchParams(window.location.hash.slice(1));
  window.history.replaceState(window.history.state, '', window.location.pathname);
  await loadAccountWords();
  const { outcomes } = await accountWords.parts.identities();
  const outcome = fragment.get('link') ?? '';
  const id = fragment.get('provider') ?? '';
  const name = providers.find((provider) => provider.id === id)?.name ?? id;
  const say = Object.hasOwn(outcomes, outcome) ? outcomes[outcome as keyof typeof outcomes] : outcomes.failed;
  showNotice({ id: 'link', text: say(name) });
}
