import fc from 'fast-check';

type Schema = Record<string, unknown>;

/** What else than its schema a field may be drawn from: ids that exist, for example. */
export type Hints = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/**
 * Values as a JSON Schema allows them. Knows what the schemas of the frames use, and throws on anything else, so that a
 * rule that is added to the document is not passed over here.
 */
export function fromSchema(
  schema: Schema,
  resolve: (ref: string) => Schema,
  hints: Hints,
): fc.Arbitrary<unknown> {
  const of = (inner: unknown) => fromSchema(inner as Schema, resolve, hints);
  const { $ref, oneOf, type } = schema;
  if (typeof $ref === 'string') return of(resolve($ref));
  if (Array.isArray(oneOf)) return fc.oneof(...oneOf.map(of));
  if ('const' in schema) return fc.constant(schema.const);
  if (Array.isArray(type)) return fc.oneof(...type.map((one: unknown) => of({ ...schema, type: one })));
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'integer':
      return fc.integer({ min: schema.minimum as number, max: schema.maximum as number });
    case 'string':
      return stringOf(schema);
    case 'array':
      // Only the empty list: what stands in it has to exist.
      return fc.constant([]);
    case 'object':
      return objectOf(schema, of, hints);
    default:
      throw new Error(`The test does not know this schema: ${JSON.stringify(schema)}`);
  }
}

function stringOf({ pattern, maxLength, format }: Schema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.stringMatching(new RegExp(pattern as string));
  const most = maxLength as number;
  const any = fc.oneof(
    fc.string({ unit: 'binary', maxLength: most }),
    fc.string({ unit: 'grapheme', maxLength: most }).filter((text) => [...text].length <= most),
    fc.constantFrom('x'.repeat(most), '😀'.repeat(most)),
  );
  if (pattern === undefined) return any;
  const allowed = new RegExp(pattern as string, 'u');
  return any.filter((text) => allowed.test(text));
}

function objectOf(
  schema: Schema,
  of: (inner: unknown) => fc.Arbitrary<unknown>,
  hints: Hints,
): fc.Arbitrary<unknown> {
  const {
    properties,
    propertyNames,
    additionalProperties,
    required = [],
  } = schema as {
    properties?: Record<string, Schema>;
    propertyNames?: { pattern: string };
    additionalProperties?: boolean | Schema;
    required?: string[];
  };
  if (propertyNames) {
    const key = fc.oneof(
      fc.stringMatching(new RegExp(propertyNames.pattern)),
      hints.key as fc.Arbitrary<string>,
    );
    return fc.dictionary(key, of(additionalProperties), { maxKeys: 5 });
  }
  const fields = Object.fromEntries(
    Object.entries(properties ?? {}).map(([name, field]) => {
      const value = of(field);
      const hint = hints[name];
      return [name, hint && field.type !== 'null' ? fc.oneof({ weight: 4, arbitrary: hint }, value) : value];
    }),
  );
  const known = fc.record(fields, { requiredKeys: required });
  if (additionalProperties !== true) return known;
  return fc
    .tuple(fc.constantFrom({}, { is_read: true }, { extra: [1], id: 1 }), known)
    .map(([more, own]) => ({
      ...more,
      ...own,
    }));
}
