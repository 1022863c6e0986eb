import { createEffect, createMemo, untrack, type JSX } from 'solid-js';
import { SessionProvider, socketUrl, type Session } from './auth/session';
import { Layout } from './layout';
import { messageActions } from './messages/actions/load-message-actions';
import { ChatProvider, createChat } from './realtime/chat.store';
import { createRooms, RoomsProvider } from './rooms/rooms.store';
import { loadSecond, secondLoad } from './second-load/second-load';

interface SessionScopeProps {
  session: Session;
  /** Who the user is, and the menu of the account: below the list. */
  account: JSX.Element;
}

/** The stores of one user in this window, on one socket. Another user gets stores of its own. */
export function SessionScope(props: SessionScopeProps) {
  const session = untrack(() => props.session);
  const chat = createChat(session.user.id, socketUrl(session), session.urlOf);
  const rooms = createRooms(chat, session);

  createEffect(() => rooms.isReady() && loadSecond());
  createEffect(() => secondLoad().content()?.beginSession(chat, rooms, session));

  // What becomes of a change to a message, also of one from before a reload.
  const hasChanges = createMemo(() => chat.state().outbox.some(({ kind }) => kind !== 'send'));
  createEffect(() => hasChanges() && messageActions().prepare());
  createEffect(() => messageActions().content()?.reportChanges(chat));

  return (
    <SessionProvider value={session}>
      <ChatProvider value={chat}>
        <RoomsProvider value={rooms}>
          <Layout account={props.account} />
        </RoomsProvider>
      </ChatProvider>
    </SessionProvider>
  );
}
