import type { ClientFrameType, ServerFrameType } from '@parley/shared';
import { CLIENT_FRAMES } from '../src/realtime/client-frames.dto.js';
import { SERVER_FRAMES } from '../src/realtime/server-frames.dto.js';
import { Parley } from './support/parley.js';
import { routesOf } from './support/routes.js';

type Json = Record<string, unknown>;
interface Operation {
  summary?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema: { example?: unknown } }[];
  requestBody?: { content: Record<string, { schema: { $ref: string } }> };
  responses: Record<
    string,
    { description: string; content?: Record<string, { schema: Json; example?: unknown }> }
  >;
}

let parley: Parley;
let openapi: {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json> };
};
let operations: { method: string; path: string; operation: Operation }[];
beforeAll(async () => {
  parley = await Parley.start({ LOG_LEVEL: 'silent' });
  openapi = (await parley.get<typeof openapi>('/api/openapi.json')).body;
  operations = Object.entries(openapi.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
});
afterAll(() => parley.stop());

const isPage = (path: string) => !/^\/(api|health|metrics)\b/.test(path);
const isDocument = (path: string) => /^\/api\/(docs|openapi\.json|asyncapi\.json)/.test(path);

/** A body made of the examples of its fields. */
function exampleBody(operation: Operation): Json {
  const ref = operation.requestBody!.content['application/json']!.schema.$ref;
  const schema = openapi.components.schemas[ref.replace('#/components/schemas/', '')] as {
    properties: Record<string, { example?: unknown }>;
  };
  const filled = Object.entries(schema.properties).filter(([, { example }]) => example !== undefined);
  return Object.fromEntries(filled.map(([name, { example }]) => [name, example]));
}

describe('the OpenAPI document', () => {
  it('has every route of the application, and no other', () => {
    const served = routesOf(parley.app).filter((route) => {
      const [method, path] = route.split(' ') as [string, string];
      return !isPage(path) && !isDocument(path) && method !== 'HEAD' && method !== 'OPTIONS';
    });
    const documented = operations.map(
      ({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1').replace(/\/$/, '')}`,
    );
    expect(documented.toSorted()).toEqual(served.toSorted());
    expect(documented.length).toBeGreaterThan(8);
  });

  it('has every error that a call can answer', () => {
    for (const { method, path, operation } of operations) {
      const takesInput =
        method === 'POST' || (operation.parameters ?? []).some(({ in: place }) => place === 'query');
      const namesSomething = path.includes('{') || path.startsWith('/api/rooms/');
      const expected = [
        ...(takesInput ? [400] : []),
        403,
        ...(namesSomething ? [404] : []),
        ...(method === 'POST' ? [413, 415] : []),
        ...(['/api/version/', '/health/live', '/metrics'].includes(path) ? [] : [503]),
      ];
      const documented = Object.keys(operation.responses).map(Number);
      expect({ path, method, lacks: expected.filter((status) => !documented.includes(status)) }).toEqual({
        path,
        method,
        lacks: [],
      });
    }
  });

  it('says of every answer what it means, and gives each error as an example that is one', () => {
    for (const { method, path, operation } of operations) {
      expect({ path, summary: operation.summary, tags: operation.tags?.length }).toEqual({
        path,
        summary: expect.stringMatching(/\w/) as string,
        tags: 1,
      });
      for (const [status, { description, content = {} }] of Object.entries(operation.responses)) {
        if (Number(status) < 400) continue;
        expect(description).toMatch(/\.$/);
        const { schema, example } = content['application/problem+json']!;
        expect(schema).toEqual({ $ref: '#/components/schemas/ProblemDto' });
        expect(example).toMatchObject({ status: Number(status) });
        parley.contract.checkResponse(method, path, Number(status), 'application/problem+json', example);
      }
    }
  });

  it('has no reference that leads nowhere', () => {
    const refs = [...JSON.stringify(openapi).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref!);
    for (const ref of refs)
      expect(Object.keys(openapi.components.schemas)).toContain(ref.replace('#/components/schemas/', ''));
    expect(openapi.openapi).toBe('3.1.0');
  });

  it('has examples that work as they stand, in the order of a first try', async () => {
    const order = ['POST /api/users/', 'POST /api/rooms/create/', 'POST /api/rooms/{room_id}/messages/'];
    const rank = ({ method, path }: { method: string; path: string }) =>
      (order.indexOf(`${method} ${path}`) + 4) % 4 || 4;
    for (const { method, path, operation } of operations.toSorted((x, y) => rank(x) - rank(y))) {
      const parameters = operation.parameters ?? [];
      const filledPath = parameters
        .filter(({ in: place }) => place === 'path')
        .reduce((text, { name, schema }) => text.replace(`{${name}}`, String(schema.example)), path);
      const query = parameters.flatMap(({ name, in: place, schema }) =>
        place === 'query' && schema.example !== undefined ? [`${name}=${String(schema.example)}`] : [],
      );
      const body = operation.requestBody ? { body: exampleBody(operation) } : {};
      const { status } = await parley.call(method, `${filledPath}?${query.join('&')}`, body);
      expect({ method, path, isFine: status === 200 || status === 201 }).toEqual({
        method,
        path,
        isFine: true,
      });
    }
  });
});

describe('the page of the API', () => {
  it.each(['/api/docs', '/api/docs/'])('loads with everything that it needs: %s', async (address) => {
    const { status, body, headers } = await parley.get<string>(address);
    expect([status, headers.get('Content-Type')]).toEqual([200, expect.stringContaining('text/html')]);
    const assets = [...body.matchAll(/(?:src|href)="([^"#]+)"/g)].map(
      ([, path]) => new URL(path!, parley.origin + address),
    );
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      const response = await fetch(asset);
      expect({ asset: asset.href, status: response.status }).toEqual({ asset: asset.href, status: 200 });
      expect(asset.origin).toBe(parley.origin);
    }
  });
});

describe('the AsyncAPI document', () => {
  interface AsyncApi {
    asyncapi: string;
    info: { title: string; version: string };
    channels: Record<
      string,
      { address: string; parameters?: Json; messages: Record<string, { $ref: string }> }
    >;
    operations: Record<string, { action: string; channel: { $ref: string }; messages: { $ref: string }[] }>;
    components: {
      messages: Record<string, { name: string; payload: Json & { required: string[]; properties: Json } }>;
    };
  }
  let document: AsyncApi;
  const at = (ref: string): unknown =>
    ref
      .replace('#/', '')
      .split('/')
      .reduce<unknown>((value, key) => (value as Json | undefined)?.[key], document);
  beforeAll(async () => {
    document = (await parley.get<AsyncApi>('/api/asyncapi.json')).body;
  });

  it('has every frame of a client and of the server, by its type', () => {
    const client = Object.keys(CLIENT_FRAMES) as ClientFrameType[];
    const server = Object.keys(SERVER_FRAMES) as ServerFrameType[];
    const names = [...client.map((type) => `client.${type}`), ...server.map((type) => `server.${type}`)];
    expect(Object.keys(document.components.messages).toSorted()).toEqual(names.toSorted());
    for (const [name, { name: type, payload }] of Object.entries(document.components.messages)) {
      expect(name.endsWith(`.${type}`)).toBe(true);
      expect(payload.properties.type).toEqual({ const: type });
      expect(payload.required).toContain('type');
      expect('ref' in payload.properties).toBe(name.startsWith('client.') || ['ack', 'error'].includes(type));
    }
  });

  it('is AsyncAPI 3: channels, operations and messages refer to one another as they should', () => {
    expect(document.asyncapi).toBe('3.0.0');
    expect(document.info).toMatchObject({ title: expect.any(String) as string, version: '1' });
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref!);
    for (const ref of refs) expect({ ref, leadsTo: typeof at(ref) }).toEqual({ ref, leadsTo: 'object' });

    expect(Object.values(document.channels).map(({ address }) => address)).toEqual([
      '/ws/',
      '/ws/chat/{room_id}/',
    ]);
    for (const { address, parameters = {}, messages } of Object.values(document.channels)) {
      expect(Object.keys(parameters)).toEqual([...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      for (const [name, { $ref }] of Object.entries(messages))
        expect($ref).toBe(`#/components/messages/${name}`);
    }
    for (const { action, channel, messages } of Object.values(document.operations)) {
      const side = action === 'receive' ? 'client' : 'server';
      expect(['receive', 'send']).toContain(action);
      expect(channel.$ref).toMatch(/^#\/channels\/\w+$/);
      expect(messages.length).toBeGreaterThan(0);
      for (const { $ref } of messages)
        expect($ref).toMatch(new RegExp(`^${channel.$ref}/messages/${side}\\.\\w+$`));
    }
    const used = Object.values(document.operations).flatMap(({ messages }) =>
      messages.map(({ $ref }) => $ref.split('/').at(-1)),
    );
    expect([...new Set(used)].toSorted()).toEqual(Object.keys(document.components.messages).toSorted());
  });

  it('says which frames belong to which socket', () => {
    const onlyOnUserSocket = Object.keys(document.channels.user!.messages).filter(
      (name) => !document.channels.room!.messages[name],
    );
    expect(onlyOnUserSocket.toSorted()).toEqual(['client.sync', 'server.hello', 'server.room']);
  });
});
