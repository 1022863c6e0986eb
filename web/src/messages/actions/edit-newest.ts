import { optimistic, unsentMessages, type ClientRoom } from '@parley/client';
import type { Chat } from '../../realtime/chat.store';
import type { ComposerMode } from '../composer/composer-mode';
import { confirmedBubble, waitingBubble, type Bubble } from '../log/bubbles';
import { editKeyOf } from './time-limits';

/** Starts to edit the newest own message. @returns false when there is none, or its time to be edited is over. */
export function editNewest(chat: Chat, room: ClientRoom, mode: ComposerMode): boolean {
  const newest = newestOwn(chat, room);
  const key = newest && editKeyOf(newest, chat);
  if (!newest || !key) return false;
  mode.edit(key, newest.text);
  return true;
}

function newestOwn({ me, state }: Chat, { room, segments }: ClientRoom): Bubble | undefined {
  const { outbox } = state();
  const unsent = unsentMessages(outbox).findLast(({ room_id }) => room_id === room.id);
  if (unsent) return waitingBubble(unsent);
  const sent = segments.live.messages
    .map(optimistic(outbox, me))
    .findLast(({ sender, deleted_at }) => sender.id === me && deleted_at === null);
  return sent && confirmedBubble(sent, me);
}
