import { createEffect, on } from 'solid-js';
import { HttpError } from '../../api/http';
import { createRetry } from '../../api/retry';
import type { Chat } from '../../realtime/chat.store';
import type { Auth } from '../auth.store';

/** A session that is refused again within this time, in milliseconds, is not tried at once a third time. */
const REFUSED_AGAIN_MS = 5_000;

/**
 * Asks whether the session is still valid when a socket is refused. If it is (a session that was renewed, or one of
 * another window), the socket reconnects; if not, `auth` has no user from then on.
 */
export function keepSession(chat: Chat, auth: Auth): void {
  let renewedAt = 0;

  const check = createRetry(async (isCurrent) => {
    await auth.refresh();
    if (!isCurrent() || chat.connection().name !== 'stopped') return;
    if (Date.now() - renewedAt < REFUSED_AGAIN_MS) throw new HttpError(401, 'The socket is refused again.');
    renewedAt = Date.now();
    chat.reconnect();
  });

  createEffect(
    on(chat.connection, (now, before) => {
      const isEnded = now.name === 'stopped' && now.reason === 'unauthorized';
      // An upgrade that is answered with 401 looks to a page like a server that is away.
      if (isEnded || (now.name === 'waiting' && before?.name === 'connecting')) check.run();
    }),
  );
}
