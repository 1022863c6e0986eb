import type { AccessTokenInfo, CreatedAccessToken } from '@parley/shared';
import { createSignal, Match, Switch } from 'solid-js';
import { createRetry } from '../../../api/retry';
import { Dialog } from '../../../ui/dialog';
import { accountWords, type AccessTokenWords } from '../../../words/words';
import { listAccessTokens } from '../accounts.api';
import { ListSkeleton, NotLoaded } from '../list-parts';
import { NewToken } from './new-token';
import { TokenForm } from './token-form';
import { TokenList } from './token-list';

interface AccessTokensProps {
  words: AccessTokenWords;
  onClose(): void;
}

/** The personal access tokens of the user: a list, a form for a new one, and the new one itself, which is shown once. */
export function AccessTokens(props: AccessTokensProps) {
  const [tokens, setTokens] = createSignal<AccessTokenInfo[]>();
  /** Null: the list. */
  const [view, setView] = createSignal<'form' | CreatedAccessToken | null>(null);
  const created = () => {
    const shown = view();
    return typeof shown === 'object' ? shown : null;
  };
  const load = createRetry(async (isCurrent) => {
    const loaded = await listAccessTokens();
    if (isCurrent()) setTokens(loaded);
  });
  load.run();

  function onCreated(token: CreatedAccessToken): void {
    const { token: _, ...info } = token;
    setTokens((before) => [info, ...(before ?? [])]);
    setView(token);
  }

  const title = () =>
    view() === null
      ? accountWords.tokens.title
      : view() === 'form'
        ? props.words.form.title
        : props.words.created.title;

  return (
    <Dialog title={title()} onClose={props.onClose}>
      <Switch>
        <Match when={view() === 'form'}>
          <TokenForm words={props.words} onCreated={onCreated} onCancel={() => setView(null)} />
        </Match>
        <Match when={created()}>
          {(token) => <NewToken words={props.words} token={token()} onDone={() => setView(null)} />}
        </Match>
        <Match when={tokens()}>
          {(shown) => (
            <TokenList
              words={props.words}
              tokens={shown()}
              onDeleted={(deleted) => setTokens((before) => before?.filter(({ id }) => id !== deleted))}
              onNew={() => setView('form')}
            />
          )}
        </Match>
        <Match when={load.hasFailed()}>
          <NotLoaded text={props.words.notLoaded} load={load} />
        </Match>
        <Match when={!tokens()}>
          <ListSkeleton text={props.words.loading} />
        </Match>
      </Switch>
    </Dialog>
  );
}
