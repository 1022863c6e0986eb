import { emptied } from '@parley/client';
import { batch } from 'solid-js';
import type { Chat } from '../realtime/chat.store';
import { readLocal } from '../ui/local-json';
import { LAST_VIEW, type Kept, type LastView } from './last-view';

/** Shows what is kept until the server says more. It does nothing to what is known better. */
export function showKept(chat: Chat, { rooms, page }: Kept): void {
  const now = new Date().toISOString();
  batch(() => {
    chat.dispatch({
      type: 'restored',
      rooms: rooms.map((room) => ({
        ...room,
        last_message: room.last_message && emptied(room.last_message, now),
      })),
    });
    if (page)
      chat.dispatch({
        type: 'page-loaded',
        roomId: page.id,
        requestedAtRev: page.rev,
        page: { results: page.messages.map((message) => emptied(message, now)) },
      });
  });
}

/** Shows what a window of this user has shown last. */
export function showLastView(chat: Chat): void {
  const view = readLocal<LastView>(LAST_VIEW);
  if (view?.me === chat.me) showKept(chat, view);
}
