import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { PROTOCOL_VERSION } from '@parley/shared';
import { CLIENT_FRAMES } from '../realtime/client-frames.dto.js';
import { SERVER_FRAMES } from '../realtime/server-frames.dto.js';
import { RoomChangesDto } from '../realtime/server-frames.dto.js';
import { toJsonSchema, type Json } from './json-schema.js';

const DESCRIPTION = `
Private one-to-one chat. **Simulation**: there is no login, a request names the user it acts as, in
\`?active_user=\` or in \`active_user_id\` of its body.

To try it: open \`GET /api/users/\`, take two ids, make them a room with \`POST /api/rooms/create/\`, send with
\`POST /api/rooms/{room_id}/messages/\`. Real time is on the sockets, described in [/api/asyncapi.json](/api/asyncapi.json).

Ids are positive integers, times ISO-8601 UTC, errors RFC 9457 \`application/problem+json\`. A trailing slash is optional.`;

/** The calls and, apart from them, the schemas of the socket's frames, generated from the DTO classes in one go. */
export function describe(app: NestFastifyApplication): {
  openapi: OpenAPIObject;
  frames: Record<string, Json>;
} {
  const config = new DocumentBuilder()
    .setTitle('Parley')
    .setDescription(DESCRIPTION)
    .setVersion(String(PROTOCOL_VERSION))
    .setOpenAPIVersion('3.1.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .build();
  const frameDtos = new Set([...Object.values(CLIENT_FRAMES), ...Object.values(SERVER_FRAMES)]);
  const document = SwaggerModule.createDocument(app, config, { extraModels: [...frameDtos, RoomChangesDto] });

  const schemas = (document.components?.schemas ?? {}) as unknown as Record<string, Json>;
  const all = toJsonSchema(schemas) as Record<string, Json>;
  const frameNames = new Set([...frameDtos, RoomChangesDto].map((dto) => dto.name));
  const ofCalls = Object.fromEntries(Object.entries(all).filter(([name]) => !frameNames.has(name)));

  const openapi = toJsonSchema(document as unknown as Json) as unknown as OpenAPIObject;
  openapi.components = {
    ...openapi.components,
    schemas: ofCalls as unknown as NonNullable<OpenAPIObject['components']>['schemas'] & {},
  };
  openapi.paths = Object.fromEntries(
    Object.entries(openapi.paths).map(([path, item]) => [path.startsWith('/api/') ? `${path}/` : path, item]),
  );
  return { openapi, frames: all };
}
