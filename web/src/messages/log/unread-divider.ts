import { firstUnread, type ClientRoom } from '@parley/client';
import { createComputed, createSignal, on, type Accessor } from 'solid-js';

/**
 * The seq after which the divider «New messages» is; null for none. It is set on opening, and again at the first message
 * that comes while the user does not follow the room and has read everything before. It stays when that is read.
 */
export function createUnreadDivider(
  room: Accessor<ClientRoom>,
  me: number,
  readSeq: Accessor<number>,
  isFollowing: Accessor<boolean>,
): Accessor<number | null> {
  const [after, setAfter] = createSignal<number | null>(null);
  /** All that the divider announced was read. */
  let isSpent = true;
  // Computed before the rows: a divider that came after them would move them.
  createComputed(
    on([() => room().room.last_seq, readSeq], () => {
      if (firstUnread(room(), me, readSeq()) === null) isSpent = true;
      else if (isSpent && !isFollowing()) {
        isSpent = false;
        setAfter(readSeq());
      }
    }),
  );
  return after;
}
