import type { ClientRoom } from '@parley/client';
import { DEFAULT_PAGE_SIZE } from '@parley/shared';
import { HttpError } from '../api/http';
import type { Session } from '../auth/session';
import { messagePage } from '../messages/messages.api';
import type { Chat } from '../realtime/chat.store';

/** Chats of which a page is fetched though nobody has opened them, at most: the most recently active. */
const FETCHED_ROOMS = 50;
/** The first view comes first, and a connection: in milliseconds. */
const BEGIN_MS = 3_000;
/** Between two requests, in milliseconds. */
const PAUSE_MS = 200;

/** Whether a page of a room is loaded, or all that there is of it. */
export function hasPage({ room, segments }: ClientRoom): boolean {
  const { first, messages } = segments.live;
  return messages.length >= DEFAULT_PAGE_SIZE || first <= (room.expired_seq ?? 0) + 1;
}

/**
 * Fetches a page of the recent chats that this browser keeps less of, one after the other, so that they can be read
 * without a connection. Once per window; what fails is left to the next one.
 * @param isKept whether a page of the room is kept, or all of it
 */
export function fetchRecent(
  chat: Chat,
  session: Session,
  isKept: (roomId: number) => boolean,
  isEnded: () => boolean,
): void {
  const { client } = chat;

  async function fetchAll(): Promise<void> {
    const recent = Object.values(client.state.rooms)
      .filter(({ room }) => room.last_message !== null)
      .toSorted((a, b) => timeOf(b.room).localeCompare(timeOf(a.room)))
      .slice(0, FETCHED_ROOMS);
    for (const { room } of recent) {
      const known = client.state.rooms[room.id];
      if (!known || hasPage(known) || isKept(room.id)) continue;
      const { rev, last_seq: seq } = known.room;
      const page = await messagePage(session, room.id, 'before', seq + 1, DEFAULT_PAGE_SIZE);
      if (isEnded()) return;
      client.dispatch({ type: 'page-loaded', roomId: room.id, requestedAtRev: rev, page });
      await pause();
    }
  }

  function begin(): void {
    if (isEnded()) return;
    if (!client.isConnected) return void setTimeout(begin, BEGIN_MS);
    fetchAll().catch((error: unknown) => {
      if (!(error instanceof HttpError)) throw error;
    });
  }
  setTimeout(begin, BEGIN_MS);
}

function timeOf({
  last_message,
  created_at,
}: {
  last_message: { timestamp: string } | null;
  created_at: string;
}): string {
  return last_message?.timestamp ?? created_at;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
