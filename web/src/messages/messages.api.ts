import type { MessageEdit, MessagePage } from '@parley/shared';
import { getJson } from '../api/http';
import type { Session } from '../auth/session';

/** Where a page of messages is: right before a seq, right after it, or with it in the middle. */
export type PageWay = 'before' | 'after' | 'around';

/** At most `size` messages of a room, newest first. */
export function messagePage(
  session: Session,
  roomId: number,
  way: PageWay,
  seq: number,
  size: number,
): Promise<MessagePage> {
  return getJson<MessagePage>(
    session.urlOf(`/api/rooms/${roomId}/messages/?${way}=${seq}&page_size=${size}`),
  );
}

/** What a message said before each of its edits, oldest first. */
export function messageEdits(session: Session, messageId: number): Promise<MessageEdit[]> {
  return getJson<MessageEdit[]>(session.urlOf(`/api/messages/${messageId}/edits/`));
}
