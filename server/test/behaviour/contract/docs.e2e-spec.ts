import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { Parley } from '../../support/parley.js';
import { routesOf } from '../../support/routes.js';

type Json = Record<string, unknown>;
interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema: { example?: unknown } }[];
  requestBody?: { content: Record<string, { schema: { $ref: string }; example?: unknown }> };
  responses: Record<
    string,
    {
      description: string;
      headers?: Json;
      content?: Record<
        string,
        { schema: Json; example?: unknown; examples?: Record<string, { value: unknown }> }
      >;
    }
  >;
}

/** A linter needs some 10 s of CPU, and the machine has other work. */
const LINT_TIMEOUT_MS = 120_000;

let parley: Parley;
let openapi: {
  openapi: string;
  tags: { name: string }[];
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

const isHead = (route: string) => route.startsWith('HEAD ');
const isPage = (path: string) => !/^\/(api|health|metrics)\b/.test(path);
const isDocument = (path: string) => /^\/api\/(docs|openapi\.(json|yaml)|asyncapi\.json)/.test(path);

describe('the OpenAPI document', () => {
  it('has every route of the application, and no other', () => {
    const served = routesOf(parley.app).filter((route) => {
      const [method, path] = route.split(' ') as [string, string];
      return !isPage(path) && !isDocument(path) && method !== 'HEAD' && method !== 'OPTIONS';
    });
    const documented = operations.map(
      ({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1').replace(/\/$/, '')}`,
    );
    // Every GET has its HEAD. One that stands alone is documented.
    const [alone, others] = [documented.filter(isHead), documented.filter((route) => !isHead(route))];
    expect(alone).toEqual(['HEAD /api/uploads/:upload_id']);
    expect(others.toSorted()).toEqual(served.toSorted());
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
        ...(['GET', 'HEAD'].includes(method) ? [] : [400, 413, 415]),
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

  it('says of every call and answer what it means, and gives examples that are right', () => {
    const names = operations.map(({ operation }) => operation.operationId);
    expect(names).toEqual(
      expect.arrayContaining(['listUsers', 'createRoom', 'sendMessage', 'markMessageRead']) as string[],
    );
    expect(names.filter((name) => /controller|_/i.test(name))).toEqual([]);
    expect(openapi.tags.map(({ name }) => name)).toEqual([
      'Users',
      'Rooms',
      'Messages',
      'Attachments',
      'Operations',
    ]);
    for (const { method, path, operation } of operations) {
      expect(operation.summary).toMatch(/^\w[^.]+$/);
      expect(operation.description).toMatch(/\.$/);
      expect(openapi.tags.map(({ name }) => name)).toContain(operation.tags?.join());
      for (const [status, { description, content, headers }] of Object.entries(operation.responses)) {
        expect({ path, status, description }).toEqual({
          path,
          status,
          description: expect.stringMatching(/\.$/) as string,
        });
        expect(Object.keys(headers!)).toContain('X-Request-Id');
        for (const [type, { example, examples }] of Object.entries(content ?? {})) {
          // A file has no example.
          if (type === 'application/octet-stream' || type === 'image/webp') continue;
          const values = examples ? Object.values(examples).map(({ value }) => value) : [example];
          expect(values.length).toBeGreaterThan(0);
          for (const value of values) {
            if (type !== 'text/plain')
              parley.contract.checkResponse(method, path, Number(status), type, value);
            if (Number(status) >= 400) expect(value).toMatchObject({ status: Number(status) });
          }
        }
      }
    }
  });

  it('gives each call errors of its own', () => {
    expect(details('listUsers', 400)).toEqual(['limit: must not be greater than 500']);
    expect(details('createUser', 409)).toEqual(['username: is taken']);
    expect(details('sendMessage', 409)).toEqual(['client_id: was used for another message already']);
    expect(details('markMessageRead', 404)).toEqual(['There is no such message.']);
  });

  it(
    'passes the linters of Redocly (recommended) and Spectral (oas)',
    async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [
        join(__dirname, '../../support/lint-openapi.mjs'),
        `${parley.origin}/api/openapi.json`,
      ]);
      expect(JSON.parse(stdout)).toEqual([]);
    },
    LINT_TIMEOUT_MS,
  );

  it('is also there as YAML', async () => {
    const { body } = await parley.get<string>('/api/openapi.yaml');
    expect((parse(body) as { openapi: string }).openapi).toBe('3.1.0');
  });

  it('has the longest text that this server takes', async () => {
    const own = await Parley.start({ LOG_LEVEL: 'silent', TEXT_MAX_LENGTH: '100' });
    try {
      const { body } = await own.get<typeof openapi>('/api/openapi.json');
      expect(body.components.schemas.CreateMessage).toMatchObject({
        properties: { text: { maxLength: 100 } },
      });
    } finally {
      await own.stop();
    }
  });

  it('has no reference that leads nowhere', () => {
    const refs = [...JSON.stringify(openapi).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref!);
    const at = (ref: string) =>
      ref
        .slice(2)
        .split('/')
        .reduce<unknown>((value, key) => (value as Json | undefined)?.[key], openapi);
    for (const ref of refs) expect({ ref, leadsTo: typeof at(ref) }).toEqual({ ref, leadsTo: 'object' });
    expect(Object.keys(openapi.components.schemas).filter((name) => name.endsWith('Dto'))).toEqual([]);
    expect(openapi.openapi).toBe('3.1.0');
  });
});

/** The document that the explorer shows. */
async function shown(server: Parley): Promise<typeof openapi> {
  const { body } = await server.get<string>('/api/docs/swagger-ui-init.js');
  const options = /let options = (\{[\s\S]*?\n\});/.exec(body)![1]!;
  return (JSON.parse(options) as { swaggerDoc: typeof openapi }).swaggerDoc;
}

/** The call with this name. */
function find(document: typeof openapi, operationId: string): Operation {
  return Object.values(document.paths)
    .flatMap((methods) => Object.values(methods))
    .find((operation) => operation.operationId === operationId)!;
}

/** What a call says is wrong, by its examples of a status. */
function details(operationId: string, status: number): string[] {
  const { examples } = find(openapi, operationId).responses[status]!.content!['application/problem+json']!;
  return Object.values(examples!).map(({ value }) => (value as { detail: string }).detail);
}

/** What the explorer fills in for a parameter. */
function exampleOf(operation: Operation, name: string): unknown {
  return operation.parameters!.find((parameter) => parameter.name === name)!.schema.example;
}

describe('the explorer', () => {
  it('shows examples that exist, and none for what there is none of', async () => {
    const own = await Parley.start({ LOG_LEVEL: 'silent' });
    try {
      const empty = await shown(own);
      expect(exampleOf(find(empty, 'listRooms'), 'active_user')).toBe(1);
      expect(exampleOf(find(empty, 'getRoom'), 'room_id')).toBeUndefined();
      expect(exampleOf(find(empty, 'markMessageRead'), 'message_id')).toBeUndefined();

      await own.newRoom();
      const { room, a, b } = await own.newRoom();
      const message = await own.send(room.id, b.id, 'there');
      const filled = await shown(own);
      expect(exampleOf(find(filled, 'getRoom'), 'room_id')).toBe(room.id);
      // Who has sent the message can change it.
      expect(exampleOf(find(filled, 'getRoom'), 'active_user')).toBe(b.id);
      expect(exampleOf(find(filled, 'markMessageRead'), 'message_id')).toBe(message.id);
      expect(find(filled, 'sendMessage').requestBody!.content['application/json']!.example).toEqual({
        text: 'Hello bob',
        active_user_id: b.id,
      });
      expect(find(filled, 'createRoom').requestBody!.content['application/json']!.example).toEqual({
        user_id: a.id,
        active_user_id: b.id,
      });
    } finally {
      await own.stop();
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
