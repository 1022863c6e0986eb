import type { ClientRoom } from '@parley/client';
import { DEFAULT_PAGE_SIZE } from '@parley/shared';
import type { Session } from '../../auth/session';
import { messagePage } from '../messages.api';
import { seqAt, type Sent } from './seq-at';

/**
 * The seq of the first message of a room from that time on (milliseconds since 1970), or of the last one.
 * @throws HttpError when the server does not answer.
 */
export function findDay(session: Session, { room }: ClientRoom, time: number): Promise<number> {
  async function messagesAround(seq: number): Promise<Sent[]> {
    const page = await messagePage(session, room.id, 'around', seq, DEFAULT_PAGE_SIZE);
    return page.results
      .map((message) => ({ seq: message.seq, time: Date.parse(message.timestamp) }))
      .toSorted((a, b) => a.seq - b.seq);
  }
  return seqAt(time, (room.expired_seq ?? 0) + 1, room.last_seq, messagesAround);
}
