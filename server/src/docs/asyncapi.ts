import { CLOSE_CODES, PROTOCOL_VERSION } from '@parley/shared';
import { CLIENT_FRAMES } from '../realtime/client-frames.dto.js';
import { SERVER_FRAMES } from '../realtime/server-frames.dto.js';
import type { Json } from './json-schema.js';

const DESCRIPTION = `
The frames of the two sockets. A frame is one JSON object with a \`type\`. A client frame may carry a \`ref\` (string or
number): the server then answers exactly one \`ack\` or \`error\` with the same \`ref\`.

Close codes: ${Object.entries(CLOSE_CODES)
  .map(([name, { code, reconnect }]) => `${code} ${name}${reconnect ? '' : ' (do not reconnect)'}`)
  .join(', ')}.`;

const REF: Json = {
  oneOf: [{ type: 'string', maxLength: 200 }, { type: 'number' }],
  description: 'Asks for an answer.',
};

/** AsyncAPI 3 of the sockets, from the same DTO classes that check the frames and describe the calls. */
export function asyncApi(schemas: Record<string, Json>): Json {
  const client = messagesOf(CLIENT_FRAMES, 'client', schemas);
  const server = messagesOf(SERVER_FRAMES, 'server', schemas);
  const messages = { ...client, ...server };
  const onUser = Object.keys(messages);
  const onRoom = onUser.filter((name) => !['client.sync', 'server.hello', 'server.room'].includes(name));
  return {
    asyncapi: '3.0.0',
    info: { title: 'Parley sockets', version: String(PROTOCOL_VERSION), description: DESCRIPTION },
    defaultContentType: 'application/json',
    channels: {
      user: channel(onUser, { address: '/ws/', description: 'Everything of one user: `?active_user=<id>`.' }),
      room: channel(onRoom, {
        address: '/ws/chat/{room_id}/',
        description: 'One room. `room_id` is implied; `sender_id` names the user.',
        parameters: { room_id: { description: 'Id of the room.' } },
      }),
    },
    operations: {
      userClientSends: operation('user', 'receive', onUser),
      userServerSends: operation('user', 'send', onUser),
      roomClientSends: operation('room', 'receive', onRoom),
      roomServerSends: operation('room', 'send', onRoom),
    },
    components: { schemas, messages },
  };
}

/** A message per frame: its DTO's schema with the `type`, and for clients the `ref`. */
function messagesOf(
  frames: Record<string, { name: string }>,
  side: 'client' | 'server',
  schemas: Record<string, Json>,
): Record<string, Json> {
  const messages: Record<string, Json> = {};
  for (const [type, dto] of Object.entries(frames)) {
    const schema = schemas[dto.name] as { properties?: Record<string, Json>; required?: string[] };
    const refOfClient: Record<string, Json> = side === 'client' ? { ref: REF } : {};
    messages[`${side}.${type}`] = {
      name: type,
      payload: {
        ...schema,
        properties: { type: { const: type }, ...refOfClient, ...schema.properties },
        required: ['type', ...(schema.required ?? [])],
      },
    };
  }
  return messages;
}

function channel(names: string[], rest: Record<string, Json>): Json {
  return {
    ...rest,
    messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
  };
}

/** What one side sends on a channel. AsyncAPI tells it from the server's point of view. */
function operation(channelName: string, action: 'send' | 'receive', names: string[]): Json {
  const side = action === 'receive' ? 'client.' : 'server.';
  const sent = names.filter((name) => name.startsWith(side));
  return {
    action,
    channel: { $ref: `#/channels/${channelName}` },
    messages: sent.map((name) => ({ $ref: `#/channels/${channelName}/messages/${name}` })),
  };
}
