import { createMemo, createSignal, type Accessor } from 'solid-js';
import type { OutboxEntry, RoomState } from '@parley/client';
import type { User } from '@parley/shared';
import { now } from '../../ui/clock';
import { arrange, confirmedBubble, waitingBubble, type Bubble, type Row } from './bubbles';
import {
  earlierRange,
  laterRange,
  newestRange,
  settledRange,
  type LoadedRange,
  type ShownRange,
} from './shown-range';

/** The rows of one room's log. Only a part of them is in the page. */
export interface LogModel {
  keys: Accessor<string[]>;
  row(key: string): Row | undefined;
  /** The key of the newest own message, whose status is shown in words. */
  newestOwn: Accessor<string | null>;
  /** Whether the part shown goes up to the newest message. */
  endsAtNewest: Accessor<boolean>;
  /** Shows one step more; false when there is no more that is loaded. */
  showEarlier(): boolean;
  showLater(): boolean;
  showNewest(): void;
  /** Whether the part shown moves on with new messages: the reader is at the very end. */
  setStickToEnd(sticks: boolean): void;
}

interface Source {
  me: User;
  /** What `me` has sent and the server has not confirmed, in all rooms. */
  outbox: Accessor<readonly OutboxEntry[]>;
  room: Accessor<RoomState>;
  /** The divider «New messages» is after this seq; null for none. */
  unreadAfter: number | null;
}

export function createLogModel({ me, outbox, room, unreadAfter }: Source): LogModel {
  const [sticksToEnd, setSticksToEnd] = createSignal(unreadAfter === null);
  const loaded = (): LoadedRange => {
    const newest = room().room.last_seq;
    return { oldest: room().messages[0]?.seq ?? newest + 1, newest };
  };
  /** Null before the first scroll: the newest part then, however much of it is loaded. */
  const [wanted, setWanted] = createSignal<ShownRange | null>(null);
  const range = createMemo(() => settledRange(wanted() ?? newestRange(loaded()), loaded(), sticksToEnd()));

  // A memo: what happens in other rooms changes nothing here.
  const queued = createMemo(() => outbox().filter(({ room_id }) => room_id === room().room.id), [], {
    equals: sameItems,
  });

  const bubbles = createMemo((): Bubble[] => {
    const { first, last } = range();
    const { oldest } = loaded();
    const shown = room().messages.slice(first - oldest, last === null ? undefined : last - oldest + 1);
    const confirmed = shown.map((message) => confirmedBubble(message, me.id));
    if (last !== null) return confirmed;
    return [...confirmed, ...queued().map((entry) => waitingBubble(entry, me.username))];
  });

  const rows = createMemo(() => new Map(arrange(bubbles(), unreadAfter, now()).map((row) => [row.key, row])));
  const keys = createMemo(() => [...rows().keys()], [], { equals: sameItems });

  function move(step: (range: ShownRange, loaded: LoadedRange) => ShownRange): boolean {
    const before = range();
    const after = step(before, loaded());
    if (after.first === before.first && after.last === before.last) return false;
    setSticksToEnd(false);
    setWanted(after);
    return true;
  }

  return {
    keys,
    row: (key) => rows().get(key),
    newestOwn: createMemo(() => bubbles().findLast(({ isMine }) => isMine)?.key ?? null),
    endsAtNewest: () => range().last === null,
    showEarlier: () => move(earlierRange),
    showLater: () => move(laterRange),
    showNewest: () => setWanted(newestRange(loaded())),
    setStickToEnd(next) {
      // The part that is shown now stays.
      if (!next && sticksToEnd()) setWanted(range());
      setSticksToEnd(next);
    },
  };
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
