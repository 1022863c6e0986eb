import type { MessageId, RoomId, UserId } from '@parley/shared';
import { createParamDecorator, Injectable, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { noSuchMessage, noSuchRoom, ChatError } from '../errors/chat-error.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { Authenticator, type Authentication, type Credentials } from './authenticator.js';
import { parseId } from './id.js';
import { assertNamesUser, LegacyClients, noUserNamed } from './legacy-clients.js';
import { needOf, scopeRefusal } from './scopes.js';
import { noSession } from './session.strategy.js';
import type { Session } from './sessions.service.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before every handler; null before that. */
    authentication: Authentication | null;
  }
  interface FastifyContextConfig {
    /** In accounts mode the call is answered without a session too. */
    isPublic?: true;
  }
}

/** Simulation: resolves the current user of every HTTP request, once, as soon as its body is read. */
export function authenticateRequests(app: NestFastifyApplication): void {
  const authenticator = app.get(Authenticator);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.decorateRequest('authentication', null);
  fastify.addHook('preHandler', async (request) => {
    request.authentication = await authenticator.authenticate(credentialsOf(request));
  });
}

/**
 * Accounts: resolves the session of every HTTP request before its body is read, and refuses calls of the API without one
 * (401), also those that do not exist. Public calls are answered without one, also when theirs has ended. A personal access
 * token must have the scope that the call needs, and a user that a request names must be that of the session (403). To be
 * called after the limits of requests per IP.
 */
export function requireSessions(app: NestFastifyApplication): void {
  const authenticator = app.get(Authenticator);
  const fastify = app.getHttpAdapter().getInstance();
  const filter = new ProblemFilter();
  const refuse = (reply: FastifyReply, error: unknown) => {
    const { body, retryAfterMs } = filter.toProblem(error, reply.request.id);
    if (body.status === 401) void reply.header('WWW-Authenticate', 'Bearer');
    if (retryAfterMs !== undefined) void reply.header('Retry-After', Math.ceil(retryAfterMs / 1_000));
    return reply.status(body.status).type('application/problem+json').send(JSON.stringify(body));
  };
  fastify.decorateRequest('authentication', null);
  // After CORS, so that pages of other origins can read the refusal, and preflights, which have no credentials, pass.
  fastify.after(() => {
    fastify.addHook('preParsing', async (request, reply) => {
      if (request.method === 'OPTIONS' || !isApi(request)) return;
      const result = await authenticator.authenticate(credentialsOf(request));
      const isPublic = request.routeOptions.config.isPublic === true;
      const isRefused = result.userId === undefined && !isUnauthorized(result.error);
      if (isRefused || (!isPublic && typeof result.userId !== 'number')) {
        return refuse(reply, result.userId === undefined ? result.error : noSession());
      }
      const refusal = isPublic || !result.session ? null : scopeRefusal(result.session, neededBy(request));
      if (refusal) {
        // RFC 6750, section 3.1.
        void reply.header('WWW-Authenticate', 'Bearer error="insufficient_scope"');
        return refuse(reply, refusal);
      }
      request.authentication = result.userId === undefined ? { userId: null, session: null } : result;
    });
  });
  fastify.addHook('preHandler', async (request, reply) => {
    const userId = request.authentication?.userId;
    if (typeof userId !== 'number') return;
    try {
      assertNamesUser(userId, request);
    } catch (error) {
      return refuse(reply, error);
    }
  });
}

function isApi(request: FastifyRequest): boolean {
  return /^\/api(\/|$)/.test(pathOf(request));
}

function neededBy(request: FastifyRequest) {
  const { method, routeOptions } = request;
  return needOf(method, pathOf(request), routeOptions.config.isSessionOnly === true);
}

/** By the route: a path can be written in many ways. Where there is no route, only the sentence of a refusal differs. */
function pathOf({ routeOptions, url }: FastifyRequest): string {
  return routeOptions.url ?? url.replace(/[?#].*/s, '');
}

function isUnauthorized(error: unknown): boolean {
  return error instanceof ChatError && error.code === 'unauthorized';
}

function credentialsOf({ headers, query, body, protocol, ip }: FastifyRequest): Credentials {
  return { headers, query, body, ip, isSecure: protocol === 'https' };
}

/** The user id of a request; null when it names no user. @throws the error of a failed authentication. */
function userIdOf({ authentication }: FastifyRequest): UserId | null {
  if (authentication === null) throw new Error('The request is not authenticated yet.');
  if (authentication.userId === undefined) throw authentication.error;
  return authentication.userId;
}

/** The id of the current user. @throws ChatError when the request has none. */
export const CurrentUser = createParamDecorator((_: unknown, context: ExecutionContext): UserId => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const userId = userIdOf(request);
  if (userId === null) throw noUserNamed(request.method === 'POST' ? 'active_user_id' : 'active_user');
  return userId;
});

/** The id of the current user; null when the request has none. */
export const OptionalCurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): UserId | null =>
    userIdOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** The session or access token of the request. @throws ChatError `unauthorized` without one. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext): Session => {
  const { authentication } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!authentication?.session) throw noSession();
  return authentication.session;
});

/** The session or access token of the request; null without one. */
export const OptionalSession = createParamDecorator(
  (_: unknown, context: ExecutionContext): Session | null =>
    context.switchToHttp().getRequest<FastifyRequest>().authentication?.session ?? null,
);

const RequestItself = createParamDecorator((_: unknown, context: ExecutionContext) =>
  context.switchToHttp().getRequest<FastifyRequest>(),
);

@Injectable()
class ReceiverPipe implements PipeTransform<FastifyRequest, Promise<UserId>> {
  constructor(private readonly legacy: LegacyClients) {}

  async transform(request: FastifyRequest): Promise<UserId> {
    const userId = userIdOf(request);
    if (userId !== null) return userId;
    const messageId = idOf(request, 'message_id') as MessageId | null;
    if (messageId === null) throw noSuchMessage();
    return this.legacy.receiverOf(messageId);
  }
}

@Injectable()
class MemberPipe implements PipeTransform<FastifyRequest, Promise<UserId>> {
  constructor(private readonly legacy: LegacyClients) {}

  async transform(request: FastifyRequest): Promise<UserId> {
    const userId = userIdOf(request);
    if (userId !== null) return userId;
    const roomId = idOf(request, 'room_id') as RoomId | null;
    if (roomId === null) throw noSuchRoom();
    return this.legacy.memberOf(roomId);
  }
}

/** The current user; for legacy clients that name nobody, the receiver of the message `:message_id`. */
export const CurrentUserOrReceiver = () => RequestItself(ReceiverPipe);

/** The current user; for legacy clients that name nobody, a member of the room `:room_id`. */
export const CurrentUserOrMember = () => RequestItself(MemberPipe);

function idOf({ params }: FastifyRequest, name: 'message_id' | 'room_id'): number | null {
  return parseId((params as Readonly<Record<string, string>>)[name] ?? '');
}
