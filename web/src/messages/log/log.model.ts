import { createMemo, createSignal, type Accessor } from 'solid-js';
import type { ChatState, RoomState } from '@parley/client';
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

/** What the log of one room shows: rows, of which only a part is in the page. */
export interface LogModel {
  keys: Accessor<string[]>;
  row(key: string): Row | undefined;
  /** The key of the newest own message: it says its status in words. */
  newestOwn: Accessor<string | null>;
  /** Whether the part shown goes up to the newest message. */
  endsAtNewest: Accessor<boolean>;
  /** Shows one step more; false when there is no more that is loaded. */
  showEarlier(): boolean;
  showLater(): boolean;
  showNewest(): void;
  /** One reads at the very end (or not any more). */
  setFollows(follows: boolean): void;
}

interface Source {
  state: Accessor<ChatState>;
  room: Accessor<RoomState>;
  /** The line «new messages» is after this seq; null for none. */
  unreadAfter: number | null;
}

export function createLogModel({ state, room, unreadAfter }: Source): LogModel {
  const [follows, setFollows] = createSignal(unreadAfter === null);
  const loaded = (): LoadedRange => {
    const newest = room().room.last_seq;
    return { oldest: room().messages[0]?.seq ?? newest + 1, newest };
  };
  /** Null until one has scrolled: the newest part then, however much of it is loaded. */
  const [wanted, setWanted] = createSignal<ShownRange | null>(null);
  const range = createMemo(() => settledRange(wanted() ?? newestRange(loaded()), loaded(), follows()));

  const bubbles = createMemo((): Bubble[] => {
    const { me, outbox, users } = state();
    const { first, last } = range();
    const { oldest } = loaded();
    const shown = room().messages.slice(first - oldest, last === null ? undefined : last - oldest + 1);
    const confirmed = shown.map((message) => confirmedBubble(message, me));
    if (last !== null) return confirmed;
    const waiting = outbox.filter(({ room_id }) => room_id === room().room.id);
    return [...confirmed, ...waiting.map((entry) => waitingBubble(entry, users[me]?.username ?? ''))];
  });

  const rows = createMemo(() => new Map(arrange(bubbles(), unreadAfter, now()).map((row) => [row.key, row])));
  const keys = createMemo(() => [...rows().keys()], [], { equals: sameItems });

  function move(step: (range: ShownRange, loaded: LoadedRange) => ShownRange): boolean {
    const before = range();
    const after = step(before, loaded());
    if (after.first === before.first && after.last === before.last) return false;
    setFollows(false);
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
    setFollows(next) {
      // What is shown now is what one goes on reading from.
      if (!next && follows()) setWanted(range());
      setFollows(next);
    },
  };
}

function sameItems(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
