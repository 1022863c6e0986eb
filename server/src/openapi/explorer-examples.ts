import type { OpenAPIObject } from '@nestjs/swagger';
import { randomBytes } from 'node:crypto';
import type { Database, Statement } from '../database/database.js';
import type { Json } from './json-schema.js';

/**
 * A message and who can change it, else a room, else two users: whatever there is. All by primary key or index.
 */
const EXISTING: Statement = {
  name: 'explorer-examples',
  sql: `WITH message AS (SELECT id, room_id, sender_id FROM messages ORDER BY id DESC LIMIT 1),
             room AS (SELECT id, user_a_id, user_b_id FROM rooms
                      WHERE id = COALESCE((SELECT room_id FROM message), (SELECT min(id) FROM rooms)))
        SELECT (SELECT id FROM message) AS message_id, (SELECT id FROM room) AS room_id,
               COALESCE((SELECT sender_id FROM message), (SELECT user_a_id FROM room), (SELECT min(id) FROM users)) AS active_user_id,
               COALESCE((SELECT user_a_id + user_b_id - sender_id FROM room, message), (SELECT user_b_id FROM room),
                 (SELECT id FROM users ORDER BY id OFFSET 1 LIMIT 1)) AS user_id`,
};

type Examples = Record<string, Json>;

/**
 * The document with examples that exist in the database, so that the first try of every call in the explorer works. What
 * does not exist yet has no example: the person has to name it. (Only simulation has an explorer, where anyone may see
 * everything.)
 */
export async function withExistingExamples(
  document: OpenAPIObject,
  database: Database,
): Promise<OpenAPIObject> {
  const [row] = await database.query<Examples>(EXISTING, []);
  const examples: Examples = { ...row, active_user: row?.active_user_id ?? null, username: newName() };
  return replaceExamples(document as unknown as Json, examples) as unknown as OpenAPIObject;
}

/** A name that is not taken. */
function newName(): string {
  return `frida-${randomBytes(3).toString('hex')}`;
}

/** A copy in which every parameter and every field of a request's example has the example of its name. */
function replaceExamples(value: Json, examples: Examples): Json {
  if (Array.isArray(value)) return value.map((entry) => replaceExamples(entry, examples));
  if (typeof value !== 'object' || value === null) return value;
  const copy: { [key: string]: Json } = {};
  for (const [key, entry] of Object.entries(value)) {
    // Answers and schemas stay as they are.
    if (key === 'responses' || key === 'components') copy[key] = entry;
    else if (key === 'example' && isObject(entry)) copy[key] = overlay(entry, examples);
    else copy[key] = replaceExamples(entry, examples);
  }
  const { name, schema } = copy;
  if (typeof name === 'string' && isObject(schema) && 'example' in schema && name in examples) {
    const { example: _, ...rest } = schema;
    const example = examples[name] ?? null;
    copy.schema = example === null ? rest : { ...rest, example };
  }
  return copy;
}

function overlay(example: { [key: string]: Json }, examples: Examples): Json {
  return Object.fromEntries(
    Object.entries(example).map(([field, value]) => [field, examples[field] ?? value]),
  );
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
