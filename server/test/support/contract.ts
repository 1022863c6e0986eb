import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Schema = Record<string, unknown>;
export type OpenApi = {
  paths: Record<string, Record<string, { responses: Record<string, Schema> }>>;
} & Schema;
export type AsyncApi = { components: { messages: Record<string, { payload: Schema }> } } & Schema;

/** Documented headers that an answer may lack: without a limit, and where nobody can say how long to wait. */
const SOMETIMES = ['RateLimit', 'RateLimit-Policy', 'Retry-After'];

/** Answers of HTTP itself, the same for every address: too slow, too long, too large a header. */
const OF_HTTP = [408, 414, 431];

/**
 * Holds every answer and every frame of the suites against the documents that the server publishes. Objects are
 * closed: a field that is not documented is a failure too.
 */
export class Contract {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #compiled = new Map<unknown, ValidateFunction>();

  constructor(
    private readonly openapi: OpenApi,
    private readonly asyncapi: AsyncApi,
  ) {
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({
      $id: 'doc',
      components: closed({ schemas: { ...schemasOf(asyncapi), ...schemasOf(openapi) } }),
    });
  }

  /** @throws when the answer is not documented, or is not as documented, its headers included when given. */
  checkResponse(
    method: string,
    path: string,
    status: number,
    contentType: string,
    body: unknown,
    headers?: Headers,
  ): void {
    const template = Object.keys(this.openapi.paths).find((candidate) =>
      new RegExp(`^${candidate.replace(/\{[^}]+\}/g, '[^/]+').replace(/\/$/, '')}/?$`).test(path),
    );
    const operation = template && this.openapi.paths[template]?.[method.toLowerCase()];
    if (!operation) {
      // An address that is not ours is answered by the same kind of problem.
      this.#check({ $ref: '#/components/schemas/Problem' }, body, `${method} ${path}`);
      return;
    }
    if (OF_HTTP.includes(status))
      return this.#check({ $ref: '#/components/schemas/Problem' }, body, `${method} ${path}`);
    const response = operation.responses[status] as
      { content?: Record<string, { schema: Schema }>; headers?: Schema } | undefined;
    for (const name of headers ? Object.keys(response?.headers ?? {}) : []) {
      if (!headers?.has(name) && !SOMETIMES.includes(name))
        throw new Error(`${method} ${path} answered ${status} without its header ${name}.`);
    }
    const type = contentType.split(';')[0] ?? '';
    const schema = response?.content?.[type]?.schema;
    if (!schema) throw new Error(`${method} ${path} answered ${status} ${type}, which is not documented.`);
    this.#check(schema, body, `${method} ${path} ${status}`);
  }

  /** @throws when the frame is not documented, or is not as documented. */
  checkServerFrame(frame: { type: string }): void {
    const message = this.asyncapi.components.messages[`server.${frame.type}`];
    if (!message) throw new Error(`A frame of type ${frame.type} is not documented.`);
    this.#check(message.payload, frame, `frame ${frame.type}`);
  }

  #check(schema: Schema, value: unknown, what: string): void {
    let validate = this.#compiled.get(schema);
    if (!validate) {
      const inDoc = JSON.parse(
        JSON.stringify(closed(schema)).replaceAll('"#/components/', '"doc#/components/'),
      ) as Schema;
      validate = this.#ajv.compile(inDoc);
      this.#compiled.set(schema, validate);
    }
    if (!validate(value)) {
      throw new Error(
        `${what} is not as documented: ${this.#ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`,
      );
    }
  }
}

function schemasOf(document: Schema): Schema {
  return (document.components as { schemas: Schema }).schemas;
}

/** Every object schema with properties allows no others. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  if (copy.type === 'object' && copy.properties) copy.additionalProperties = false;
  return copy as T;
}
