import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { SESSION_COOKIE, type AuthMode, type Problem } from '@parley/shared';
import { CreateAccessTokenDto } from '../accounts/access-tokens.dto.js';
import {
  ChangePasswordDto,
  LoginDto,
  NewAccountDto,
  ProvePasswordDto,
  RegisterDto,
} from '../accounts/accounts.dto.js';
import { DeleteMeDto, UpdateMeDto } from '../accounts/me.dto.js';
import { LinkIdentityDto } from '../accounts/oidc/identities.dto.js';
import { NewPasskeyDto, PasskeyAnswerDto, RenamePasskeyDto } from '../accounts/passkeys/passkeys.dto.js';
import { PUBLIC } from '../auth/public.js';
import { needOf, scopeMissing, SESSION_ONLY, sessionNeeded, type Need } from '../auth/scopes.js';
import { noSession } from '../auth/session.strategy.js';
import { CONFIG, type Config } from '../config/config.js';
import type { Constraint } from '../http/api-constraints.js';
import { BODY_PROBLEMS, MEANINGS } from '../http/api-problems.js';
import { problemOf } from '../http/problem.js';
import { CreateMessageDto, EditMessageDto } from '../messages/message.dto.js';
import { ReportRoomDto } from '../privacy/privacy.dto.js';
import { ChangeRoomSettingsDto } from '../privacy/room-settings.dto.js';
import { SetAvatarDto, UpdateProfileDto } from '../profiles/profiles.dto.js';
import { CreatePushSubscriptionDto } from '../push/push.dto.js';
import { SetTimerDto } from '../retention/timer.dto.js';
import { CLIENT_FRAMES } from '../realtime/client-frames.dto.js';
import {
  ACKS,
  RoomChangesDto,
  RoomListingChangeDto,
  SERVER_FRAMES,
  ServerLimitsDto,
} from '../realtime/server-frames.dto.js';
import { ChangeQuietHoursDto, ChangeUserSettingsDto } from '../settings/settings.dto.js';
import { CreateUserDto } from '../users/user.dto.js';
import { VERSION } from '../version/version.js';
import { exampleOf } from './example.js';
import { toJsonSchema, type Json } from './json-schema.js';

const MODES: Readonly<Record<AuthMode, string>> = {
  simulation: `
Private one-to-one chat. **Simulation**: there is no login, a request names the user it acts as, in
\`?active_user=\` or in \`active_user_id\` of its body.`,
  accounts: `
Private one-to-one chat. Every call but the public ones needs a session: the cookie that \`POST /api/auth/login/\` sets, or the
same token in \`Authorization: Bearer\`. A program better sends a personal access token there (\`POST /api/auth/tokens/\`): \`x-scope\`
of each call is the scope that it needs, or \`session\` where no access token is enough.`,
};

const DESCRIPTION = `

To try it: open \`GET /api/users/\`, take two ids, make them a room with \`POST /api/rooms/create/\`, send with
\`POST /api/rooms/{room_id}/messages/\`. Real time is on the sockets, described in [/api/asyncapi.json](/api/asyncapi.json).

Ids are positive integers, times ISO-8601 UTC, errors RFC 9457 \`application/problem+json\` with a \`code\` for programs.
A trailing slash is optional. A method that a path does not have is 405 with \`Allow\`. Rules that no schema can say are in
\`x-constraints\`.`;

/** In the order in which they are shown. */
const TAGS: [name: string, description: string][] = [
  ['Accounts', 'Registration, login and sessions.'],
  ['Users', 'The people who chat.'],
  ['Privacy', 'Requests, blocks, reports, and what each user shares.'],
  ['Rooms', 'The private rooms: two users each, one room a pair.'],
  ['Messages', 'What is said in a room, and how far it has been read.'],
  ['Attachments', 'The files of messages: uploads, and what becomes of them.'],
  ['Operations', 'For those who run the server: not needed for chatting.'],
];

/** Bodies in which an unknown field is refused. In those of the base contract it is ignored. */
const CLOSED_BODIES = [
  CreateUserDto,
  CreateMessageDto,
  EditMessageDto,
  RegisterDto,
  LoginDto,
  ChangePasswordDto,
  CreateAccessTokenDto,
  UpdateMeDto,
  DeleteMeDto,
  ChangeRoomSettingsDto,
  ReportRoomDto,
  SetTimerDto,
  ChangeUserSettingsDto,
  CreatePushSubscriptionDto,
  ChangeQuietHoursDto,
  UpdateProfileDto,
  SetAvatarDto,
  ProvePasswordDto,
  NewAccountDto,
  NewPasskeyDto,
  RenamePasskeyDto,
  LinkIdentityDto,
  PasskeyAnswerDto,
];

const HEADERS = {
  'X-Request-Id': header(
    'Id of the request, also in the server’s log. Taken over when the request has one.',
    {
      type: 'string',
      pattern: '^[\\w.-]{1,128}$',
    },
  ),
  'Retry-After': header('Seconds to wait before sending the same again.', { type: 'integer', minimum: 1 }),
  Location: header('Address of what was created.', { type: 'string', format: 'uri-reference' }),
  RateLimit: header(
    'What is left of the limit (`r`), and seconds until all of it is (`t`). Absent without one.',
    {
      type: 'string',
      example: '"messages";r=59;t=1',
    },
  ),
  'RateLimit-Policy': header('The limit: so many at once (`q`), which come back in so many seconds (`w`).', {
    type: 'string',
    example: '"messages";q=60;w=3',
  }),
};

const COOKIE_HEADER = {
  'Set-Cookie': header('The session.', {
    type: 'string',
    example: `${SESSION_COOKIE}=…; Max-Age=15552000; Path=/; HttpOnly; SameSite=Lax`,
  }),
};

/** The answers with which a session begins, changes its token, or ends. */
const SETS_COOKIE: Readonly<Record<string, string>> = {
  register: '201',
  logIn: '200',
  registerPasskey: '201',
  registerOidc: '201',
  logInPasskey: '200',
  logOut: '204',
  changePassword: '204',
  deleteMe: '204',
};

/** How a request proves its user. */
const SCHEMES = {
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: SESSION_COOKIE,
    description: 'A session in a browser, which sends the cookie by itself: nothing is to be filled in here.',
  },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A personal access token, or the token of a session. It comes before the cookie.',
  },
};

const NEEDS: Readonly<Record<Need, string>> = {
  read: '**Access tokens**: every one (`read`).',
  write: '**Access tokens**: those with the scope `write`.',
  session: '**Access tokens**: none. It needs a session.',
};

/** Schemas that only frames refer to. */
const FRAME_PARTS = [RoomChangesDto, RoomListingChangeDto, ServerLimitsDto];

type Schemas = Record<string, Json>;
interface Content {
  [type: string]: { schema?: Json; example?: Json; examples?: Json };
}
interface Operation {
  operationId: string;
  description: string;
  tags: string[];
  requestBody?: { content: Content };
  responses: Record<string, { description?: string; headers?: Record<string, Json>; content?: Content }>;
  parameters?: { name: string }[];
  security?: Record<string, string[]>[];
  'x-scope'?: Need;
  'x-constraints'?: Constraint[];
  [PUBLIC]?: true;
  [SESSION_ONLY]?: true;
}
type Paths = Record<string, Record<string, Operation>>;

/** The calls and, apart from them, the schemas of the socket's frames, generated from the DTO classes in one go. */
export function describe(app: NestFastifyApplication): {
  openapi: OpenAPIObject;
  frames: Schemas;
} {
  const settings = app.get<Config>(CONFIG);
  const config = new DocumentBuilder()
    .setTitle('Parley')
    .setDescription(MODES[settings.authMode] + DESCRIPTION)
    .setVersion(VERSION)
    .setOpenAPIVersion('3.1.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This server.')
    .build();
  const frameDtos = new Set([CLIENT_FRAMES, SERVER_FRAMES, ACKS].flatMap((dtos) => Object.values(dtos)));
  const document = SwaggerModule.createDocument(app, config, { extraModels: [...frameDtos, ...FRAME_PARTS] });

  const frames = toJsonSchema((document.components?.schemas ?? {}) as unknown as Json) as Schemas;
  const frameNames = new Set([...frameDtos, ...FRAME_PARTS].map((dto) => dto.name));
  document.components = {
    schemas: Object.fromEntries(
      Object.entries(document.components?.schemas ?? {}).filter(([name]) => !frameNames.has(name)),
    ),
  };
  return { openapi: refine(document, settings), frames };
}

/** What the decorators cannot say, or would have to say at every call. */
function refine(document: OpenAPIObject, config: Config): OpenAPIObject {
  const { info, paths, components, ...rest } = withoutSuffix(
    toJsonSchema(document as unknown as Json),
  ) as unknown as {
    info: Schemas;
    paths: Paths;
    components: { schemas: Schemas };
  };
  const { schemas } = components;
  for (const dto of CLOSED_BODIES) {
    const schema = schemas[nameOf(dto)];
    // Those of the other mode are not in the document.
    if (schema) objectAt(schemas, nameOf(dto)).additionalProperties = false;
  }
  if (config.accounts) withoutNames(schemas);
  for (const dto of [CreateMessageDto, EditMessageDto]) {
    const { properties } = objectAt(schemas, nameOf(dto));
    objectAt(properties as Schemas, 'text').maxLength = config.limits.textLength;
  }
  const message = objectAt(schemas, nameOf(CreateMessageDto)).properties as Schemas;
  objectAt(message, 'attachments').maxItems = config.attachments.max;
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item)) {
      if (config.accounts && path.startsWith('/api/')) requireSession(method, path, operation);
      if (method !== 'get' && method !== 'head')
        for (const body of BODY_PROBLEMS) addProblem(operation, body);
      delete operation[PUBLIC];
      delete operation[SESSION_ONLY];
      describeConstraints(operation);
      addHeaders(operation, path.startsWith('/api/'));
      addExamples(operation, schemas);
    }
  }
  const result = {
    ...rest,
    info: { ...info, contact: { name: 'The maintainers of Parley' } },
    // Of each call, in accounts mode.
    security: [],
    tags: TAGS.filter(([name]) => isTagUsed(paths, name)).map(([name, description]) => ({
      name,
      description,
    })),
    paths: inOrder(paths),
    components: {
      schemas,
      headers: config.accounts ? { ...HEADERS, ...COOKIE_HEADER } : HEADERS,
      ...(config.accounts ? { securitySchemes: SCHEMES } : {}),
    },
  };
  return result as unknown as OpenAPIObject;
}

/** The classes are called …Dto; for clients that are generated from the document the suffix says nothing. */
function withoutSuffix(document: Json): Json {
  const text = JSON.stringify(document).replace(
    /"#\/components\/schemas\/(\w+)Dto"/g,
    '"#/components/schemas/$1"',
  );
  const copy = JSON.parse(text) as { components: { schemas: Schemas } };
  copy.components.schemas = Object.fromEntries(
    Object.entries(copy.components.schemas).map(([name, schema]) => [name.replace(/Dto$/, ''), schema]),
  );
  return copy as unknown as Json;
}

function nameOf(dto: { name: string }): string {
  return dto.name.replace(/Dto$/, '');
}

function describeConstraints(operation: Operation): void {
  const rules = operation['x-constraints'] ?? [];
  for (const { description } of rules) operation.description += `\n\n- ${description}`;
}

function addHeaders({ operationId, responses }: Operation, isLimited: boolean): void {
  for (const [status, response] of Object.entries(responses)) {
    const names = ['X-Request-Id'];
    if (status === '429' || status === '503') names.push('Retry-After');
    if (operationId === 'createRoom' && status === '201') names.push('Location');
    if (SETS_COOKIE[operationId] === status) names.push('Set-Cookie');
    if (isLimited && ['200', '201', '429'].includes(status)) names.push('RateLimit', 'RateLimit-Policy');
    response.headers = Object.fromEntries(
      names.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
    );
  }
}

function addExamples({ requestBody, responses }: Operation, schemas: Schemas): void {
  for (const { content = {} } of [...(requestBody ? [requestBody] : []), ...Object.values(responses)]) {
    for (const body of Object.values(content))
      if (body.schema && !body.examples) body.example = exampleOf(body.schema, schemas);
  }
}

function isTagUsed(paths: Paths, tag: string): boolean {
  return Object.values(paths).some((item) => Object.values(item).some(({ tags }) => tags[0] === tag));
}

/** Documents an answer that the call does not name itself. */
function addProblem({ responses }: Operation, body: Problem): void {
  responses[body.status] ??= {
    description: MEANINGS[body.status] ?? body.title,
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: { [body.code]: { summary: body.detail, value: body as unknown as Json } },
      },
    },
  };
}

/** What all calls of accounts mode have in common. The names of the current user are for legacy clients. */
function requireSession(method: string, path: string, operation: Operation): void {
  const { responses, parameters, 'x-constraints': constraints } = operation;
  if (operation[PUBLIC]) {
    operation.security = [];
    operation.description += '\n\n**Public**: needs no session.';
  } else {
    const need = needOf(method.toUpperCase(), path, operation[SESSION_ONLY] === true);
    operation.security = Object.keys(SCHEMES).map((name) => ({ [name]: [] }));
    // OpenAPI 3.1 has roles in `security` too, but linters know only those of OAuth.
    operation['x-scope'] = need;
    operation.description += `\n\n${NEEDS[need]}`;
    addRefusal(responses, need);
    addProblem(operation, problemOf(noSession()));
  }
  if (parameters) operation.parameters = parameters.filter(({ name }) => name !== 'active_user');
  if (constraints) {
    operation['x-constraints'] = constraints.filter(
      ({ fields }) => !fields.some((field) => /active_user(_id)?$/.test(field)),
    );
  }
}

/** The 403 of an access token that may not do this. */
function addRefusal(responses: Operation['responses'], need: Need): void {
  const { content = {} } = responses['403'] ?? {};
  const examples = content['application/problem+json']?.examples as Schemas | undefined;
  // Every token reads.
  if (!examples || need === 'read') return;
  const value = problemOf(need === 'session' ? sessionNeeded() : scopeMissing(need));
  examples.forbidden_scope = { summary: value.detail, value: value as unknown as Json };
}

/** Schemas of bodies without the name of the current user. */
function withoutNames(schemas: Schemas): void {
  for (const schema of Object.values(schemas)) {
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) continue;
    const { properties, required } = schema;
    if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) continue;
    delete properties.active_user_id;
    if (Array.isArray(required)) schema.required = required.filter((name) => name !== 'active_user_id');
  }
}

/** Where the calls of a path are shown: the place of their tag. */
function rank(item: Record<string, Operation>): number {
  return TAGS.findIndex(([name]) => Object.values(item)[0]?.tags[0] === name);
}

/** By tag, in the order of the tags, with a slash at the end of the paths of the API. */
function inOrder(paths: Paths): Paths {
  const sorted = Object.entries(paths).toSorted(([, a], [, b]) => rank(a) - rank(b));
  return Object.fromEntries(
    sorted.map(([path, item]) => [path.startsWith('/api/') ? `${path}/` : path, item]),
  );
}

function objectAt(parent: Schemas, name: string): { [key: string]: Json } {
  const value = parent[name];
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`The document has no schema ${name}.`);
  return value;
}

function header(description: string, schema: Json): { description: string; schema: Json } {
  return { description, schema };
}
