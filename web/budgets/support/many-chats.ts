import type { Room, User } from '@parley/shared';
import type { Server } from '../../e2e/support/server';

/** Requests at a time. */
const AT_A_TIME = 20;

/** A chat, and who the other is. */
export interface Chat {
  room: Room;
  peer: User;
}

/** Chats of a user, with a message each. Half of them wait for an answer, and half are not read. */
export async function makeChats(server: Server, user: User, count: number): Promise<Chat[]> {
  const chats: Chat[] = [];
  for (let i = 0; i < count; i += AT_A_TIME) {
    const some = await Promise.all(
      Array.from({ length: AT_A_TIME }, async () => {
        const peer = await server.person('peer');
        return { peer, room: await server.room(user, peer) };
      }),
    );
    await Promise.all(some.map(({ room, peer }, n) => server.send(room, n % 2 ? user : peer, 'Hello')));
    chats.push(...some);
  }
  return chats;
}
