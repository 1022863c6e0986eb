import type { User } from '@parley/shared';
import { createEffect, onCleanup, untrack } from 'solid-js';
import { AskerProvider, askerOf, socketUrl } from './auth/asker';
import { createOutbox, OutboxProvider } from './messages/outbox.store';
import { createReceipts, ReceiptsProvider } from './messages/receipts.store';
import { Layout } from './layout';
import { ChatProvider, createChat } from './realtime/chat.store';
import { createRooms, RoomsProvider } from './rooms/rooms.store';

/** Everything of one user in this window: one socket and the stores on it. Another user gets all of it anew. */
export function Session(props: { me: User }) {
  const asker = untrack(() => askerOf(props.me));
  const chat = createChat(asker.user.id, socketUrl(asker));
  const rooms = createRooms(chat, asker);
  const outbox = createOutbox(chat);
  const receipts = createReceipts(chat);

  createEffect(() => {
    const unread = rooms.unreadTotal();
    document.title = unread > 0 ? `(${unread}) Parley` : 'Parley';
  });
  onCleanup(() => (document.title = 'Parley'));

  return (
    <AskerProvider value={asker}>
      <ChatProvider value={chat}>
        <RoomsProvider value={rooms}>
          <OutboxProvider value={outbox}>
            <ReceiptsProvider value={receipts}>
              <Layout />
            </ReceiptsProvider>
          </OutboxProvider>
        </RoomsProvider>
      </ChatProvider>
    </AskerProvider>
  );
}
