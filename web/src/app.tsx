import { createEffect, Match, Switch } from 'solid-js';
import { Account } from './auth/accounts/account';
import { AuthProvider, createAuth } from './auth/auth.store';
import { sessionOf } from './auth/session';
import { navigate, route } from './routing/router';
import { SessionScope } from './session-scope';
import { createChunk } from './ui/chunk';
import { Later } from './ui/later';
import { NoticeStack } from './ui/notice-stack';
import { secondLoad } from './second-load/second-load';
import { loadAccountWords, loadSimulationWords, words } from './words/words';

/** Asks the server how it knows its users, then shows the chats of the current user, or the way to become one. */
export function App() {
  const auth = createAuth();
  const isSimulation = () => auth.info()?.mode === 'simulation';

  const simulation = createChunk(words.notLoaded.page, async () => {
    const [{ Simulation }] = await Promise.all([
      import('./auth/simulation/simulation'),
      loadSimulationWords(),
    ]);
    return Simulation;
  });
  // A URL that names its user is one of simulation.
  if (route().as !== null) simulation.prepare();

  const signedOut = createChunk(words.notLoaded.page, async () => {
    const [{ SignedOut }] = await Promise.all([import('./auth/accounts/signed-out'), loadAccountWords()]);
    return SignedOut;
  });

  createEffect(() => {
    if (auth.user() && route().page === 'register') navigate('/', { replace: true });
  });

  return (
    <AuthProvider value={auth}>
      <Switch fallback={<NoticeStack />}>
        <Match when={auth.user()} keyed>
          {(me) => <SessionScope session={sessionOf(me, 'accounts')} account={<Account />} />}
        </Match>
        <Match when={isSimulation()}>
          <Later chunk={simulation} fallback={<NoticeStack />}>
            {(Page) => <Page />}
          </Later>
        </Match>
        <Match when={auth.user() === null}>
          <Later chunk={signedOut} fallback={<NoticeStack />}>
            {(Page) => <Page />}
          </Later>
        </Match>
        <Match when={auth.hasFailed()}>
          <Later chunk={secondLoad()} fallback={<NoticeStack />}>
            {({ Unreachable }) => (
              <>
                <Unreachable isTrying={auth.isTrying()} onRetry={() => auth.retry()} />
                <NoticeStack />
              </>
            )}
          </Later>
        </Match>
      </Switch>
    </AuthProvider>
  );
}
