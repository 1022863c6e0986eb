import { Parser } from '@asyncapi/parser';
import {
  ACK_DOCS,
  CLIENT_FRAME_DOCS,
  CLOSE_CODE_DOCS,
  CLOSE_CODES,
  ERROR_CODES,
  PROTOCOL_VERSION,
  SERVER_FRAME_DOCS,
  type Room,
  type ServerFrame,
  type User,
} from '@parley/shared';
import { Spectral, type RulesetDefinition } from '@stoplight/spectral-core';
import { asyncapi as asyncapiRules } from '@stoplight/spectral-rulesets';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import ts from 'typescript';
import { fieldsOf } from '../../../src/http/valid.pipe.js';
import { CLIENT_FRAMES } from '../../../src/realtime/client-frames.dto.js';
import { SERVER_FRAMES } from '../../../src/realtime/server-frames.dto.js';
import type { SocketKind } from '../../support/contract.js';
import { Parley } from '../../support/parley.js';

// The parser, the linter and the generator need some 10 s of CPU each, and the machine has other work.
jest.setTimeout(120_000);

type Json = Record<string, unknown>;
type Ref = { $ref: string };
interface Operation {
  action: 'send' | 'receive';
  channel: Ref;
  summary: string;
  messages: Ref[];
  reply?: { channel: Ref; messages: Ref[] };
}
interface AsyncApi {
  info: { version: string; description: string } & Json;
  servers: Record<string, { host: string; protocol: string }>;
  channels: Record<string, { address: string; messages: Record<string, Ref>; bindings: Json }>;
  operations: Record<string, Operation>;
  components: {
    schemas: Record<string, Json>;
    messages: Record<
      string,
      { name: string; summary: string; description: string; payload: Ref; examples: { payload: Json }[] }
    >;
  };
}

let parley: Parley;
let text: string;
let document: AsyncApi;
beforeAll(async () => {
  parley = await Parley.start({ LOG_LEVEL: 'silent', TEXT_MAX_LENGTH: '123' });
  document = (await parley.get<AsyncApi>('/api/asyncapi.json')).body;
  text = JSON.stringify(document);
});
afterAll(() => parley.stop());

const nameIn = ({ $ref }: Ref) => $ref.split('/').at(-1)!;
const operationsOf = (kind: SocketKind) =>
  Object.values(document.operations).filter(({ channel }) => channel.$ref === `#/channels/${kind}Socket`);

/** Types of the frames that the server receives or sends on a socket. */
const typesOf = (kind: SocketKind, action: string) =>
  operationsOf(kind)
    .filter((operation) => operation.action === action)
    .map(({ messages: [message] }) => document.components.messages[nameIn(message!)]!.name)
    .toSorted();

describe('the AsyncAPI document', () => {
  it('has no error or warning in the official parser', async () => {
    const { document: parsed, diagnostics } = await new Parser().parse(text);
    expect(diagnostics.filter(({ severity }) => severity <= 1)).toEqual([]);
    expect(parsed?.version()).toBe('3.0.0');
  });

  it('has no error or warning in Spectral', async () => {
    const spectral = new Spectral();
    spectral.setRuleset({
      extends: [[asyncapiRules as RulesetDefinition, 'all']],
      // The project has neither a website nor an address for mail.
      rules: { 'asyncapi-info-contact-properties': 'off' },
    });
    const found = await spectral.run(JSON.parse(text) as Json);
    expect(found.filter(({ severity }) => severity <= 1)).toEqual([]);
  });

  it('has every frame of a client and of the server, on the sockets that have it', () => {
    const client = Object.keys(CLIENT_FRAMES);
    const server = Object.keys(SERVER_FRAMES);
    expect(typesOf('user', 'receive')).toEqual(client.toSorted());
    expect(typesOf('user', 'send')).toEqual(server.toSorted());
    expect(typesOf('room', 'receive')).toEqual(client.filter((type) => type !== 'sync').toSorted());
    expect(typesOf('room', 'send')).toEqual(
      server
        .filter(
          (type) => !['hello', 'room', 'settings', 'sharing', 'user_settings', 'profile'].includes(type),
        )
        .toSorted(),
    );
  });

  it('answers every frame of a client with one ack, or an error', () => {
    for (const { action, channel, reply } of Object.values(document.operations)) {
      if (action === 'send') expect(reply).toBeUndefined();
      else {
        expect(reply!.channel).toEqual(channel);
        expect(reply!.messages.map(nameIn)).toEqual([expect.stringMatching(/Ack$/), 'ErrorServerFrame']);
      }
    }
    const acks = operationsOf('user').flatMap(({ reply }) => reply?.messages.map(nameIn)[0] ?? []);
    expect(acks).toEqual(
      'MessageAck TypingAck ReceiptAck ReceiptAck EditAck ReactAck DeleteAck SyncAck PingAck'.split(' '),
    );
  });

  it('says of every frame what shared/ says, and gives an example that its schema and the other side accept', () => {
    const docs = [CLIENT_FRAME_DOCS, SERVER_FRAME_DOCS, ACK_DOCS].flatMap((all) => Object.values(all));
    const summaries = new Set<string>(docs.map(({ summary }) => summary));
    const used = Object.entries(document.components.messages).map(
      ([name, { summary, description, payload, examples }]) => {
        expect(payload).toEqual({ $ref: `#/components/schemas/${name}` });
        expect(description.length).toBeGreaterThan(10);
        expect({ name, isValid: parley.contract.isValid(payload, examples[0]!.payload) }).toEqual({
          name,
          isValid: true,
        });
        return summary;
      },
    );
    expect(new Set(used)).toEqual(summaries);
  });

  it('has examples of client frames that are accepted as they stand', async () => {
    // Of the example users, alice has the id 1 and bob the id 2.
    const { body: room } = await parley.post<Room>('/api/rooms/create/', { user_id: 2, active_user_id: 1 });
    expect(room.id).toBe(1);
    // What the examples change and delete.
    for (const id of [1, 2]) expect(await parley.send(1, 1, 'Helo bob')).toMatchObject({ id });
    for (const kind of ['user', 'room'] as const) {
      const socket = await (kind === 'user' ? parley.userSocket(1) : parley.roomSocket(1));
      for (const { name } of parley.contract.clientPayloads(kind)) {
        const { ref: _, ...frame } = document.components.messages[name]!.examples[0]!.payload;
        expect({ frame, answer: (await socket.ask(frame)).type }).toEqual({ frame, answer: 'ack' });
      }
    }
  });

  it('names the limits, the codes and the server that are in force', () => {
    expect(document.components.schemas.MessageFrame).toMatchObject({
      properties: { text: { maxLength: 123 } },
    });
    expect(document.info).toMatchObject({
      version: String(PROTOCOL_VERSION),
      'x-limits': { text_max_length: 123, frame_max_bytes: 65_536 },
      'x-error-codes': Object.entries(ERROR_CODES).map(([code, { retry }]) => ({
        code,
        retry,
        meaning: expect.stringMatching(/\.$/) as string,
      })),
      'x-close-codes': Object.entries(CLOSE_CODES).map(([name, { code, reconnect }]) => ({
        code,
        name,
        reconnect,
        meaning: CLOSE_CODE_DOCS[name as keyof typeof CLOSE_CODES],
      })),
    });
    for (const { code } of Object.values(CLOSE_CODES))
      expect(document.info.description).toContain(`| ${code} |`);
    expect(document.servers).toEqual({
      this: expect.objectContaining({ host: parley.origin.replace('http://', ''), protocol: 'ws' }) as Json,
    });
    const { userSocket, roomSocket } = document.channels;
    expect([userSocket!.address, roomSocket!.address]).toEqual(['/ws', '/ws/chat/{room_id}']);
    expect(userSocket!.bindings).toMatchObject({
      ws: {
        query: { properties: { active_user: {} }, required: ['active_user'] },
        headers: { properties: { Origin: {} } },
      },
    });
  });

  it('has no schema that nothing uses, and none without a name', () => {
    const { schemas } = document.components;
    for (const name of Object.keys(schemas)) {
      expect({ name, isUsed: text.includes(`"#/components/schemas/${name}"`) }).toEqual({
        name,
        isUsed: true,
      });
    }
    for (const { payload } of Object.values(document.components.messages)) {
      expect(Object.keys(payload)).toEqual(['$ref']);
    }
    expect(Object.keys(schemas).filter((name) => /Dto|Anonymous/.test(name))).toEqual([]);
  });
});

describe('types generated from the AsyncAPI document', () => {
  let code: string;
  beforeAll(() => {
    code = execFileSync(process.execPath, [join(__dirname, '../../support/generate-types.mjs')], {
      input: text,
      encoding: 'utf8',
    });
  });

  it('have the names of the frames', () => {
    const names = [...code.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name!);
    expect(names).toEqual(
      expect.arrayContaining([
        'MessageFrame',
        'TypingFrame',
        'ReadFrame',
        'DeliveredFrame',
        'SyncFrame',
        'RoomSocketMessageFrame',
        'MessageServerFrame',
        'HelloServerFrame',
        'ErrorServerFrame',
        'MessageAck',
        'ReceiptAck',
        'SyncAck',
        'Message',
        'Room',
        'User',
        'ErrorCode',
      ]),
    );
    expect(names.toSorted()).toEqual([...Object.keys(document.components.schemas), 'Frames'].toSorted());
  });

  it('compile, and fit what two users really send and receive', async () => {
    const { room, a, b } = await parley.newRoom();
    const [ofA, ofB] = [await parley.userSocket(a.id), await parley.userSocket(b.id)];
    const sent: [string, Json][] = [
      ['MessageFrame', { type: 'message', room_id: room.id, text: 'recorded' }],
      ['TypingFrame', { type: 'typing', room_id: room.id }],
      ['SyncFrame', { type: 'sync', rooms: { [room.id]: 0, 999: 1 } }],
    ];
    const received: [string, ServerFrame][] = [];
    const acks = ['MessageAck', 'TypingAck', 'SyncAck'];
    for (const [i, [, frame]] of sent.entries()) received.push([acks[i]!, await ofA.ask(frame)]);
    sent.push(['ReadFrame', { type: 'read', room_id: room.id, seq: 1 }]);
    received.push(['ReceiptAck', await ofB.ask(sent.at(-1)![1])]);
    received.push(['ErrorServerFrame', await ofB.ask({ type: 'read', room_id: room.id })]);
    received.push(['ReadServerFrame', await ofA.next('read')]);
    received.push(['MessageServerFrame', await ofB.next('message')], ['HelloServerFrame', ofA.frames[0]!]);

    const uses = [...sent, ...received].map(
      ([name, frame], i) => `export const recorded${i}: ${name} = ${JSON.stringify(frame)};`,
    );
    expect(mistakesIn(`${code}\n${uses.join('\n')}`)).toEqual([]);
    // And refuse what is wrong: the test would not notice types of `any`.
    expect(
      mistakesIn(
        `${code}\nexport const wrong: ReadFrame = { type: 'read', room_id: 1, seq: 1, message_id: 2 };`,
      ),
    ).toHaveLength(1);
  });
});

describe('the protocol version', () => {
  /** What clients may send in each version. A field or frame that is new needs a new version: see docs/protocol.md. */
  const SENDABLE: Record<number, Record<string, string[]>> = {
    1: {
      message: ['client_id', 'reply_to', 'room_id', 'sender_id', 'text'],
      typing: ['room_id', 'sender_id'],
      read: ['message_id', 'room_id', 'sender_id', 'seq'],
      delivered: ['message_id', 'room_id', 'sender_id', 'seq'],
      sync: ['first_room_id', 'last_room_id', 'rooms'],
      ping: [],
    },
    2: {
      message: ['attachments', 'client_id', 'reply_to', 'room_id', 'sender_id', 'text'],
      typing: ['room_id', 'sender_id'],
      read: ['message_id', 'room_id', 'sender_id', 'seq'],
      delivered: ['message_id', 'room_id', 'sender_id', 'seq'],
      edit: ['message_id', 'sender_id', 'text'],
      delete: ['message_id', 'sender_id'],
      react: ['emoji', 'message_id', 'on', 'sender_id'],
      sync: ['first_room_id', 'last_room_id', 'rooms'],
      ping: [],
    },
    3: {
      message: ['attachments', 'client_id', 'reply_to', 'room_id', 'sender_id', 'text'],
      typing: ['room_id', 'sender_id'],
      read: ['message_id', 'room_id', 'sender_id', 'seq'],
      delivered: ['message_id', 'room_id', 'sender_id', 'seq'],
      edit: ['message_id', 'sender_id', 'text'],
      delete: ['message_id', 'sender_id'],
      react: ['emoji', 'message_id', 'on', 'sender_id'],
      sync: ['first_room_id', 'last_room_id', 'listing_rev', 'rooms'],
      ping: [],
    },
  };

  it('says exactly what clients may send', () => {
    const fields = Object.entries(CLIENT_FRAMES).map(([type, dto]) => [
      type,
      [...new Set(fieldsOf(dto))].toSorted(),
    ]);
    expect(Object.fromEntries(fields)).toEqual(SENDABLE[PROTOCOL_VERSION]);
  });

  it('is in the first frame, so that a newer client knows what an older server accepts', async () => {
    const user: User = await parley.newUser();
    const socket = await parley.userSocket(user.id);
    expect(socket.frames[0]).toMatchObject({ type: 'hello', protocol: PROTOCOL_VERSION });
    const newer = { type: 'typing', room_id: 1, from_protocol_2: true };
    expect(await socket.ask(newer)).toMatchObject({
      code: 'bad_frame',
      message: 'from_protocol_2: is not a field of this frame',
    });
    expect(await socket.ask({ type: 'frame_of_protocol_2' })).toMatchObject({ code: 'unknown_type' });
  });
});

/** What the compiler says of a module, in strict mode and without any library. */
function mistakesIn(source: string): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === 'frames.ts'
      ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022)
      : getSourceFile.call(host, name, ...rest);
  const program = ts.createProgram(['frames.ts'], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
