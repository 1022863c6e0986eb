import { Match, Show, Switch, type JSX } from 'solid-js';
import { PaletteButton } from './actions/palette-button';
import { NewChatButton } from './rooms/new-chat-button';
import { RoomList } from './rooms/room-list';
import { RoomView } from './rooms/room-view';
import { useRooms } from './rooms/rooms.store';
import { Brand } from './ui/brand';
import { Icon } from './ui/icon';
import { Notice } from './ui/notice';
import { NoticeStack } from './ui/notice-stack';
import { Later } from './ui/later';
import { SearchButton } from './search/search-button';
import { secondLoad } from './second-load/second-load';
import { isList, markedRoomId, openRoomId } from './routing/router';
import { words } from './words/words';

interface LayoutProps {
  /** Who the user is, and the menu of the account: below the list. */
  account: JSX.Element;
}

/** List and room side by side; on a phone one at a time. */
export function Layout(props: LayoutProps) {
  return (
    <>
      <a class="skip-link" href="#room">
        {words.chat.skipTo}
      </a>
      <main class="relative flex h-full">
        <div class="list-pane" classList={{ 'max-md:hidden': !isList() }}>
          <header class="list-header">
            <Show when={isList()}>
              <h1 class="sr-only">Parley</h1>
            </Show>
            <Brand />
            <SearchButton />
            <NewChatButton />
          </header>
          <PaletteButton />
          <RoomList openId={markedRoomId() ?? openRoomId()} />
          <footer class="account-bar">{props.account}</footer>
        </div>
        <div
          id="room"
          class="min-w-0 flex-1 bg-canvas -outline-offset-2"
          classList={{ 'max-md:hidden': isList() }}
          tabIndex={-1}
        >
          <RoomPane />
        </div>
        <NoticeStack>
          <Show when={secondLoad().content()} keyed>
            {({ ConnectionBanner }) => <ConnectionBanner />}
          </Show>
        </NoticeStack>
        <Show when={secondLoad().content()} keyed>
          {({ PageActions }) => <PageActions />}
        </Show>
      </main>
    </>
  );
}

function RoomPane() {
  const rooms = useRooms();
  const openId = () => {
    const roomId = openRoomId();
    return roomId !== null && rooms.get(roomId) ? roomId : undefined;
  };
  return (
    <div class="flex h-full flex-col">
      <Switch>
        <Match when={isList()}>
          <Notice
            icon={<Icon name="chat" class="size-7" />}
            title={words.chat.pick}
            text={words.chat.pickText}
          />
        </Match>
        <Match when={openId()} keyed>
          {(id) => <Show when={rooms.get(id)}>{(room) => <RoomView room={room()} />}</Show>}
        </Match>
        <Match when={rooms.isReady()}>
          <Later chunk={secondLoad()} fallback={<h1 class="sr-only">Parley</h1>}>
            {({ RoomNotFound }) => <RoomNotFound />}
          </Later>
        </Match>
        <Match when={!rooms.isReady()}>
          <h1 class="sr-only">Parley</h1>
          <Later chunk={secondLoad()} fallback={null}>
            {({ MessagesSkeleton }) => <MessagesSkeleton />}
          </Later>
        </Match>
      </Switch>
    </div>
  );
}
