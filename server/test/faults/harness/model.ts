import fc from 'fast-check';
import type { Message } from '@parley/shared';
import type { Change, ChatClient } from './chat-client.js';
import type { Pair } from './database.js';
import type { OwnRedis } from './own-redis.js';
import type { ServerProcess } from './processes.js';
import { sleep } from './wait.js';

/** What should be: how many messages each user has sent to each room, what became of them, and who is away. */
export interface Model {
  /** By `<user>/<room>`, both as positions. */
  sent: Map<string, number>;
  /** What has been done to messages, by their id. */
  changed: Map<number, ModelMessage>;
  away: Set<number>;
}

/** A message that was changed. What its users did to it holds, except what a deletion has ended or overtaken. */
export interface ModelMessage {
  /** Null: it was never edited. */
  text: string | null;
  isDeleted: boolean;
  /** By `<user id> <emoji>`. */
  reactions: Map<string, boolean>;
}

/** What is: three people, the three rooms that they have, two servers. */
export interface Real {
  clients: readonly ChatClient[];
  rooms: readonly Pair[];
  servers: readonly ServerProcess[];
  redis: OwnRedis;
  acks: Promise<unknown>[];
}

type Step = fc.AsyncCommand<Model, Real>;

/** The two rooms of each of the three: of room n, people n and n + 1. */
const roomsOf = (who: number): [number, number] => [who, (who + 2) % 3];

class Send implements Step {
  constructor(
    private readonly who: number,
    private readonly which: 0 | 1,
    /** Picks the message that it answers. */
    private readonly answers: number | null,
  ) {}
  check = () => true;
  async run(model: Model, { clients, rooms, acks }: Real): Promise<void> {
    const at = roomsOf(this.who)[this.which];
    const n = (model.sent.get(`${this.who}/${at}`) ?? 0) + 1;
    model.sent.set(`${this.who}/${at}`, n);
    const client = clients[this.who];
    const roomId = rooms[at]?.roomId ?? 0;
    const known = client?.room(roomId).messages ?? [];
    const original = this.answers === null ? undefined : known[this.answers % known.length];
    // Not awaited: what is sent while away goes out later.
    if (client) acks.push(client.send(roomId, `model ${this.who}-${n}`, original));
  }
  toString = () => `send(${this.who}, ${this.which}, ${this.answers})`;
}

/** What is done to one of the messages that the user has by then, also while away. */
abstract class ChangeStep implements Step {
  constructor(
    private readonly who: number,
    private readonly which: 0 | 1,
    private readonly pick: number,
  ) {}
  check = () => true;
  async run(model: Model, { clients, rooms, acks }: Real): Promise<void> {
    const client = clients[this.who];
    const roomId = rooms[roomsOf(this.who)[this.which]]?.roomId ?? 0;
    const all = client?.room(roomId).messages.filter((message) => this.mayChange(message, client)) ?? [];
    const message = all[this.pick % all.length];
    if (client && message) acks.push(this.act(client, message, model));
  }
  protected mayChange(message: Message, { userId }: ChatClient): boolean {
    return message.sender.id === userId;
  }
  protected abstract act(client: ChatClient, message: Message, model: Model): Promise<unknown>;
  toString = () => `${this.constructor.name.toLowerCase()}(${this.who}, ${this.which}, ${this.pick})`;
}

function modelOf({ changed }: Model, { id }: Message): ModelMessage {
  const known = changed.get(id) ?? { text: null, isDeleted: false, reactions: new Map<string, boolean>() };
  changed.set(id, known);
  return known;
}

class Edit extends ChangeStep {
  static #edits = 0;
  protected act(client: ChatClient, message: Message, model: Model): Promise<unknown> {
    const text = `edit ${++Edit.#edits}`;
    const known = modelOf(model, message);
    if (!known.isDeleted) known.text = text;
    return done(client, message, { kind: 'edit', text });
  }
}

class Delete extends ChangeStep {
  protected act(client: ChatClient, message: Message, model: Model): Promise<unknown> {
    modelOf(model, message).isDeleted = true;
    return done(client, message, { kind: 'delete' });
  }
}

class React extends ChangeStep {
  protected override mayChange = () => true;
  protected act(client: ChatClient, message: Message, model: Model): Promise<unknown> {
    const emoji = ['👍', '❤️'][message.seq % 2]!;
    const { reactions } = modelOf(model, message);
    const key = `${client.userId} ${emoji}`;
    const on = !(reactions.get(key) ?? false);
    reactions.set(key, on);
    return done(client, message, { kind: 'react', emoji, on });
  }
}

/** Only what is deleted by then refuses a change. */
async function done(client: ChatClient, message: Message, change: Change): Promise<void> {
  const refusal = await client.change(message, change);
  if (refusal !== null && refusal !== 'deleted') throw new Error(`${JSON.stringify(change)}: ${refusal}`);
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
    // Its text may be another one by now.
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

class RestartRedis implements Step {
  check = () => true;
  async run(_: Model, { redis }: Real): Promise<void> {
    await redis.kill();
    await sleep(50);
    await redis.restart();
  }
  toString = () => 'restart Redis';
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

/** A message of each user in each room, so that there is something to change from the beginning. */
export async function sendFirst(model: Model, real: Real): Promise<void> {
  for (const side of [0, 1] as const) {
    for (const who of real.clients.keys()) await new Send(who, side, null).run(model, real);
  }
  await Promise.all(real.acks);
}

/** Any course of events. Killing a server takes seconds: only where there is time. */
export function anyCourse(length: number, mayKill: boolean): fc.Arbitrary<Iterable<Step>> {
  const who = fc.nat({ max: 2 });
  const side = fc.constantFrom<0 | 1>(0, 1);
  const pick = fc.nat({ max: 20 });
  const send = fc.tuple(who, side, fc.option(pick, { freq: 1 })).map((args) => new Send(...args));
  const target = fc.tuple(who, side, pick);
  const steps: fc.Arbitrary<Step>[] = [
    send,
    send,
    send,
    target.map((args) => new Edit(...args)),
    target.map((args) => new React(...args)),
    target.map((args) => new React(...args)),
    target.map((args) => new Delete(...args)),
    who.map((one) => new Leave(one)),
    who.map((one) => new Return(one)),
    who.map((one) => new Cut(one)),
    fc.tuple(who, side).map((args) => new Repeat(...args)),
    fc.nat({ max: 30 }).map((ms) => new Wait(ms)),
    side.map((one) => new Freeze(one)),
    fc.constant(new LoseSubscribers()),
    fc.constant(new RestartRedis()),
    ...(mayKill ? [side.map((one) => new Kill(one))] : []),
  ];
  return fc.commands(steps, { maxCommands: length, size: 'max' });
}
