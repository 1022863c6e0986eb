/** Any JSON value: what the generator of the documents hands out is typed too narrowly to be walked. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * OpenAPI 3.0's `nullable: true`, which the decorators produce, as JSON Schema says it: OpenAPI 3.1 and AsyncAPI 3
 * are both JSON Schema, so that one validator reads both.
 */
export function toJsonSchema(value: Json): Json {
  if (Array.isArray(value)) return value.map(toJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = value;
  const schema = Object.fromEntries(Object.entries(rest).map(([key, entry]) => [key, toJsonSchema(entry)]));
  if (nullable !== true) return schema;
  if (typeof schema.type === 'string') return { ...schema, type: [schema.type, 'null'] };
  return { anyOf: [schema, { type: 'null' }] };
}
