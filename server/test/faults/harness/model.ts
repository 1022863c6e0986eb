import fc from 'fast-check';
import type { Message } from '@parley/shared';
import type { ChatClient } from './chat-client.js';
import type { Pair } from './database.js';
import type { OwnRedis } from './own-redis.js';
import type { ServerProcess } from './processes.js';
import { sleep } from './wait.js';

/** What should be: how many messages each user has sent to each room, and who is away. */
export interface Model {
  /** By `<user>/<room>`, both as positions. */
  sent: Map<string, number>;
  away: Set<number>;
}

/** What is: three people, the three rooms that they have, two servers. */
export interface Real {
  clients: readonly ChatClient[];
  rooms: readonly Pair[];
  servers: readonly ServerProcess[];
  redis: OwnRedis;
  acks: Promise<Message>[];
}

type Step = fc.AsyncCommand<Model, Real>;

/** The two rooms of each of the three: of room n, people n and n + 1. */
const roomsOf = (who: number): [number, number] => [who, (who + 2) % 3];

class Send implements Step {
  constructor(
    private readonly who: number,
    private readonly which: 0 | 1,
  ) {}
  check = () => true;
  async run(model: Model, { clients, rooms, acks }: Real): Promise<void> {
    const at = roomsOf(this.who)[this.which];
    const n = (model.sent.get(`${this.who}/${at}`) ?? 0) + 1;
    model.sent.set(`${this.who}/${at}`, n);
    const client = clients[this.who];
    // Not awaited: what is sent while away goes out later.
    if (client) acks.push(client.send(rooms[at]?.roomId ?? 0, `model ${this.who}-${n}`));
  }
  toString = () => `send(${this.who}, ${this.which})`;
}

class Leave implements Step {
  constructor(private readonly who: number) {}
  check = ({ away }: Readonly<Model>) => !away.has(this.who);
  async run({ away }: Model, { clients }: Real): Promise<void> {
    away.add(this.who);
    clients[this.who]?.stop();
  }
  toString = () => `leave(${this.who})`;
}

class Return implements Step {
  constructor(private readonly who: number) {}
  check = ({ away }: Readonly<Model>) => away.has(this.who);
  async run({ away }: Model, { clients }: Real): Promise<void> {
    away.delete(this.who);
    clients[this.who]?.start();
  }
  toString = () => `return(${this.who})`;
}

class Cut implements Step {
  constructor(private readonly who: number) {}
  check = () => true;
  async run(_: Model, { clients }: Real): Promise<void> {
    clients[this.who]?.cut();
  }
  toString = () => `cut(${this.who})`;
}

/** The same client_id once more, over HTTP and either server: it must be the very same message. */
class Repeat implements Step {
  constructor(
    private readonly who: number,
    private readonly side: 0 | 1,
  ) {}
  check = () => true;
  async run(_: Model, { clients, servers }: Real): Promise<void> {
    const client = clients[this.who];
    const [clientId, first] = [...(client?.acked ?? [])].at(-1) ?? [];
    if (!client || !clientId || !first) return;
    const response = await fetch(`${servers[this.side]?.origin}/api/rooms/${first.room_id}/messages/`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ text: first.text, client_id: clientId, active_user_id: client.userId }),
    });
    const again = (await response.json()) as Message;
    if (response.status !== 200 || again.id !== first.id || again.seq !== first.seq) {
      throw new Error(`${first.text} was repeated as ${response.status} ${JSON.stringify(again)}`);
    }
  }
  toString = () => `repeat(${this.who}, ${this.side})`;
}

class Freeze implements Step {
  constructor(private readonly side: 0 | 1) {}
  check = () => true;
  async run(_: Model, { servers }: Real): Promise<void> {
    servers[this.side]?.signal('SIGSTOP');
    await sleep(100);
    servers[this.side]?.signal('SIGCONT');
  }
  toString = () => `freeze(${this.side})`;
}

class LoseSubscribers implements Step {
  check = () => true;
  async run(_: Model, { redis }: Real): Promise<void> {
    await redis.command('CLIENT', 'KILL', 'TYPE', 'pubsub');
  }
  toString = () => 'lose subscribers';
}

class Kill implements Step {
  constructor(private readonly side: 0 | 1) {}
  check = () => true;
  async run(_: Model, { servers }: Real): Promise<void> {
    await servers[this.side]?.kill();
    await servers[this.side]?.restart();
  }
  toString = () => `kill(${this.side})`;
}

class Wait implements Step {
  constructor(private readonly ms: number) {}
  check = () => true;
  run = async (): Promise<void> => sleep(this.ms);
  toString = () => `wait(${this.ms})`;
}

/** Any course of events. Killing a server takes seconds: only where there is time. */
export function anyCourse(length: number, mayKill: boolean): fc.Arbitrary<Iterable<Step>> {
  const who = fc.nat({ max: 2 });
  const side = fc.constantFrom<0 | 1>(0, 1);
  const send = fc.tuple(who, side).map((args) => new Send(...args));
  const steps: fc.Arbitrary<Step>[] = [
    send,
    send,
    send,
    who.map((one) => new Leave(one)),
    who.map((one) => new Return(one)),
    who.map((one) => new Cut(one)),
    fc.tuple(who, side).map((args) => new Repeat(...args)),
    fc.nat({ max: 30 }).map((ms) => new Wait(ms)),
    side.map((one) => new Freeze(one)),
    fc.constant(new LoseSubscribers()),
    ...(mayKill ? [side.map((one) => new Kill(one))] : []),
  ];
  return fc.commands(steps, { maxCommands: length, size: 'max' });
}
