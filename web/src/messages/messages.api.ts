import type { MessagePage } from '@parley/shared';
import { getJson } from '../api/http';
import type { Session } from '../auth/session';

/** The messages right before `seq`, newest first. */
export function pageBefore(
  session: Session,
  roomId: number,
  seq: number,
  size: number,
): Promise<MessagePage> {
  return getJson<MessagePage>(
    `/api/rooms/${roomId}/messages/?before=${seq}&page_size=${size}&${session.query}`,
  );
}
