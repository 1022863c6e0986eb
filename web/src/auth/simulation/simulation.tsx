import { Match, Show, Switch } from 'solid-js';
import { route } from '../../routing/router';
import { SessionScope } from '../../session-scope';
import { secondLoad } from '../../second-load/second-load';
import { createChunk } from '../../ui/chunk';
import { Later } from '../../ui/later';
import { Notice } from '../../ui/notice';
import { NoticeStack } from '../../ui/notice-stack';
import { simulationWords, words } from '../../words/words';
import { sessionOf } from '../session';
import { FirstUser } from './first-user';
import { createIdentity, IdentityProvider } from './identity.store';
import { SimulationAccount } from './simulation-account';

/** The page of a server without login: finds out who this window acts as, then shows their chats. */
export function Simulation() {
  const identity = createIdentity();
  const actingAs = createChunk(words.notLoaded.account, () => import('./someone-else'));
  return (
    <IdentityProvider value={identity}>
      <Switch>
        <Match when={identity.me()} keyed>
          {(me) => <SessionScope session={sessionOf(me, 'simulation')} account={<SimulationAccount />} />}
        </Match>
        <Match when={identity.hasFailed()}>
          <Later chunk={secondLoad()} fallback={null}>
            {({ Unreachable }) => (
              <Unreachable isTrying={identity.isTrying()} onRetry={() => identity.retry()} />
            )}
          </Later>
        </Match>
        <Match when={identity.me() === null}>
          <main class="flex h-full">
            <h1 class="sr-only">Parley</h1>
            <Show
              when={identity.users().length > 0}
              fallback={
                <Notice title={simulationWords.none} text={simulationWords.chooseName}>
                  <FirstUser />
                </Notice>
              }
            >
              <Notice title={simulationWords.unknown(route().as ?? '')} text={simulationWords.chooseWho}>
                <Later chunk={actingAs} fallback={null}>
                  {({ ActingAsAnyone }) => <ActingAsAnyone identity={identity} />}
                </Later>
              </Notice>
            </Show>
          </main>
        </Match>
      </Switch>
      <Show when={!identity.me()}>
        <NoticeStack />
      </Show>
    </IdentityProvider>
  );
}
