import type { User } from '@parley/shared';
import { createMemo, type JSX } from 'solid-js';
import type { Chat } from '../realtime/chat.store';
import { perChat } from '../realtime/per-chat';
import { handleOf, nameOf } from '../users/name-of';

/** The names that more than one of the user's chats has. */
const sharedNames = perChat((chat) =>
  createMemo<ReadonlySet<string>>(
    () => {
      const { rooms, users } = chat.state();
      const seen = new Set<string>();
      const shared = new Set<string>();
      for (const { room } of Object.values(rooms)) {
        const [a, b] = room.users;
        const peer = a.id === chat.me ? b : a;
        const name = nameOf(users[peer.id] ?? peer);
        (seen.has(name) ? shared : seen).add(name);
      }
      return shared;
    },
    new Set(),
    { equals: (a, b) => a.size === b.size && [...a].every((name) => b.has(name)) },
  ),
);

/** What the other of a chat is called in the list: with the handle where another chat has that name too. */
export function nameInList(peer: User, chat: Chat): JSX.Element {
  const handle = handleOf(peer);
  const name = nameOf(peer);
  if (handle === '' || !sharedNames(chat)().has(name)) return name;
  return (
    <>
      {name} <span class="text-sm font-normal text-muted">{handle}</span>
    </>
  );
}
