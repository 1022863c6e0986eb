import { untrack } from 'solid-js';
import type { Chat } from '../../realtime/chat.store';
import type { Auth } from '../auth.store';
import { keepSession } from './keep-session';

/** Keeps the session of an account, and says what came of linking it with another, where the user is back from that. */
export function watchAccount(chat: Chat, auth: Auth): void {
  keepSession(chat, auth);
  if (window.location.hash.startsWith('#link='))
    void import('./providers/link-outcome').then(({ sayLinkOutcome }) =>
      sayLinkOutcome(untrack(auth.info)?.providers ?? []),
    );
}
