import {
  CLIENT_FRAME_SCOPES,
  CLOSE_CODE_DOCS,
  CLOSE_CODES,
  ERROR_CODE_DOCS,
  ERROR_CODES,
  MAX_REF_LENGTH,
  PROTOCOL_VERSION,
  SESSION_COOKIE,
  type AuthMode,
  type ClientFrameType,
  type TokenScope,
} from '@parley/shared';
import type { Json } from '../json-schema.js';
import { channelOf, TAGS, type Channel, type DocumentedLimits, type Frame, type Socket } from './frames.js';
import {
  pascal,
  reachable,
  schemaRef,
  withErrorCode,
  withoutSuffix,
  type JsonObject,
  type Schema,
} from './schemas.js';

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

/**
 * AsyncAPI 3 of the sockets, from the DTO classes that check the frames and from the texts in shared/. Without `servers`:
 * see {@link withServer}.
 */
export function asyncApi(dtoSchemas: JsonObject, limits: DocumentedLimits, authMode: AuthMode): JsonObject {
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
        bindings: bindings(authMode, 'The user of the socket.', true),
      }),
      roomSocket: channelObject(room, {
        address: '/ws/chat/{room_id}',
        title: 'Room socket',
        summary: 'One room.',
        description:
          'Made for legacy clients. `room_id` is implied, and frames name their user by `sender_id`. A trailing slash is optional.',
        parameters: { room_id: { description: 'Id of the room.' } },
        bindings: bindings(
          authMode,
          'The user of the socket. Without it the first frame names the user.',
          false,
        ),
      }),
    },
    operations: { ...operationsOf('user', user, authMode), ...operationsOf('room', room, authMode) },
    components: {
      schemas: reachable(frames, dtos),
      messages: Object.fromEntries(frames.map((frame) => [frame.name, messageOf(frame)])),
      ...(authMode === 'accounts' ? { securitySchemes: SECURITY_SCHEMES } : {}),
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
  const names = new Set([
    ...client.flatMap((frame) => [frame.name, frame.ack.name]),
    ...server.map(({ name }) => name),
  ]);
  return {
    ...rest,
    messages: Object.fromEntries([...names].map((name) => [name, { $ref: `#/components/messages/${name}` }])),
  };
}

/** In AsyncAPI `send` and `receive` are named from the side of the server. */
function operationsOf(socket: Socket, { client, server }: Channel, authMode: AuthMode): JsonObject {
  const isAccounts = authMode === 'accounts';
  const channel = { $ref: `#/channels/${socket}Socket` };
  const refTo = (name: string) => ({ $ref: `#/channels/${socket}Socket/messages/${name}` });
  const described = ({ name, tag, doc }: Frame) => ({
    channel,
    title: name,
    summary: doc.summary,
    description: doc.description,
    tags: [{ name: tag }],
    messages: [refTo(name)],
    ...(isAccounts ? { security: SECURITY } : {}),
  });
  const operations: JsonObject = {};
  for (const frame of client) {
    const operation = described(frame);
    const scope = CLIENT_FRAME_SCOPES[frame.type as ClientFrameType];
    operations[`${socket}Receives${pascal(frame.type)}`] = {
      action: 'receive',
      ...operation,
      ...(isAccounts ? { description: `${operation.description}\n\n${NEEDS[scope]}`, 'x-scope': scope } : {}),
      reply: { channel, messages: [refTo(frame.ack.name), refTo('ErrorServerFrame')] },
    };
  }
  for (const frame of server) {
    operations[`${socket}Sends${pascal(frame.type)}`] = { action: 'send', ...described(frame) };
  }
  return operations;
}

/** In simulation the URL names the user; with accounts a session proves it. */
function bindings(authMode: AuthMode, description: string, isRequired: boolean): Json {
  const id = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };
  return {
    ws: {
      method: 'GET',
      ...(authMode === 'simulation'
        ? {
            query: {
              type: 'object',
              properties: {
                active_user: { ...id, description: `${description} Simulation only; given once.` },
              },
              ...(isRequired ? { required: ['active_user'] } : {}),
            },
          }
        : {}),
      headers: {
        type: 'object',
        properties: {
          ...(authMode === 'accounts' ? SESSION_HEADERS : {}),
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

const SESSION_HEADERS = {
  Authorization: {
    type: 'string',
    description: '`Bearer` and an access token or the token of a session, from a program.',
  },
  Cookie: { type: 'string', description: 'Sent by browsers: the session cookie. Needs `Origin`.' },
};

/** How a handshake proves its user; the headers are in the bindings of the channels. */
const SECURITY_SCHEMES = {
  cookie: { type: 'httpApiKey', in: 'cookie', name: SESSION_COOKIE, description: 'A session in a browser.' },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A personal access token, or the token of a session.',
  },
};
const SECURITY = Object.keys(SECURITY_SCHEMES).map((name) => ({
  $ref: `#/components/securitySchemes/${name}`,
}));

/** What an access token needs to send a frame. */
const NEEDS: Readonly<Record<TokenScope, string>> = {
  read: '**Access tokens**: every one (`read`).',
  write: '**Access tokens**: those with the scope `write`.',
};

function row(...cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function closeMeaning(name: string): string {
  return CLOSE_CODE_DOCS[name as keyof typeof CLOSE_CODE_DOCS];
}

function errorMeaning(code: string): string {
  return ERROR_CODE_DOCS[code as keyof typeof ERROR_CODE_DOCS];
}
