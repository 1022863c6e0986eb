import type { Json } from './json-schema.js';

type Schema = { [key: string]: Json };

/**
 * A value that a schema describes, made of the examples of its parts. Of an object it has what is required, and what has
 * an example of its own: a field without one is better left out by the person who tries a call.
 */
export function exampleOf(schema: Json, schemas: Record<string, Json>): Json {
  if (!isSchema(schema)) return null;
  if (schema.example !== undefined) return schema.example;
  if (typeof schema.$ref === 'string') return exampleOf(schemas[nameOf(schema.$ref)] ?? null, schemas);
  const alternative = [schema.allOf, schema.anyOf, schema.oneOf].find(Array.isArray)?.[0];
  if (alternative !== undefined) return exampleOf(alternative, schemas);
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null;
  if (schema.default !== undefined) return schema.default;
  switch (schema.type) {
    case 'object':
      return exampleObject(schema, schemas);
    case 'array':
      return [exampleOf(schema.items ?? null, schemas)];
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    case 'boolean':
      return false;
    case 'string':
      return '';
    default:
      return null;
  }
}

function exampleObject(schema: Schema, schemas: Record<string, Json>): Json {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const properties = isSchema(schema.properties) ? Object.entries(schema.properties) : [];
  const shown = properties.filter(
    ([name, property]) => required.includes(name) || (isSchema(property) && property.example !== undefined),
  );
  return Object.fromEntries(shown.map(([name, property]) => [name, exampleOf(property, schemas)]));
}

function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

function isSchema(value: Json | undefined): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
