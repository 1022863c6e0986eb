import type { MessageId, RoomId, SessionId, UserId } from '@parley/shared';
import { Injectable, type PipeTransform } from '@nestjs/common';
import { ChatError, noSuchMessage, noSuchRoom, noSuchUser } from '../errors/chat-error.js';
import { parseId } from './id.js';

/** An id in the path. A malformed id is answered like one that does not exist. */
@Injectable()
export class RoomIdPipe implements PipeTransform<string, RoomId> {
  transform(text: string): RoomId {
    const id = parseId(text);
    if (id === null) throw noSuchRoom();
    return id as RoomId;
  }
}

@Injectable()
export class MessageIdPipe implements PipeTransform<string, MessageId> {
  transform(text: string): MessageId {
    const id = parseId(text);
    if (id === null) throw noSuchMessage();
    return id as MessageId;
  }
}

/** The same for a session that does not exist and for one of another user. */
export function noSuchSession(): ChatError {
  return new ChatError('not_found', 'There is no such session.');
}

@Injectable()
export class SessionIdPipe implements PipeTransform<string, SessionId> {
  transform(text: string): SessionId {
    const id = parseId(text);
    if (id === null) throw noSuchSession();
    return id as SessionId;
  }
}

/** The same for an access token that does not exist and for one of another user. */
export function noSuchAccessToken(): ChatError {
  return new ChatError('not_found', 'There is no such access token.');
}

@Injectable()
export class AccessTokenIdPipe implements PipeTransform<string, SessionId> {
  transform(text: string): SessionId {
    const id = parseId(text);
    if (id === null) throw noSuchAccessToken();
    return id as SessionId;
  }
}

@Injectable()
export class UserIdPipe implements PipeTransform<string, UserId> {
  transform(text: string): UserId {
    const id = parseId(text);
    if (id === null) throw noSuchUser();
    return id as UserId;
  }
}

/** The same for a passkey that does not exist and for one of another user. */
export function noSuchPasskey(): ChatError {
  return new ChatError('not_found', 'There is no such passkey.');
}

@Injectable()
export class PasskeyIdPipe implements PipeTransform<string, number> {
  transform(text: string): number {
    const id = parseId(text);
    if (id === null) throw noSuchPasskey();
    return id;
  }
}

/** The same for an identity that does not exist and for one of another user. */
export function noSuchIdentity(): ChatError {
  return new ChatError('not_found', 'There is no such identity.');
}

@Injectable()
export class IdentityIdPipe implements PipeTransform<string, number> {
  transform(text: string): number {
    const id = parseId(text);
    if (id === null) throw noSuchIdentity();
    return id;
  }
}
