import type { MessageId, RoomId, UserId } from '@parley/shared';
import { createParamDecorator, Injectable, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { noSuchMessage, noSuchRoom } from '../errors/chat-error.js';
import { Authenticator, type Authentication } from './authenticator.js';
import { parseId } from './id.js';
import { LegacyClients, noUserNamed } from './legacy-clients.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before every handler; null before that. */
    authentication: Authentication | null;
  }
}

/** Resolves the current user of every HTTP request, once, as soon as its body is read. */
export function authenticateRequests(app: NestFastifyApplication): void {
  const authenticator = app.get(Authenticator);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.decorateRequest('authentication', null);
  fastify.addHook('preHandler', async (request) => {
    request.authentication = await authenticator.authenticate(request);
  });
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
