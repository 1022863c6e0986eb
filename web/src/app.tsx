import { Match, onMount, Show, Switch } from 'solid-js';
import { ActingAs } from './auth/acting-as';
import { createIdentity, IdentityProvider } from './auth/identity.store';
import { SessionScope } from './session-scope';
import { createChunk } from './ui/chunk';
import { Icon } from './ui/icon';
import { Notice } from './ui/notice';
import { NoticeStack } from './ui/notice-stack';
import { route } from './routing/router';
import { RoomsSkeleton } from './ui/skeleton';
import { words } from './words/words';

/** Finds out who this window acts as, then shows their chats. */
export function App() {
  const identity = createIdentity();
  return (
    <IdentityProvider value={identity}>
      <Switch>
        <Match when={identity.me()} keyed>
          {(me) => <SessionScope me={me} />}
        </Match>
        <Match when={identity.hasFailed()}>
          <main class="flex h-full">
            <h1 class="sr-only">Parley</h1>
            <Notice
              icon={<Icon name="alert" class="size-7" />}
              title={words.unreachable.title}
              text={words.unreachable.text}
            >
              <button
                type="button"
                class="button-primary"
                aria-disabled={identity.isTrying()}
                onClick={() => identity.retry()}
              >
                {words.retry}
              </button>
            </Notice>
          </main>
        </Match>
        <Match when={identity.me() === null}>
          <main class="flex h-full">
            <h1 class="sr-only">Parley</h1>
            <Show
              when={identity.users().length > 0}
              fallback={
                <Notice title={words.user.none} text={words.user.chooseName}>
                  <FirstUser />
                </Notice>
              }
            >
              <Notice title={words.user.unknown(route().as ?? '')} text={words.user.chooseWho}>
                <ActingAs />
              </Notice>
            </Show>
          </main>
        </Match>
        <Match when={identity.me() === undefined}>
          <main class="h-full md:w-80 lg:w-96">
            <h1 class="sr-only">Parley</h1>
            <RoomsSkeleton />
          </main>
        </Match>
      </Switch>
      <Show when={!identity.me()}>
        <NoticeStack />
      </Show>
    </IdentityProvider>
  );
}

/** The form for an empty database, whose code is loaded only then. */
function FirstUser() {
  const form = createChunk(
    words.notLoaded.firstUser,
    async () => (await import('./auth/first-user')).FirstUser,
  );
  onMount(() => form.demand(() => undefined));
  return (
    <Show when={form.content()}>
      {(loaded) => {
        const Form = loaded();
        return <Form />;
      }}
    </Show>
  );
}
