import type { Room, User } from '@parley/shared';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Person } from './accounts.js';
import { privacyTools } from './privacy.js';
import type { TestSocket } from './test-socket.js';
import type { TwoServers } from './two-servers.js';

const CLIENT_IDS = ['1', '2', '3'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-000000000000`);

/** What a person sees: every answer, and the frames of each socket from now on. */
export class Eyes {
  #from: number[] = [];
  readonly answers: unknown[] = [];

  private constructor(
    readonly servers: TwoServers,
    readonly person: Person,
    /** On the near server, on the far one, and of the room. */
    readonly sockets: readonly [TestSocket, TestSocket, TestSocket],
  ) {}

  static async open(servers: TwoServers, person: Person, room: Room): Promise<Eyes> {
    const [near, far] = [privacyTools(() => servers.near), privacyTools(() => servers.far)];
    const path = `/ws/chat/${room.id}/`;
    const sockets = [
      await near.open(person.token),
      await far.open(person.token),
      await near.open(person.token, path),
    ] as const;
    return new Eyes(servers, person, sockets);
  }

  /** What came before does not count. */
  async begin(): Promise<void> {
    await this.settled();
    this.#from = this.sockets.map(({ frames }) => frames.length);
  }

  async settled(): Promise<void> {
    await sleep(50);
    for (const socket of this.sockets) await socket.settled();
  }

  /**
   * Everything that was seen. Names, ids and times are replaced by what they stand for. Acks count as answers: when a
   * frame of the other server comes before or after them depends on the machine.
   */
  seen(names: ReadonlyMap<number, string>): string {
    const frames = this.sockets.map((socket, i) =>
      socket.frames.slice(this.#from[i]).filter((frame) => !('ref' in frame)),
    );
    return JSON.stringify(
      [this.answers, ...frames],
      (key, value: unknown) => {
        if (typeof value === 'object' && value !== null && 'username' in value) {
          const { id, online, last_seen } = value as User;
          return { user: names.get(id), is: online, seen: last_seen && 'T' };
        }
        if (key === 'user_id' || key === 'sender_id') return names.get(value as number);
        if (key === 'id' || key === 'room_id' || key === 'message_id') return '#';
        if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value)) return 'T';
        if (key === 'unknown') return (value as number[]).length;
        return value;
      },
      1,
    );
  }
}

/** Everything that somebody can do in a chat and ask about it. */
export async function useEverything(eyes: Eyes, room: Room, other: Person): Promise<void> {
  const { person, answers } = eyes;
  const [socket, afar, ofRoom] = eyes.sockets;
  const inRoom = { room_id: room.id };
  const say = (text: string, client_id: string) => ({ type: 'message', ...inRoom, text, client_id });
  const base = `/api/rooms/${room.id}`;
  /** On a busy machine what two servers send can arrive in another order than it was sent in. */
  const isEverywhere = (text: string, sender: TestSocket) =>
    Promise.all(
      eyes.sockets
        .filter((one) => one !== sender)
        .map((one) => one.next('message', ({ message }) => message.text === text)),
    );
  answers.push(await socket.ask(say('one', CLIENT_IDS[0]!)));
  await isEverywhere('one', socket);
  answers.push(await afar.ask(say('two', CLIENT_IDS[1]!)));
  await isEverywhere('two', afar);
  answers.push(await socket.ask(say('one', CLIENT_IDS[0]!)));
  answers.push(await ofRoom.ask({ type: 'message', text: 'three', client_id: CLIENT_IDS[2]! }));
  for (const one of [socket, afar]) {
    answers.push(await one.ask({ type: 'typing', ...inRoom }));
    answers.push(await one.ask({ type: 'delivered', ...inRoom, seq: 99 }));
    answers.push(await one.ask({ type: 'read', ...inRoom, seq: 99 }));
    answers.push(await one.ask({ type: 'sync', rooms: {} }));
    answers.push(await one.ask({ type: 'sync', rooms: { [room.id]: 3 } }));
    answers.push(await one.ask(say('again', CLIENT_IDS[0]!)));
  }
  for (const [method, path, body] of [
    ['POST', `${base}/messages/`, { text: 'four' }],
    ['GET', '/api/rooms/'],
    ['GET', `${base}/`],
    ['GET', `${base}/messages/`],
    ['GET', `${base}/messages/?changed_since=0`],
    ['GET', `/api/users/?search=${other.user.username}`],
    ['GET', `/api/users/?search=${other.user.username.slice(2)}`],
    ['POST', '/api/rooms/create/', { user_id: other.user.id }],
    ['GET', `${base}/settings/`],
    ['POST', `${base}/accept/`],
    ['POST', `${base}/decline/`],
    ['GET', '/api/me/blocked/'],
  ] as const) {
    for (const { as: by } of [privacyTools(() => eyes.servers.near), privacyTools(() => eyes.servers.far)]) {
      const answer = await by(person, method, path, body);
      answers.push([answer.status, answer.body]);
    }
  }
  await eyes.settled();
}
