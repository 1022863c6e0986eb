import { unsentMessages } from '@parley/client';
import { createMemo } from 'solid-js';
import { perChat } from '../realtime/per-chat';
import { createKeyed } from '../ui/keyed';

/** Whether the server has refused a message of the user, by room id, and the user has not tried again or discarded it. */
export const refusedIn = perChat((chat) => {
  const outbox = createMemo(() => chat.state().outbox);
  const refused = createMemo(() => {
    const failed = unsentMessages(outbox()).filter(({ status }) => status === 'failed');
    return Object.fromEntries(failed.map(({ room_id }) => [room_id, true])) as Record<number, true>;
  });
  return createKeyed(refused);
});
