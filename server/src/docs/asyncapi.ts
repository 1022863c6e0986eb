import {
  ACK_DOCS,
  CLIENT_FRAME_DOCS,
  CLOSE_CODE_DOCS,
  CLOSE_CODES,
  ERROR_CODE_DOCS,
  ERROR_CODES,
  MAX_REF_LENGTH,
  PROTOCOL_VERSION,
  SERVER_FRAME_DOCS,
  type ClientFrameType,
  type FrameDoc,
} from '@parley/shared';
import type { Limits } from '../config/config.js';
import { CLIENT_FRAMES } from '../realtime/client-frames.dto.js';
import { LEGACY_FRAMES } from '../realtime/frame-reader.js';
import { ACKS, SERVER_FRAMES } from '../realtime/server-frames.dto.js';
import type { Json } from './json-schema.js';

type JsonObject = Record<string, Json>;
type Schema = JsonObject & { properties: JsonObject; required: string[] };
/** The user socket `/ws`, or a room socket `/ws/chat/{room_id}`. */
type Socket = 'user' | 'room';

/** A frame of a socket: the component schema and message of this name. */
interface Frame {
  readonly name: string;
  readonly type: string;
  readonly tag: keyof typeof TAGS;
  readonly schema: JsonObject;
  /** Schemas that `schema` refers to, besides those of the DTOs. */
  readonly parts: JsonObject;
  readonly doc: FrameDoc<object>;
  readonly example: JsonObject;
}

const DESCRIPTION = `
The frames of the two sockets. A frame is one JSON object with a \`type\`. A client frame may carry a \`ref\`: the server
then answers exactly one \`ack\` or \`error\` with the same \`ref\`. Clients ignore frame types and fields that they do not
know; the server refuses those that it does not know. Operations are named from the side of the server: a client sends
what the server receives (\`userReceives…\`, \`roomReceives…\`) and gets what the server sends.

| close code | meaning | reconnect |
| --- | --- | --- |
${Object.entries(CLOSE_CODES)
  .map(([name, { code, reconnect }]) => row(String(code), closeMeaning(name), reconnect ? 'yes' : 'no'))
  .join('\n')}

| error code | meaning | retry |
| --- | --- | --- |
${Object.entries(ERROR_CODES)
  .map(([code, { retry }]) => row(`\`${code}\``, errorMeaning(code), retry ? 'yes' : 'no'))
  .join('\n')}`;

const TAGS = {
  connection: 'Opening and keeping up a socket.',
  messages: 'Sending and receiving messages.',
  presence: 'Who is online, who is typing.',
  receipts: 'What has arrived and what is read.',
  rooms: 'The list of rooms, and catching up.',
} as const;

const TAG_OF: Record<string, keyof typeof TAGS> = {
  message: 'messages',
  updated: 'messages',
  typing: 'presence',
  presence: 'presence',
  read: 'receipts',
  delivered: 'receipts',
  sync: 'rooms',
  room: 'rooms',
  resync: 'rooms',
  hello: 'connection',
  ping: 'connection',
  error: 'connection',
};

/** Fields of server frames that only the user socket has. Those that it always has are required there. */
const USER_SOCKET_FIELDS: Record<string, { always: readonly string[]; sometimes: readonly string[] }> = {
  MessageServerFrame: { always: ['rev', 'unread_count'], sometimes: [] },
  MessageAck: { always: ['rev', 'unread_count'], sometimes: [] },
  ReadServerFrame: { always: [], sometimes: ['unread_count'] },
  DeliveredServerFrame: { always: [], sometimes: ['unread_count'] },
};

const REF: Json = {
  oneOf: [{ type: 'string', maxLength: MAX_REF_LENGTH }, { type: 'number' }],
  description: 'Asks for an answer, which carries the same `ref`.',
};

/** A socket's frames as AsyncAPI sees them: what the client sends, what the server sends by itself, and the answers. */
interface Channel {
  readonly client: readonly (Frame & { readonly ack: Frame })[];
  readonly server: readonly Frame[];
}

/**
 * AsyncAPI 3 of the sockets, from the DTO classes that check the frames and from the texts in shared/. Without `servers`:
 * see {@link withServer}.
 */
export function asyncApi(dtoSchemas: JsonObject, limits: Limits): JsonObject {
  const dtos = withErrorCode(withoutSuffix(dtoSchemas) as Record<string, Schema>);
  const user = channelOf('user', dtos, limits, null);
  const room = channelOf('room', dtos, limits, user);
  const frames = [user, room].flatMap(({ client, server }) => [
    ...client.flatMap((frame) => [frame, frame.ack]),
    ...server,
  ]);
  return {
    // Not 3.1 yet: the generators of types (Modelina 5) do not read it.
    asyncapi: '3.0.0',
    info: {
      title: 'Parley sockets',
      version: String(PROTOCOL_VERSION),
      description: DESCRIPTION,
      contact: { name: 'The Parley project' },
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      'x-close-codes': Object.entries(CLOSE_CODES).map(([name, { code, reconnect }]) => ({
        code,
        name,
        reconnect,
        meaning: closeMeaning(name),
      })),
      'x-error-codes': Object.entries(ERROR_CODES).map(([code, { retry }]) => ({
        code,
        retry,
        meaning: errorMeaning(code),
      })),
      'x-limits': {
        frame_max_bytes: limits.frameBytes,
        text_max_length: limits.textLength,
        ref_max_length: MAX_REF_LENGTH,
      },
    },
    defaultContentType: 'application/json',
    channels: {
      userSocket: channelObject(user, {
        address: '/ws',
        title: 'User socket',
        summary: 'Everything of one user: all rooms on one socket.',
        description: 'The first frame is `hello`. A trailing slash is optional.',
        bindings: bindings('The user of the socket.', true),
      }),
      roomSocket: channelObject(room, {
        address: '/ws/chat/{room_id}',
        title: 'Room socket',
        summary: 'One room.',
        description:
          'Made for legacy clients. `room_id` is implied, and frames name their user by `sender_id`. A trailing slash is optional.',
        parameters: { room_id: { description: 'Id of the room.' } },
        bindings: bindings('The user of the socket. Without it the first frame names the user.', false),
      }),
    },
    operations: { ...operationsOf('user', user), ...operationsOf('room', room) },
    components: {
      schemas: reachable(frames, dtos),
      messages: Object.fromEntries(frames.map((frame) => [frame.name, messageOf(frame)])),
      correlationIds: {
        ref: {
          location: '$message.payload#/ref',
          description: 'The `ref` of a client frame, and of its answer.',
        },
      },
    },
  };
}

/** The document with the server that it was asked from. */
export function withServer(document: JsonObject, host: string, isSecure: boolean): JsonObject {
  const { asyncapi = '', info = {}, ...rest } = document;
  const servers = {
    this: { host, protocol: isSecure ? 'wss' : 'ws', description: 'The server that this document is from.' },
  };
  return { asyncapi, info, servers, ...rest };
}

/** @param other a channel whose frames are taken over where they are the same. */
function channelOf(
  socket: Socket,
  dtos: Record<string, Schema>,
  limits: Limits,
  other: Channel | null,
): Channel {
  const known = new Map(
    [...(other?.server ?? []), ...(other?.client ?? []).map(({ ack }) => ack)].map((one) => [one.name, one]),
  );
  const served = (name: string, type: string, dto: Schema, doc: FrameDoc<object>): Frame => {
    const frame = serverFrame(socket, name, type, dto, doc);
    const same = known.get(name);
    if (!same || JSON.stringify(same.schema) !== JSON.stringify(frame.schema)) return frame;
    return same;
  };
  const client = keysOf(CLIENT_FRAMES)
    .filter((type) => socket === 'user' || type !== 'sync')
    .map((type) => ({
      ...clientFrame(socket, type, dtos[nameOf(CLIENT_FRAMES[type])]!, limits),
      ack: served(nameOf(ACKS[type]), 'ack', dtos[nameOf(ACKS[type])]!, ACK_DOCS[type]),
    }));
  const server = keysOf(SERVER_FRAMES)
    .filter((type) => socket === 'user' || (type !== 'hello' && type !== 'room'))
    .map((type) =>
      served(`${pascal(type)}ServerFrame`, type, dtos[nameOf(SERVER_FRAMES[type])]!, SERVER_FRAME_DOCS[type]),
    );
  return { client, server };
}

function clientFrame(socket: Socket, type: ClientFrameType, dto: Schema, limits: Limits): Frame {
  const doc: FrameDoc<object> = CLIENT_FRAME_DOCS[type];
  const name = `${prefix(socket)}${pascal(type)}Frame`;
  const required = new Set(dto.required);
  const hasRoom = 'room_id' in dto.properties;
  if (hasRoom && socket === 'user') required.add('room_id');
  const properties: JsonObject = { type: { type: 'string', const: type }, ref: REF };
  for (const [field, schema] of Object.entries(dto.properties)) {
    const described = { ...(schema as JsonObject), ...FIELD_DOCS[socket][field] };
    if (field === 'text') described.maxLength = limits.textLength;
    properties[field] = required.has(field) ? described : nullable(described);
  }
  const whole = (title: string, more: JsonObject, alsoRequired: string[]): JsonObject => ({
    type: 'object',
    title,
    description: doc.summary,
    properties: { ...properties, ...more },
    required: ['type', ...required, ...alsoRequired],
    additionalProperties: socket === 'room' && LEGACY_FRAMES.has(type),
  });
  const example =
    socket === 'room' && hasRoom
      ? { ...without(doc.example as JsonObject, ['room_id']), sender_id: 1 }
      : (doc.example as JsonObject);
  const frame = { name, type, tag: TAG_OF[type]!, doc, example };
  if (!('seq' in dto.properties)) return { ...frame, schema: whole(name, {}, []), parts: {} };

  // Names its message by one of two fields: two shapes, each of which closes the other's field.
  const nothing = { type: 'null', description: 'Not together with the other one.' };
  const ids = dto.properties as { seq: Json; message_id: Json };
  const bySeq = `${prefix(socket)}${pascal(type)}SeqFrame`;
  const byMessage = `${prefix(socket)}${pascal(type)}MessageFrame`;
  required.delete('room_id');
  const parts = {
    [bySeq]: whole(
      bySeq,
      {
        seq: ids.seq,
        message_id: nothing,
        ...(socket === 'user' ? { room_id: dto.properties.room_id! } : {}),
      },
      socket === 'user' ? ['room_id', 'seq'] : ['seq'],
    ),
    [byMessage]: whole(
      byMessage,
      {
        message_id: ids.message_id,
        seq: nothing,
        ...(socket === 'user' ? { room_id: nullable(dto.properties.room_id as JsonObject) } : {}),
      },
      ['message_id'],
    ),
  };
  const schema = { title: name, description: doc.summary, oneOf: Object.keys(parts).map(schemaRef) };
  return { ...frame, schema, parts };
}

const FIELD_DOCS: Record<Socket, Record<string, JsonObject>> = {
  user: {
    sender_id: { description: 'May be left out. Another user than that of the socket is `forbidden`.' },
  },
  room: {
    room_id: { description: 'May be left out. Another room than that of the socket is `forbidden`.' },
    sender_id: {
      description:
        'The user who sends it, a member of the room. Needed as long as the socket has no user (`unauthorized`), neither by `?active_user=` nor by an earlier frame. A `read` or `delivered` by `message_id` may go without: it is the receiver’s.',
    },
  },
};

function serverFrame(socket: Socket, name: string, type: string, dto: Schema, doc: FrameDoc<object>): Frame {
  const { always, sometimes } = USER_SOCKET_FIELDS[name] ?? { always: [], sometimes: [] };
  const isOther = socket === 'room' && always.length + sometimes.length > 0;
  const dropped = isOther ? [...always, ...sometimes] : [];
  const title = isOther ? `RoomSocket${name}` : name;
  const schema: JsonObject = {
    type: 'object',
    title,
    description: doc.summary,
    properties: { type: { type: 'string', const: type }, ...without(dto.properties ?? {}, dropped) },
    required: ['type', ...(dto.required ?? []), ...(isOther ? [] : always)],
  };
  const example = without(doc.example as JsonObject, dropped);
  return { name: title, type, tag: tagOfServerFrame(name, type), schema, parts: {}, doc, example };
}

function tagOfServerFrame(name: string, type: string): keyof typeof TAGS {
  if (type !== 'ack') return TAG_OF[type]!;
  const asked = keysOf(ACKS).find((client) => nameOf(ACKS[client]) === name);
  return TAG_OF[asked!]!;
}

function messageOf({ name, type, tag, doc, example }: Frame): Json {
  return {
    name: type,
    title: name,
    summary: doc.summary,
    description: doc.description,
    tags: [{ name: tag }],
    ...('ref' in example ? { correlationId: { $ref: '#/components/correlationIds/ref' } } : {}),
    payload: schemaRef(name),
    examples: [{ name, summary: doc.summary, payload: example }],
  };
}

function channelObject({ client, server }: Channel, rest: JsonObject): Json {
  const names = new Set([...client.flatMap((frame) => [frame.name, frame.ack.name]), ...server.map(nameIn)]);
  return {
    ...rest,
    messages: Object.fromEntries([...names].map((name) => [name, { $ref: `#/components/messages/${name}` }])),
  };
}

/** AsyncAPI tells `send` and `receive` from the server's point of view. */
function operationsOf(socket: Socket, { client, server }: Channel): JsonObject {
  const channel = { $ref: `#/channels/${socket}Socket` };
  const refTo = (name: string) => ({ $ref: `#/channels/${socket}Socket/messages/${name}` });
  const operations: JsonObject = {};
  for (const { name, type, tag, doc, ack } of client) {
    operations[`${socket}Receives${pascal(type)}`] = {
      action: 'receive',
      channel,
      title: name,
      summary: doc.summary,
      description: doc.description,
      tags: [{ name: tag }],
      messages: [refTo(name)],
      reply: { channel, messages: [refTo(ack.name), refTo('ErrorServerFrame')] },
    };
  }
  for (const { name, type, tag, doc } of server) {
    operations[`${socket}Sends${pascal(type)}`] = {
      action: 'send',
      channel,
      title: name,
      summary: doc.summary,
      description: doc.description,
      tags: [{ name: tag }],
      messages: [refTo(name)],
    };
  }
  return operations;
}

function bindings(description: string, isRequired: boolean): Json {
  const id = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };
  return {
    ws: {
      method: 'GET',
      query: {
        type: 'object',
        properties: { active_user: { ...id, description: `${description} Simulation only; given once.` } },
        ...(isRequired ? { required: ['active_user'] } : {}),
      },
      headers: {
        type: 'object',
        properties: {
          Origin: {
            type: 'string',
            description: 'Sent by browsers: the origin of the server, or one of `ALLOWED_ORIGINS`.',
          },
        },
      },
      bindingVersion: '0.1.0',
    },
  };
}

/** The schemas of the frames, and everything that they refer to. */
function reachable(frames: readonly Frame[], dtos: Record<string, Schema>): JsonObject {
  const own: JsonObject = Object.assign(
    {},
    ...frames.map(({ name, schema, parts }) => ({ [name]: schema, ...parts })),
  );
  const found: JsonObject = {};
  const visit = (name: string): void => {
    if (name in found) return;
    const schema = own[name] ?? dtos[name];
    if (schema === undefined) throw new Error(`There is no schema ${name}.`);
    found[name] = schema;
    for (const [, next] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/(\w+)"/g)) visit(next!);
  };
  for (const { name } of frames) visit(name);
  return found;
}

/** Component schemas are called like the types of the wire, not like the classes. */
function withoutSuffix(schemas: JsonObject): JsonObject {
  const text = JSON.stringify(schemas).replace(/(#\/components\/schemas\/\w+?)Dto"/g, '$1"');
  const renamed = JSON.parse(text) as JsonObject;
  return Object.fromEntries(
    Object.entries(renamed).map(([name, schema]) => [name.replace(/Dto$/, ''), schema]),
  );
}

/** With the error codes as a schema of their own, so that generated code has a name for them. */
function withErrorCode(dtos: Record<string, Schema>): Record<string, Schema> {
  const { ErrorServerFrame: frame } = dtos;
  if (!frame) throw new Error('There is no schema ErrorServerFrame.');
  const properties = { ...frame.properties, code: schemaRef('ErrorCode') };
  const code = { title: 'ErrorCode', ...(frame.properties.code as Schema) };
  return { ...dtos, ErrorServerFrame: { ...frame, properties }, ErrorCode: code };
}

function nullable(schema: JsonObject): JsonObject {
  return typeof schema.type === 'string' ? { ...schema, type: [schema.type, 'null'] } : schema;
}

function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

function row(...cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function closeMeaning(name: string): string {
  return CLOSE_CODE_DOCS[name as keyof typeof CLOSE_CODE_DOCS];
}

function errorMeaning(code: string): string {
  return ERROR_CODE_DOCS[code as keyof typeof ERROR_CODE_DOCS];
}

const keysOf = <T extends object>(object: T) => Object.keys(object) as (keyof T & string)[];
const nameOf = ({ name }: { name: string }) => name.replace(/Dto$/, '');
const nameIn = ({ name }: { name: string }) => name;
const prefix = (socket: Socket) => (socket === 'room' ? 'RoomSocket' : '');
const pascal = (type: string) => type.charAt(0).toUpperCase() + type.slice(1);
const schemaRef = (name: string) => ({ $ref: `#/components/schemas/${name}` });
