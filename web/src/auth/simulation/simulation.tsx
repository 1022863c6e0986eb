import { Match, Show, Switch } from 'solid-js';
import { openRoomId, route } from '../../routing/router';
import { useRooms } from '../../rooms/rooms.store';
import { SessionScope } from '../../session-scope';
import { secondLoad } from '../../second-load/second-load';
import { Later } from '../../ui/later';
import { Notice } from '../../ui/notice';
import { NoticeStack } from '../../ui/notice-stack';
import { RoomsSkeleton } from '../../ui/skeleton';
import { simulationWords } from '../../words/words';
import { sessionOf } from '../session';
import { ActingAs } from './acting-as';
import { FirstUser } from './first-user';
import { createIdentity, IdentityProvider } from './identity.store';

/** The page of a server without login: finds out who this window acts as, then shows their chats. */
export function Simulation() {
  const identity = createIdentity();
  return (
    <IdentityProvider value={identity}>
      <Switch>
        <Match when={identity.me()} keyed>
          {(me) => (
            <SessionScope
              session={sessionOf(me, 'simulation')}
              account={<HeaderActingAs />}
              footer={<Label />}
            />
          )}
        </Match>
        <Match when={identity.hasFailed()}>
          <Later chunk={secondLoad()} fallback={<Waiting />}>
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
                <ActingAs />
              </Notice>
            </Show>
          </main>
        </Match>
        <Match when={identity.me() === undefined}>
          <Waiting />
        </Match>
      </Switch>
      <Show when={!identity.me()}>
        <NoticeStack />
      </Show>
    </IdentityProvider>
  );
}

function Waiting() {
  return (
    <main class="h-full md:w-80 lg:w-96">
      <h1 class="sr-only">Parley</h1>
      <RoomsSkeleton />
    </main>
  );
}

function HeaderActingAs() {
  const rooms = useRooms();

  /** The open room, for its own two users; the list for all others. */
  function roomFor(username: string): number | null {
    const roomId = openRoomId();
    const users = (roomId === null ? undefined : rooms.get(roomId))?.room.users ?? [];
    return users.some((user) => user.username === username) ? roomId : null;
  }

  return <ActingAs roomFor={roomFor} />;
}

/** Says what this page is, for somebody who finds it open. */
function Label() {
  return <p class="border-t border-line px-4 py-2 text-center text-xs text-muted">{simulationWords.label}</p>;
}
