import {
  ACK_DOCS,
  CLIENT_FRAME_DOCS,
  MAX_REF_LENGTH,
  SERVER_FRAME_DOCS,
  type ClientFrameType,
  type FrameDoc,
} from '@parley/shared';
import type { Limits } from '../../config/config.js';
import { CLIENT_FRAMES } from '../../realtime/client-frames.dto.js';
import { LEGACY_FRAMES } from '../../realtime/frame-reader.js';
import { ACKS, SERVER_FRAMES } from '../../realtime/server-frames.dto.js';
import type { Json } from '../json-schema.js';
import { nameOf, nullable, pascal, schemaRef, without, type JsonObject, type Schema } from './schemas.js';

/** The user socket `/ws`, or a room socket `/ws/chat/{room_id}`. */
export type Socket = 'user' | 'room';

/** A frame of a socket: the component schema and message of this name. */
export interface Frame {
  readonly name: string;
  readonly type: string;
  readonly tag: keyof typeof TAGS;
  readonly schema: JsonObject;
  /** Schemas that `schema` refers to, besides those of the DTOs. */
  readonly parts: JsonObject;
  readonly doc: FrameDoc<object>;
  readonly example: JsonObject;
}

export const TAGS = {
  connection: 'Opening and keeping up a socket.',
  messages: 'Sending and receiving messages.',
  presence: 'Who is online, who is typing.',
  receipts: 'What has arrived and what is read.',
  rooms: 'The list of rooms, and catching up.',
} as const;

const TAG_OF: Record<string, keyof typeof TAGS> = {
  message: 'messages',
  updated: 'messages',
  edit: 'messages',
  react: 'messages',
  delete: 'messages',
  typing: 'presence',
  presence: 'presence',
  read: 'receipts',
  delivered: 'receipts',
  sync: 'rooms',
  room: 'rooms',
  settings: 'rooms',
  sharing: 'rooms',
  user_settings: 'connection',
  profile: 'connection',
  resync: 'rooms',
  hello: 'connection',
  ping: 'connection',
  error: 'connection',
};

/** Server frames that only the user socket has. */
const USER_SOCKET_FRAMES = new Set(['hello', 'room', 'settings', 'sharing', 'user_settings', 'profile']);

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

/** A socket's frames as AsyncAPI sees them: client frames with their acks, and the other server frames. */
export interface Channel {
  readonly client: readonly (Frame & { readonly ack: Frame })[];
  readonly server: readonly Frame[];
}

/** Settings that stand in the document. */
export type DocumentedLimits = Pick<Limits, 'frameBytes' | 'textLength'> & { attachments: number };

/** @param other a channel whose frames are taken over where they are the same. */
export function channelOf(
  socket: Socket,
  dtos: Record<string, Schema>,
  limits: DocumentedLimits,
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
    .filter((type) => socket === 'user' || !USER_SOCKET_FRAMES.has(type))
    .map((type) =>
      served(`${pascal(type)}ServerFrame`, type, dtos[nameOf(SERVER_FRAMES[type])]!, SERVER_FRAME_DOCS[type]),
    );
  return { client, server };
}

function clientFrame(socket: Socket, type: ClientFrameType, dto: Schema, limits: DocumentedLimits): Frame {
  const doc: FrameDoc<object> = CLIENT_FRAME_DOCS[type];
  const name = `${prefix(socket)}${pascal(type)}Frame`;
  const required = new Set(dto.required);
  const hasRoom = 'room_id' in dto.properties;
  if (hasRoom && socket === 'user') required.add('room_id');
  const properties: JsonObject = { type: { type: 'string', const: type }, ref: REF };
  for (const [field, schema] of Object.entries(dto.properties)) {
    const described = { ...(schema as JsonObject), ...FIELD_DOCS[socket][field] };
    if (field === 'text') described.maxLength = limits.textLength;
    if (field === 'attachments') described.maxItems = limits.attachments;
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

const keysOf = <T extends object>(object: T) => Object.keys(object) as (keyof T & string)[];
const prefix = (socket: Socket) => (socket === 'room' ? 'RoomSocket' : '');
