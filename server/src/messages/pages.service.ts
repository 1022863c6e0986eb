import { Injectable } from '@nestjs/common';
import {
  DEFAULT_PAGE_SIZE,
  MAX_SYNC_CHANGES,
  type MessagePage,
  type Rev,
  type RoomId,
  type Seq,
  type UserId,
} from '@parley/shared';
import { ChatError, fieldError } from '../errors/chat-error.js';
import { canCatchUp, MessagesRepository } from './messages.repository.js';
import type { HistoryQuery } from './message.dto.js';
import { MessagesService } from './messages.service.js';
import { MembershipService } from '../rooms/membership.service.js';
import { freezeOf, seenBy, sharedRev, type RoomState } from '../rooms/room-state.js';

/** The query parameter that leads to a neighbouring page; null: there is none. */
type Neighbour = { page: number } | { before: number } | { after: number } | null;

/** The parameters that select a page. At most one of them is given. */
const WAYS = ['page', 'before', 'after', 'around', 'changed_since'] as const;

/** A page: the messages `lowest` to `highest` by `seq`, none when `highest` is less. */
interface Page {
  lowest: number;
  highest: number;
  /** Older messages. */
  next: Neighbour;
  /** Newer messages. */
  previous: Neighbour;
}

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
    private readonly membership: MembershipService,
    private readonly repository: MessagesRepository,
    private readonly messages: MessagesService,
  ) {}

  /**
   * A page of a room's history, for one of its members.
   * @param url of the request, absolute; `next` and `previous` are derived from it.
   * @throws ChatError `not_found` when the room is not the user's and for a page past the end, `bad_frame` for
   *   parameters that exclude each other, `gone` for too many changes.
   */
  async page(currentUserId: UserId, roomId: RoomId, query: HistoryQuery, url: URL): Promise<MessagePage> {
    await this.membership.require(roomId, currentUserId);
    const ways = WAYS.filter((way) => query[way] !== undefined);
    if (ways[1]) throw fieldError(ways[1], `cannot be combined with ${ways[0]}`);
    const room = seenBy(await this.repository.room(roomId), currentUserId);
    if (query.changed_since !== undefined) {
      return this.#changedSince(room, currentUserId, query.changed_since as Rev);
    }

    const { lowest, highest, next, previous } = pageOf(query, room.last_seq);
    const rows = highest < lowest ? [] : await this.repository.range(roomId, lowest as Seq, highest as Seq);
    return {
      count: room.last_seq,
      next: urlOf(url, next),
      previous: urlOf(url, previous),
      results: await this.messages.view(rows, room, currentUserId),
    };
  }

  /** Every change since a revision. @throws ChatError `gone` when there are too many: a part is never returned. */
  async #changedSince(room: RoomState, userId: UserId, seenRev: Rev): Promise<MessagePage> {
    const since = sharedRev(room, userId, seenRev);
    if (!canCatchUp(room, since)) throw tooManyChanges();
    const changes = await this.repository.changes([{ room, since }]);
    const changed = changes.get(room.id) ?? [];
    const freeze = freezeOf(room, userId);
    const seen = freeze ? await this.repository.frozenChanges(changed, since, freeze.rev) : changed;
    const rows = seen.toReversed();
    return {
      count: room.last_seq,
      next: null,
      previous: null,
      results: await this.messages.view(rows, room, userId),
    };
  }
}

/** The page that a query without `changed_since` asks for. */
function pageOf(
  { page, before, after, around, page_size: size = DEFAULT_PAGE_SIZE }: HistoryQuery,
  lastSeq: number,
): Page {
  if (before !== undefined) return pageBefore(before, size, lastSeq);
  if (after !== undefined) return pageAfter(after, size, lastSeq);
  if (around !== undefined) return pageAround(around, size, lastSeq);
  return numberedPage(page ?? 1, size, lastSeq);
}

/** Page N, counted from the newest message. An empty room has one page, empty. */
function numberedPage(page: number, size: number, lastSeq: number): Page {
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

/** The messages just older than a `seq`. */
function pageBefore(before: number, size: number, lastSeq: number): Page {
  const highest = Math.min(lastSeq, before - 1);
  return keysetPage(Math.max(1, highest - size + 1), highest, lastSeq);
}

/** The messages just newer than a `seq`. */
function pageAfter(after: number, size: number, lastSeq: number): Page {
  return keysetPage(after + 1, Math.min(lastSeq, after + size), lastSeq);
}

/** The message of a `seq` with as many older as newer ones; near an end of the room, more from the other side. */
function pageAround(around: number, size: number, lastSeq: number): Page {
  const newestPage = Math.max(1, lastSeq - size + 1);
  const lowest = Math.min(Math.max(1, around - Math.floor(size / 2)), newestPage);
  return keysetPage(lowest, Math.min(lastSeq, lowest + size - 1), lastSeq);
}

/** A page, empty or not, from which `before` and `after` lead to every other message of the room. */
function keysetPage(lowest: number, highest: number, lastSeq: number): Page {
  return {
    lowest,
    highest,
    next: lowest > 1 && lastSeq > 0 ? { before: Math.min(lowest, lastSeq + 1) } : null,
    previous: highest < lastSeq ? { after: highest } : null,
  };
}

function urlOf(current: URL, neighbour: Neighbour): string | null {
  if (!neighbour) return null;
  const url = new URL(current);
  for (const way of WAYS) url.searchParams.delete(way);
  for (const [way, value] of Object.entries(neighbour)) url.searchParams.set(way, String(value));
  return url.href;
}
