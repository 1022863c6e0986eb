import { quoteText, type Message, type MessageReply, type Reaction } from '@parley/shared';
import type { OutboxEntry, QueuedChange } from './chat-state.js';

/**
 * Messages as this user sees them: with the edits, deletions and reactions that are on their way. What nothing is done to is
 * returned as it is.
 * @param outbox of the state. @param me the user.
 */
export function optimistic(outbox: readonly OutboxEntry[], me: number): (message: Message) => Message {
  const changes = new Map<number, QueuedChange[]>();
  for (const entry of outbox) {
    if (entry.kind === 'send' || entry.message_id === null || entry.status === 'failed') continue;
    const known = changes.get(entry.message_id);
    if (known) known.push(entry);
    else changes.set(entry.message_id, [entry]);
  }
  if (changes.size === 0) return (message) => message;
  return (message) => {
    const changed = (changes.get(message.id) ?? []).reduce(
      (sofar, entry) => apply(sofar, entry, me),
      message,
    );
    const { reply_to } = changed;
    const quoted = reply_to && changes.get(reply_to.id);
    return reply_to && quoted ? { ...changed, reply_to: quoted.reduce(applyToQuote, reply_to) } : changed;
  };
}

function apply(message: Message, change: QueuedChange, me: number): Message {
  if (message.deleted_at !== null) return message;
  switch (change.kind) {
    case 'edit':
      return change.text === message.text
        ? message
        : { ...message, text: change.text, edited_at: change.created_at };
    case 'delete':
      return {
        ...message,
        text: '',
        edited_at: null,
        deleted_at: change.created_at,
        reactions: [],
        attachments: [],
      };
    case 'react':
      return { ...message, reactions: withReaction(message.reactions, change.emoji, me, change.on) };
  }
}

function applyToQuote(quote: MessageReply, change: QueuedChange): MessageReply {
  if (quote.deleted || change.kind === 'react') return quote;
  return change.kind === 'edit'
    ? { ...quote, text: quoteText(change.text) }
    : { ...quote, text: '', deleted: true };
}

function withReaction(reactions: Reaction[], emoji: string, me: number, on: boolean): Reaction[] {
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  if ((known?.user_ids.includes(me) ?? false) === on) return reactions;
  if (!known) return [...reactions, { emoji, user_ids: [me] }];
  const user_ids = on ? [...known.user_ids, me] : known.user_ids.filter((id) => id !== me);
  return reactions
    .map((reaction) => (reaction === known ? { emoji, user_ids } : reaction))
    .filter((reaction) => reaction.user_ids.length > 0);
}
