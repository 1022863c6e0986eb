import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '@parley/shared';
import { createEffect, on, type Accessor } from 'solid-js';
import { HttpError } from '../../api/http';
import { createRetry } from '../../api/retry';
import type { Session } from '../../auth/session';
import type { Chat } from '../../realtime/chat.store';
import type { RoomState } from '@parley/client';
import { pageBefore } from '../messages.api';

/** The older messages of one room, page by page. */
export interface History {
  isLoading: Accessor<boolean>;
  hasFailed: Accessor<boolean>;
  hasOlder: Accessor<boolean>;
  /** Fetches the next page, unless a request is under way. A failed one is repeated until it succeeds. */
  loadOlder(): void;
}

/** A page that is stale on arrival is requested again, this often at most. */
const ATTEMPTS = 3;

export function createHistory(chat: Chat, session: Session, room: Accessor<RoomState>): History {
  const oldest = () => room().messages[0]?.seq ?? room().room.last_seq + 1;
  const hasOlder = () => oldest() > 1;

  let size = DEFAULT_PAGE_SIZE;
  const { isRunning, hasFailed, run } = createRetry(async () => {
    const before = oldest();
    for (let attempt = 0; attempt < ATTEMPTS && oldest() === before; attempt++) await loadOnce();
    if (oldest() === before && hasOlder()) throw new HttpError(0, 'The page was stale each time.');
  });

  function loadOlder(pageSize = DEFAULT_PAGE_SIZE): void {
    if (isRunning() || !hasOlder()) return;
    size = pageSize;
    run();
  }

  async function loadOnce(): Promise<void> {
    const { id, rev } = room().room;
    const page = await pageBefore(session, id, oldest(), size);
    chat.dispatch({ type: 'page-loaded', roomId: id, askedRev: rev, page });
  }

  // At first, and again when a reset has dropped what was loaded, with all that is unread if it fits a page.
  createEffect(() => {
    const isBare = room().messages.length <= 1 && hasOlder();
    if (isBare && !hasFailed()) {
      loadOlder(Math.min(MAX_PAGE_SIZE, Math.max(DEFAULT_PAGE_SIZE, room().room.unread_count + 10)));
    }
  });

  // What failed without a connection is tried again with the next one.
  createEffect(
    on(chat.connection, ({ name }) => {
      if (name === 'open' && hasFailed()) loadOlder();
    }),
  );

  return { isLoading: isRunning, hasFailed, hasOlder, loadOlder: () => loadOlder() };
}
