import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { isTimeZone } from '@parley/shared';
import fc from 'fast-check';
import { NUMBERS, STRINGS } from './fuzz.js';

type Schema = Record<string, unknown>;
interface Constraint {
  rule:
    | 'any_of'
    | 'at_most_one'
    | 'equal'
    | 'distinct'
    | 'message_of_room'
    | 'own_uploads'
    | 'in_the_future'
    | 'push_service'
    | 'time_zone'
    | 'own_image';
  fields: string[];
}
interface Parameter {
  name: string;
  in: 'path' | 'query';
  required?: boolean;
  schema: Schema;
}
interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema: { $ref: string } }> };
  'x-constraints'?: Constraint[];
}
export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** A request made out of the document, and what the document says of it. */
export interface SchemaRequest {
  operationId: string;
  method: string;
  url: string;
  /** JSON text; null for none. */
  body: string | null;
  /** What is wrong by the schemas: names of parameters and `body`. */
  wrong: string[];
  /** The rules of `x-constraints` that it breaks, or may break (`message_of_room`, `own_uploads`). */
  broken: string[];
}

/** What a request consists of. A value that is absent is left out. */
interface Parts {
  parameters: (string | undefined)[];
  body: unknown;
}

/** Digits as in JSON. Every other text is no integer, though JavaScript may make one of it. */
const INTEGER = /^(?:0|-?[1-9]\d*)$/;
const TEXTS = [
  ...STRINGS,
  'Hello',
  ' Hello ',
  'x'.repeat(100),
  'x'.repeat(101),
  '😀'.repeat(100),
  '\ufe0f'.repeat(101),
  'x'.repeat(4_000),
  'x'.repeat(4_001),
  '\u200b',
  '\t\n',
  'a\0b',
  '\udc00',
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-ffff-ffff-ffff-ffffffffffff',
  'urn:uuid:00000000-0000-4000-8000-000000000000',
  '00000000-0000-9000-8000-000000000000',
  '0190d5b2-7c1e-7f3a-9b64-2f1c8a5e4d10',
];
const NUMERALS = ['0x1', '0b1', '+1', ' 1', '1 ', '01', '1.0', '1e0', '', '-0', 'NaN', '１'];
const TIMES = [
  '2999-12-31T23:59:59Z',
  '2999-12-31T23:59:59.123456Z',
  '2999-02-29T00:00:00Z',
  '2996-02-29T00:00:00.5Z',
  '2999-12-31T23:59:60Z',
  '2999-12-31T24:00:00Z',
  '2999-12-31T23:59:59+01:00',
  '2999-12-31 23:59:59Z',
  '2999-12-31',
  '2020-01-01T00:00:00Z',
];
const PUSH_KEY = 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4';
const PUSH_ENDPOINTS = ['https://push.example.com/1', 'https://push.example.com/2'];
const ENDPOINTS = [
  ...PUSH_ENDPOINTS,
  ...PUSH_ENDPOINTS,
  ...PUSH_ENDPOINTS,
  'http://push.example.com/1',
  'https://127.0.0.1/',
  'https://[::1]/',
  'https://user@push.example.com/',
  'https://:0',
  'ftp://push.example.com/',
];
const CLOCK = fc.constantFrom('00:00', '07:30', '23:59', '24:00', '7:30', '12:60', '', 730);
const QUIET_HOURS = fc.record(
  {
    from: CLOCK,
    to: CLOCK,
    time_zone: fc.constantFrom(
      'Europe/Berlin',
      'UTC',
      'Etc/GMT+3',
      'Moon/Base',
      '+01:00',
      '',
      'x'.repeat(65),
      null,
    ),
  },
  { requiredKeys: ['from', 'time_zone'] },
);
const NO_OBJECTS = [null, [], [{}], 1, 'x', true];

/** Requests to every call of a document: right ones, and those that differ from a right one in a part or two. */
export class SchemaRequests {
  readonly #ajv = new Ajv2020({ strict: false });
  readonly #compiled = new Map<unknown, ValidateFunction>();

  /** @param ids of each parameter and field that make sense, the more often the likelier. */
  constructor(
    private readonly document: Document,
    private readonly ids: Readonly<Record<string, readonly number[]>>,
  ) {
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({ $id: 'doc', components: document.components });
  }

  any(): fc.Arbitrary<SchemaRequest> {
    const calls = Object.entries(this.document.paths)
      // Uploads follow a protocol of headers, which has tests of its own (attachments/uploads.e2e-spec.ts).
      .filter(([path]) => path.startsWith('/api/') && !path.startsWith('/api/uploads/'))
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => this.#requestsOf(path, method, operation)),
      );
    return fc.oneof(...calls);
  }

  #requestsOf(path: string, method: string, operation: Operation): fc.Arbitrary<SchemaRequest> {
    const parameters = (operation.parameters ?? []).map((parameter) => this.#parameter(parameter));
    return fc
      .record({ parameters: fc.tuple(...parameters), body: this.#body(operation) })
      .map((parts) => this.#request(path, method, operation, parts));
  }

  #parameter(parameter: Parameter): fc.Arbitrary<string | undefined> {
    const isInteger = parameter.schema.type === 'integer';
    const right = isInteger
      ? fc
          .oneof(
            { weight: 6, arbitrary: this.#id(parameter.name) },
            fc.integer({ min: 1, max: 100 }),
            fc.maxSafeNat(),
          )
          .map(String)
      : parameter.name === 'emoji'
        ? fc.constantFrom('👍', '❤️', '👩‍❤️‍💋‍👨', 'x')
        : fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom(...TEXTS));
    const odd = isInteger
      ? fc.oneof(
          fc.constantFrom(...NUMERALS),
          fc.constantFrom(...NUMBERS).map(String),
          fc.constantFrom(...STRINGS),
        )
      : fc.constantFrom(...TEXTS);
    const isPath = parameter.in === 'path';
    return fc.oneof(
      { weight: isPath ? 0 : parameter.required ? 1 : 8, arbitrary: fc.constant(undefined) },
      { weight: 8, arbitrary: right },
      // An empty or dotted segment would be another path.
      { weight: 1, arbitrary: isPath ? odd.filter((text) => text !== '' && !/[./]/.test(text)) : odd },
    );
  }

  #body({ requestBody }: Operation): fc.Arbitrary<unknown> {
    if (!requestBody) return fc.constant(undefined);
    const schema = this.#resolve(requestBody.content['application/json']!.schema);
    const required = (schema.required ?? []) as string[];
    const fields = Object.entries(schema.properties as Record<string, Schema>).map(([name, property]) => {
      const value = fc.oneof(
        { weight: 10, arbitrary: this.#value(name, property) },
        { weight: 1, arbitrary: this.#oddValue() },
      );
      return [name, required.includes(name) ? value : fc.option(value, { nil: undefined, freq: 1 })] as const;
    });
    const extra = fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, this.#oddValue());
    const object = fc.record({ ...Object.fromEntries(fields), extra });
    return fc.oneof(
      { weight: 20, arbitrary: object },
      { weight: 1, arbitrary: fc.constantFrom(...NO_OBJECTS) },
      { weight: requestBody.required ? 1 : 5, arbitrary: fc.constant(undefined) },
    );
  }

  #value(name: string, schema: Schema): fc.Arbitrary<unknown> {
    if ([schema.type].flat().includes('integer'))
      return fc.oneof({ weight: 5, arbitrary: this.#id(name) }, fc.maxSafeNat());
    if ([schema.type].flat().includes('array')) {
      const { enum: values } = schema.items as { enum?: string[] };
      return values ? fc.subarray(values) : fc.array(this.#id(name), { maxLength: 4 });
    }
    if (schema.type === 'boolean') return fc.boolean();
    if (Array.isArray(schema.enum)) return fc.constantFrom<unknown>(...schema.enum);
    if (name === 'endpoint') return fc.constantFrom(...ENDPOINTS);
    if (name === 'p256dh') return fc.constantFrom(PUSH_KEY, PUSH_KEY, PUSH_KEY, `B${'A'.repeat(86)}`, 'x');
    if (name === 'auth') return fc.constantFrom('BTBZMqHH6r4Tts7J_aSIgg', 'BTBZMqHH6r4Tts7J_aSIgg', 'x');
    if (name === 'quiet_hours') return fc.oneof(fc.constant(null), QUIET_HOURS);
    if (schema.format === 'date-time') return fc.constantFrom(...TIMES);
    if (schema.format === 'uuid') return fc.oneof(fc.uuid(), fc.constantFrom(...TEXTS));
    if (schema.maxLength === 32) return fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{8,31}$/);
    return fc.oneof(fc.string({ minLength: 1, maxLength: 20 }), fc.constantFrom(...TEXTS));
  }

  #oddValue(): fc.Arbitrary<unknown> {
    return fc.oneof(
      fc.constantFrom<unknown>(null, true, [], {}, [1], '1', ...NUMBERS.map((number) => number)),
      fc.constantFrom(...TEXTS),
    );
  }

  #id(name: string): fc.Arbitrary<number> {
    return fc.constantFrom(...(this.ids[name] ?? [1, 2]));
  }

  #request(path: string, method: string, operation: Operation, parts: Parts): SchemaRequest {
    const parameters = (operation.parameters ?? []).map((parameter, i) => ({
      parameter,
      text: parts.parameters[i],
    }));
    let url = path;
    const query: string[] = [];
    const wrong: string[] = [];
    const given = new Map<string, unknown>();
    for (const { parameter, text } of parameters) {
      const { name, schema } = parameter;
      if (text === undefined) {
        if (parameter.required) wrong.push(name);
        continue;
      }
      const encoded = encodeURIComponent(text.toWellFormed());
      if (parameter.in === 'path') url = url.replace(`{${name}}`, encoded);
      else query.push(`${name}=${encoded}`);
      const value =
        schema.type === 'integer' ? (INTEGER.test(text) ? Number(text) : text) : text.toWellFormed();
      if (!this.#isValid(schema, value)) wrong.push(name);
      given.set(`$request.query.${name}`, value);
    }
    const body = parts.body === undefined ? null : JSON.stringify(parts.body);
    const sent: unknown = body === null ? undefined : JSON.parse(body);
    if (operation.requestBody) {
      const { schema } = operation.requestBody.content['application/json']!;
      if (sent === undefined ? operation.requestBody.required === true : !this.#isValid(schema, sent))
        wrong.push('body');
    }
    if (typeof sent === 'object' && sent !== null)
      for (const [field, value] of Object.entries(sent)) {
        given.set(`$request.body#/${field}`, value);
        // A field of a field.
        for (const [name, part] of Object.entries(value ?? {}))
          given.set(`$request.body#/${field}/${name}`, part);
      }

    return {
      operationId: operation.operationId,
      method: method.toUpperCase(),
      url: query.length === 0 ? url : `${url}?${query.join('&')}`,
      body,
      wrong,
      broken: (operation['x-constraints'] ?? [])
        .filter((rule) => isBroken(rule, given))
        .map(({ rule }) => rule),
    };
  }

  #resolve(schema: { $ref: string }): Schema {
    return this.document.components.schemas[schema.$ref.replace('#/components/schemas/', '')]!;
  }

  #isValid(schema: Schema, value: unknown): boolean {
    let validate = this.#compiled.get(schema);
    if (!validate) {
      const text = JSON.stringify(schema).replaceAll('"#/components/', '"doc#/components/');
      validate = this.#ajv.compile(JSON.parse(text) as Schema);
      this.#compiled.set(schema, validate);
    }
    return validate(value);
  }
}

function isBroken({ rule, fields }: Constraint, given: ReadonlyMap<string, unknown>): boolean {
  const values = fields.map((field) => given.get(field)).filter((value) => value !== undefined);
  switch (rule) {
    case 'any_of':
      return values.length === 0;
    case 'at_most_one':
      return values.length > 1;
    case 'equal':
      return new Set(values).size > 1;
    case 'distinct':
      return new Set(values).size < values.length;
    case 'in_the_future':
      return values.some((value) => typeof value === 'string' && !(Date.parse(value) > Date.now()));
    case 'time_zone':
      return values.some((value) => typeof value === 'string' && !isTimeZone(value));
    case 'message_of_room':
      return values.some((value) => value !== null);
    case 'push_service':
      return !PUSH_ENDPOINTS.includes(String(values[0])) || values[1] !== PUSH_KEY;
    case 'own_image':
      return values.length > 0;
    case 'own_uploads':
      return values.some((value) => Array.isArray(value) && value.length > 0);
  }
}
