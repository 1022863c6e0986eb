import type { User } from '@parley/shared';
import { createEffect, onCleanup, untrack } from 'solid-js';
import { SessionProvider, sessionOf, socketUrl } from './auth/session';
import { Layout } from './layout';
import { ChatProvider, createChat } from './realtime/chat.store';
import { createRooms, RoomsProvider } from './rooms/rooms.store';
import { words } from './words/words';

/** The stores of one user in this window, on one socket. Another user gets stores of its own. */
export function SessionScope(props: { me: User }) {
  const session = untrack(() => sessionOf(props.me));
  const chat = createChat(session.user.id, socketUrl(session));
  const rooms = createRooms(chat, session);

  createEffect(() => {
    document.title = words.appTitle(rooms.unreadTotal());
  });
  onCleanup(() => (document.title = words.appTitle(0)));

  return (
    <SessionProvider value={session}>
      <ChatProvider value={chat}>
        <RoomsProvider value={rooms}>
          <Layout />
        </RoomsProvider>
      </ChatProvider>
    </SessionProvider>
  );
}
