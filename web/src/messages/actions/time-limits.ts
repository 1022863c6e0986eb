import type { MessageKey } from '@parley/client';
import type { Message } from '@parley/shared';
import type { Chat } from '../../realtime/chat.store';
import type { Bubble } from '../log/bubbles';

/** What a message is edited under; null when the user may not edit it. The server has the last word. */
export function editKeyOf({ text, message, outbox }: Bubble, chat: Chat): MessageKey | null {
  if (text === '') return null;
  if (!message) return outbox?.clientId ?? null;
  return isWithin(message, chat.me, chat.limits().edit_window_seconds) ? message.id : null;
}

/** Whether the user may delete a message for both. */
export function canDelete({ message }: Bubble, chat: Chat): boolean {
  return message !== null && isWithin(message, chat.me, chat.limits().delete_window_seconds);
}

/** @param seconds since it was sent; null: for ever. */
function isWithin({ sender, deleted_at, timestamp }: Message, me: number, seconds: number | null): boolean {
  if (sender.id !== me || deleted_at !== null) return false;
  return seconds === null || Date.now() - Date.parse(timestamp) < seconds * 1_000;
}
