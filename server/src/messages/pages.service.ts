import { Injectable } from '@nestjs/common';
import { DEFAULT_PAGE_SIZE, MAX_SYNC_CHANGES, type MessagePage } from '@parley/shared';
import { ChatError, fieldError } from '../errors/chat-error.js';
import { canCatchUp, MessagesRepository } from './messages.repository.js';
import type { HistoryQuery } from './message.dto.js';
import { MessagesService } from './messages.service.js';
import type { RoomState } from '../rooms/room-state.js';

/** What leads to a neighbouring page: query parameters to set in the place of the current ones. */
type Neighbour = Partial<Record<'page' | 'before' | 'after', number>> | null;

export function noSuchPage(): ChatError {
  return new ChatError('not_found', 'There is no such page: the room has fewer messages.');
}

export function tooManyChanges(): ChatError {
  return new ChatError(
    'gone',
    `More than ${MAX_SYNC_CHANGES} changes since that revision: fetch the newest page.`,
  );
}

/** Pages of history. Each is a range of `seq`: two statements, whatever the depth. */
@Injectable()
export class PagesService {
  constructor(
    private readonly repository: MessagesRepository,
    private readonly messages: MessagesService,
  ) {}

  /**
   * @param address of the request, absolute; `next` and `previous` are made from it.
   * @throws ChatError `not_found` for a page past the end, `bad_frame` for contradicting parameters.
   */
  async page(roomId: number, query: HistoryQuery, address: URL): Promise<MessagePage> {
    const ways = (['page', 'before', 'after', 'changed_since'] as const).filter(
      (way) => query[way] !== undefined,
    );
    if (ways[1]) throw fieldError(ways[1], `cannot be combined with ${ways[0]}`);
    const room = await this.repository.room(roomId);
    if (query.changed_since !== undefined) return this.#changedSince(room, query.changed_since);

    const { lowest, highest, next, previous } = rangeOf(query, room.last_seq);
    const rows = highest < lowest ? [] : await this.repository.range(roomId, lowest, highest);
    return {
      count: room.last_seq,
      next: urlOf(address, next),
      previous: urlOf(address, previous),
      results: await this.messages.view(rows, room),
    };
  }

  /** All that changed, or an explicit refusal: never a part. */
  async #changedSince(room: RoomState, since: number): Promise<MessagePage> {
    if (!canCatchUp(room, since)) {
      throw tooManyChanges();
    }
    const changes = await this.repository.changes([{ room, since }]);
    const rows = (changes.get(room.id) ?? []).toReversed();
    return {
      count: room.last_seq,
      next: null,
      previous: null,
      results: await this.messages.view(rows, room),
    };
  }
}

/** The `seq` range of a page, and what leads on from it. An empty room has one page, empty. */
function rangeOf(
  query: HistoryQuery,
  lastSeq: number,
): { lowest: number; highest: number; next: Neighbour; previous: Neighbour } {
  const size = query.page_size ?? DEFAULT_PAGE_SIZE;
  if (query.before === undefined && query.after === undefined) {
    const page = query.page ?? 1;
    const highest = lastSeq - (page - 1) * size;
    if (highest < 1 && page > 1) throw noSuchPage();
    const lowest = Math.max(1, highest - size + 1);
    return {
      lowest,
      highest,
      next: lowest > 1 ? { page: page + 1 } : null,
      previous: page > 1 ? { page: page - 1 } : null,
    };
  }
  const highest =
    query.after === undefined
      ? Math.min(lastSeq, (query.before ?? lastSeq + 1) - 1)
      : Math.min(lastSeq, query.after + size);
  const lowest = Math.max(1, query.after === undefined ? highest - size + 1 : query.after + 1);
  return {
    lowest,
    highest,
    next: lowest > 1 && lastSeq > 0 ? { before: Math.min(lowest, lastSeq + 1) } : null,
    previous: highest < lastSeq ? { after: Math.max(highest, 0) } : null,
  };
}

function urlOf(address: URL, neighbour: Neighbour): string | null {
  if (!neighbour) return null;
  const url = new URL(address);
  for (const way of ['page', 'before', 'after']) url.searchParams.delete(way);
  for (const [way, value] of Object.entries(neighbour)) url.searchParams.set(way, String(value));
  return url.href;
}
