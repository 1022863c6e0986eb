import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Schema = Record<string, unknown>;
export type OpenApi = {
  paths: Record<string, Record<string, { responses: Record<string, Schema> }>>;
} & Schema;
type Ref = { $ref: string };
export type AsyncApi = {
  operations: Record<string, { messages: [Ref]; reply?: { messages: Ref[] } }>;
  components: { messages: Record<string, { name: string; payload: Ref }> };
} & Schema;
/** Which of the two sockets. */
export type SocketKind = 'user' | 'room';

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
  readonly #open = new Map<string, ValidateFunction>();
  readonly #paths: readonly { template: string; pattern: RegExp }[];

  constructor(
    private readonly openapi: OpenApi,
    private readonly asyncapi: AsyncApi,
  ) {
    this.#paths = Object.keys(openapi.paths).map((template) => ({ template, pattern: patternOf(template) }));
    addFormats.default(this.#ajv);
    this.#ajv.addSchema({
      $id: 'doc',
      components: closed({ schemas: { ...schemasOf(asyncapi), ...schemasOf(openapi) } }),
    });
    this.#ajv.addSchema({ $id: 'asyncapi', components: { schemas: schemasOf(asyncapi) } });
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
    const templates = this.#paths.filter(({ pattern }) => pattern.test(path)).map(({ template }) => template);
    // A path without parameters comes before one with them.
    const template = templates.find((candidate) => !candidate.includes('{')) ?? templates[0];
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

  /**
   * @param asked the type of the client frame that an `ack` answers, where the test knows it.
   * @throws when the frame is not documented for this socket, or is not as documented.
   */
  checkServerFrame(frame: { type: string }, socket: SocketKind, asked?: string): void {
    const payloads = this.#payloadsOf(frame.type, socket, asked);
    if (payloads.length === 0)
      throw new Error(`A frame of type ${frame.type} is not documented for this socket.`);
    this.#check(payloads, frame, `frame ${frame.type}`);
  }

  /** What a client may send on a socket: one schema per frame. */
  clientPayloads(socket: SocketKind): { type: string; name: string; schema: Ref }[] {
    return this.#operations(socket, 'Receives').map(({ type, message }) => ({
      type,
      name: message,
      schema: this.#payload(message),
    }));
  }

  /** Whether a value is as a schema of the AsyncAPI document says, which is not closed here. */
  isValid(schema: Ref, value: unknown): boolean {
    let validate = this.#open.get(schema.$ref);
    if (!validate) {
      validate = this.#ajv.compile({ $ref: schema.$ref.replace('#', 'asyncapi#') });
      this.#open.set(schema.$ref, validate);
    }
    return validate(value);
  }

  #payloadsOf(type: string, socket: SocketKind, asked: string | undefined): Ref[] {
    if (type !== 'ack') {
      return this.#operations(socket, 'Sends')
        .filter((operation) => operation.type === type)
        .map(({ message }) => this.#payload(message));
    }
    return this.#operations(socket, 'Receives')
      .filter((operation) => asked === undefined || operation.type === asked)
      .map(({ ack }) => this.#payload(ack!));
  }

  #operations(
    socket: SocketKind,
    verb: string,
  ): { type: string; message: string; ack: string | undefined }[] {
    return Object.entries(this.asyncapi.operations)
      .filter(([id]) => id.startsWith(`${socket}${verb}`))
      .map(([, { messages, reply }]) => {
        const message = nameIn(messages[0]);
        const type = this.asyncapi.components.messages[message]!.name;
        return { type, message, ack: reply && nameIn(reply.messages[0]!) };
      });
  }

  #payload(message: string): Ref {
    return this.asyncapi.components.messages[message]!.payload;
  }

  #check(schema: Schema | Ref[], value: unknown, what: string): void {
    const key = Array.isArray(schema) ? schema.map(({ $ref }) => $ref).join() : schema;
    let validate = this.#compiled.get(key);
    if (!validate) {
      const inDoc = JSON.parse(
        JSON.stringify(Array.isArray(schema) ? { anyOf: schema } : closed(schema)).replaceAll(
          '"#/components/',
          '"doc#/components/',
        ),
      ) as Schema;
      validate = this.#ajv.compile(inDoc);
      this.#compiled.set(key, validate);
    }
    if (!validate(value)) {
      throw new Error(
        `${what} is not as documented: ${this.#ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`,
      );
    }
  }
}

/** With and without a slash at its end. */
function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+').replace(/\/$/, '')}/?$`);
}

const nameIn = ({ $ref }: Ref) => $ref.split('/').at(-1)!;

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
