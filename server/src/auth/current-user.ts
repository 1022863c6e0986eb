import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { fieldError } from '../errors/chat-error.js';

/**
 * Who is asking, resolved here and nowhere else. In simulation the request names the user it acts as; a session
 * will take the place of these names without anything else changing.
 */

const ID = /^[1-9]\d{0,15}$/;

/** A positive integer that JSON and PostgreSQL both hold exactly, from text; null when it is none. */
export function parseId(text: string): number | null {
  return ID.test(text) && Number(text) <= Number.MAX_SAFE_INTEGER ? Number(text) : null;
}

/**
 * The user a request names in `?active_user=` or in `active_user_id` of its body; null when it names nobody.
 * @throws ChatError `bad_frame` when a name is no id, or the two differ.
 */
export function userNamedByRequest(request: Pick<FastifyRequest, 'query' | 'body'>): number | null {
  const inQuery = named(request.query, 'active_user');
  const inBody = named(request.body, 'active_user_id');
  if (inQuery !== null && inBody !== null && inQuery !== inBody) {
    throw fieldError('active_user_id', 'must be the same as active_user in the address');
  }
  return inQuery ?? inBody;
}

/** The user that the address of a socket names; null for nobody. @throws ChatError as above. */
export function userNamedByUrl(query: URLSearchParams): number | null {
  const names = query.getAll('active_user');
  return named(
    names.length === 0 ? {} : { active_user: names.length === 1 ? names[0] : names },
    'active_user',
  );
}

function named(source: unknown, field: 'active_user' | 'active_user_id'): number | null {
  if (typeof source !== 'object' || source === null || !Object.hasOwn(source, field)) return null;
  const value: unknown = (source as Record<string, unknown>)[field];
  // In the address everything is text; in a body an id is a number.
  const isOfRightType = typeof value === (field === 'active_user' ? 'string' : 'number');
  const id = isOfRightType ? parseId(String(value)) : null;
  if (id === null) throw fieldError(field, 'must be a positive integer');
  return id;
}

/**
 * The id of the user who asks.
 * @throws ChatError when the request names nobody: it names the field of the query, or of the body where there is one.
 */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): number => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const userId = userNamedByRequest(request);
  if (userId !== null) return userId;
  const field = request.method === 'POST' ? 'active_user_id' : 'active_user';
  throw fieldError(field, 'is missing: it names the user who asks');
});

/** The id of the user who asks, or null: some calls of the first clients name nobody. */
export const CurrentUserIfNamed = createParamDecorator(
  (_: unknown, context: ExecutionContext): number | null =>
    userNamedByRequest(context.switchToHttp().getRequest<FastifyRequest>()),
);
