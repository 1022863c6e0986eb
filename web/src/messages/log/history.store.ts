import { DEFAULT_PAGE_SIZE } from '@parley/shared';
import { endOf, segmentAt, type ClientRoom, type Segment } from '@parley/client';
import { createEffect, on, type Accessor } from 'solid-js';
import { HttpError } from '../../api/http';
import { createRetry } from '../../api/retry';
import type { Session } from '../../auth/session';
import type { Chat } from '../../realtime/chat.store';
import { messagePage, type PageWay } from '../messages.api';

/** Loads the messages of one room, page by page, in both directions from where the user reads. */
export interface History {
  isLoading: Accessor<boolean>;
  hasFailed: Accessor<boolean>;
  hasOlder: Accessor<boolean>;
  hasNewer: Accessor<boolean>;
  /** Both do nothing while a request is under way or has failed: a failed one is repeated until it succeeds. */
  loadOlder(): void;
  loadNewer(): void;
  /** Opens the room at a message, whatever other request is under way. */
  loadAround(seq: number): void;
  /** Repeats the failed request now. */
  retry(): void;
}

interface Page {
  way: PageWay;
  seq: number;
  size: number;
}

/** Of a page that opens the room somewhere: more than a screen on both sides. */
const AROUND_SIZE = 60;
/** A page that is stale on arrival is requested again, this often at most. */
const ATTEMPTS = 3;

/** `segment`: the part that the user reads; undefined while it is not loaded. */
export function createHistory(
  chat: Chat,
  session: Session,
  room: Accessor<ClientRoom>,
  segment: Accessor<Segment | undefined>,
): History {
  let wanted: Page | undefined;

  const { isRunning, hasFailed, run } = createRetry(async () => {
    if (!wanted) return;
    const page = wanted;
    for (let attempt = 0; attempt < ATTEMPTS && !isLoaded(page); attempt++) await loadOnce(page);
    if (!isLoaded(page)) throw new HttpError(0, 'The page was stale each time.');
  });

  function isLoaded({ way, seq }: Page): boolean {
    const nearest = { before: seq - 1, after: seq + 1, around: seq }[way];
    return segmentAt(room().segments, nearest) !== undefined;
  }

  async function loadOnce({ way, seq, size }: Page): Promise<void> {
    const { id, rev } = room().room;
    const page = await messagePage(session, id, way, seq, size);
    chat.dispatch({ type: 'page-loaded', roomId: id, requestedAtRev: rev, page });
  }

  function load(page: Page): void {
    // Where the user wants to be comes before what is next to where the user was.
    const isKnown = page.way !== 'around' || (wanted?.way === 'around' && wanted.seq === page.seq);
    if (isKnown && (isRunning() || hasFailed())) return;
    wanted = page;
    run();
  }

  // What failed without a connection is requested again with the next one.
  createEffect(
    on(chat.connection, ({ name }) => {
      if (name === 'open' && hasFailed()) run();
    }),
  );

  /** Of what has disappeared nothing is left to load. */
  const hasOlder = () => (segment()?.first ?? 1) > (room().room.expired_seq ?? 0) + 1;
  const hasNewer = () => {
    const read = segment();
    return read !== undefined && endOf(read) <= room().room.last_seq;
  };

  return {
    isLoading: isRunning,
    hasFailed,
    hasOlder,
    hasNewer,
    loadOlder() {
      const read = segment();
      if (read && hasOlder()) load({ way: 'before', seq: read.first, size: DEFAULT_PAGE_SIZE });
    },
    loadNewer() {
      const read = segment();
      if (read && hasNewer()) load({ way: 'after', seq: endOf(read) - 1, size: DEFAULT_PAGE_SIZE });
    },
    loadAround: (seq) => load({ way: 'around', seq, size: AROUND_SIZE }),
    retry: () => run(),
  };
}
