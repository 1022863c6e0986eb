import type { Message, Room, ServerFrame } from '@parley/shared';
import { accountTools, type Person } from './accounts.js';
import type { Answer, Parley } from './parley.js';
import { bearer } from './sessions.js';
import type { TestSocket } from './test-socket.js';

/** What people do to one another, at a server. */
export function privacyTools(parley: () => Parley) {
  const { newPerson, roomOf, open } = accountTools(parley);

  const as = <Body = unknown>(
    person: Person,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer<Body>> =>
    parley().call<Body>(method, path, {
      headers: bearer(person.token),
      ...(body === undefined ? {} : { body }),
    });

  /** The room in the list of a person; undefined: it is not there. */
  async function listed(person: Person, roomId: number): Promise<Room | undefined> {
    return (await as<Room[]>(person, 'GET', '/api/rooms/')).body.find(({ id }) => id === roomId);
  }

  async function roomAs(person: Person, roomId: number): Promise<Room> {
    return (await as<Room>(person, 'GET', `/api/rooms/${roomId}/`)).body;
  }

  async function send(person: Person, roomId: number, text: string): Promise<Message> {
    const { status, body } = await as<Message>(person, 'POST', `/api/rooms/${roomId}/messages/`, { text });
    expect(status).toBe(201);
    return body;
  }

  /** A room of two new people, with one message of the first. */
  async function newRequest(): Promise<{ a: Person; b: Person; room: Room }> {
    const [a, b] = [await newPerson(), await newPerson()];
    const room = await roomOf(a, b);
    await send(a, room.id, 'first');
    return { a, b, room };
  }

  /** The same, accepted by the second. */
  async function newChat(): Promise<{ a: Person; b: Person; room: Room }> {
    const chat = await newRequest();
    expect((await as(chat.b, 'POST', `/api/rooms/${chat.room.id}/accept/`)).status).toBe(200);
    return chat;
  }

  const block = (person: Person, other: Person) => as(person, 'POST', `/api/users/${other.user.id}/block/`);
  const unblock = (person: Person, other: Person) =>
    as(person, 'DELETE', `/api/users/${other.user.id}/block/`);

  return { as, newPerson, roomOf, open, listed, roomAs, send, newRequest, newChat, block, unblock };
}

/** Frames of a socket that say something of a user: receipts, typing and presence. */
export function signsOf(socket: TestSocket, userId: number): ServerFrame[] {
  return socket.frames.filter((frame) => 'user_id' in frame && frame.user_id === userId);
}

/** The member of a room, as the room was answered. */
export function memberOf({ members }: Room, { user }: Person) {
  return members.find(({ user_id }) => user_id === user.id)!;
}

/** The user in a room, as the room was answered. */
export function userIn({ users }: Room, { user }: Person) {
  return users.find(({ id }) => id === user.id)!;
}
