import { emptied } from '@parley/client';
import type { Message, Room } from '@parley/shared';
import { batch } from 'solid-js';
import type { Chat } from '../realtime/chat.store';
import { readLocal } from '../ui/local-json';

/** Where the browser keeps what a window has shown last, to be shown again without waiting for anything. */
export const LAST_VIEW = 'parley-view';

export interface KeptPage {
  /** Of the room. */
  id: number;
  /** Revision of the room. */
  rev: number;
  /** Oldest first, without a gap up to the newest one. */
  messages: readonly Message[];
}

/** Chats of a user, and messages of the one that is open. */
export interface Kept {
  rooms: readonly Room[];
  page?: KeptPage | undefined;
}

/** The first rows of the list, and the newest messages of the chat that was open. */
export interface LastView extends Kept {
  me: number;
}

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
