import { createRoot } from 'solid-js';
import type { Chat } from './chat.store';

/** What parts of the page that come later derive of a chat store: made once for each, and gone with it. */
export function perChat<T>(make: (chat: Chat) => T): (chat: Chat) => T {
  const made = new WeakMap<Chat, T>();
  return (chat) => {
    let one = made.get(chat);
    if (one === undefined) made.set(chat, (one = createRoot(() => make(chat))));
    return one;
  };
}
