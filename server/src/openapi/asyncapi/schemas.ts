import type { Json } from '../json-schema.js';

export type JsonObject = Record<string, Json>;
export type Schema = JsonObject & { properties: JsonObject; required: string[] };

/** The schemas of the frames, and everything that they refer to. */
export function reachable(
  frames: readonly { name: string; schema: JsonObject; parts: JsonObject }[],
  dtos: Record<string, Schema>,
): JsonObject {
  const own: JsonObject = Object.assign(
    {},
    ...frames.map(({ name, schema, parts }) => ({ [name]: schema, ...parts })),
  );
  const found: JsonObject = {};
  const visit = (name: string): void => {
    if (name in found) return;
    const schema = own[name] ?? dtos[name];
    if (schema === undefined) throw new Error(`There is no schema ${name}.`);
    found[name] = schema;
    for (const [, next] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/(\w+)"/g)) visit(next!);
  };
  for (const { name } of frames) visit(name);
  return found;
}

/** Component schemas are called like the types of the wire, not like the classes. */
export function withoutSuffix(schemas: JsonObject): JsonObject {
  const text = JSON.stringify(schemas).replace(/(#\/components\/schemas\/\w+?)Dto"/g, '$1"');
  const renamed = JSON.parse(text) as JsonObject;
  return Object.fromEntries(
    Object.entries(renamed).map(([name, schema]) => [name.replace(/Dto$/, ''), schema]),
  );
}

/** With the error codes as a schema of their own, so that generated code has a name for them. */
export function withErrorCode(dtos: Record<string, Schema>): Record<string, Schema> {
  const { ErrorServerFrame: frame } = dtos;
  if (!frame) throw new Error('There is no schema ErrorServerFrame.');
  const properties = { ...frame.properties, code: schemaRef('ErrorCode') };
  const code = { title: 'ErrorCode', ...(frame.properties.code as Schema) };
  return { ...dtos, ErrorServerFrame: { ...frame, properties }, ErrorCode: code };
}

export function nullable(schema: JsonObject): JsonObject {
  return typeof schema.type === 'string' ? { ...schema, type: [schema.type, 'null'] } : schema;
}

export function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Name of the component schema of a DTO class. */
export const nameOf = ({ name }: { name: string }) => name.replace(/Dto$/, '');
export const pascal = (type: string) =>
  type.replace(/(?:^|_)(.)/g, (_, first: string) => first.toUpperCase());
export const schemaRef = (name: string) => ({ $ref: `#/components/schemas/${name}` });
