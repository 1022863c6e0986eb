import type { MessagePage } from '@parley/shared';
import { getJson } from '../api/http';
import type { Asker } from '../auth/asker';

/** The messages right before `seq`, newest first. */
export function pageBefore(asker: Asker, roomId: number, seq: number, size: number): Promise<MessagePage> {
  return getJson<MessagePage>(
    `/api/rooms/${roomId}/messages/?before=${seq}&page_size=${size}&${asker.query}`,
  );
}
