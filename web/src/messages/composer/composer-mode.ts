import type { MessageReply } from '@parley/shared';
import { createSignal, type Accessor } from 'solid-js';
import { loadReply, saveReply } from './drafts';

/** What the composer writes other than a plain message: a reply to one, or another text for one. */
export type Mode =
  | { kind: 'reply'; quote: MessageReply }
  /** `message`: its id, or the client_id of one that is not sent. */
  | { kind: 'edit'; message: number | string; text: string };

/** Of the composer of one chat. */
export interface ComposerMode {
  /** Null: a plain message. */
  current: Accessor<Mode | null>;
  reply(quote: MessageReply): void;
  edit(message: number | string, text: string): void;
  /** Another window may have changed the draft. */
  refresh(): void;
  /** Back to what was written before: after an edit to the reply, else to a plain message. */
  end(): void;
}

/** A reply is stored with its draft: it survives the chat and the reload. */
export function createComposerMode(userId: number, roomId: number): ComposerMode {
  const stored = () => {
    const quote = loadReply(userId, roomId);
    return quote && { kind: 'reply' as const, quote };
  };
  const [current, setCurrent] = createSignal<Mode | null>(stored());
  return {
    current,
    reply(quote) {
      saveReply(userId, roomId, quote);
      setCurrent({ kind: 'reply', quote });
    },
    edit: (message, text) => setCurrent({ kind: 'edit', message, text }),
    refresh() {
      const before = current();
      const next = stored();
      if (before?.kind !== 'edit' && before?.quote.id !== next?.quote.id) setCurrent(next);
    },
    end() {
      if (current()?.kind !== 'edit') saveReply(userId, roomId, null);
      setCurrent(stored());
    },
  };
}
