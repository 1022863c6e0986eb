import {
  batch,
  createComputed,
  createMemo,
  createSignal,
  on,
  onCleanup,
  untrack,
  type Accessor,
  type Signal,
} from 'solid-js';
import { segmentAt, unsentMessages, type ClientRoom, type OutboxEntry, type Segment } from '@parley/client';
import { hasExpired, type Message, type User } from '@parley/shared';
import { now } from '../../ui/clock';
import { arrange, confirmedBubble, waitingBubble, type Bubble, type Row } from './bubbles';
import type { WithUnsent } from './with-unsent';
import {
  earlierRange,
  laterRange,
  mostShown,
  openingRange,
  settledRange,
  type LoadedRange,
  type ShownRange,
} from './shown-range';

/** The rows of one room's log, around the message that the user reads. Only a part of them is in the page. */
export interface LogModel {
  /** The loaded messages around that message; undefined while there are none. */
  segment: Accessor<Segment | undefined>;
  /** The seq of the message that the user reads; null at the end, where the log follows new messages. */
  position: Accessor<number | null>;
  keys: Accessor<string[]>;
  row(key: string): Row | undefined;
  /**
   * The row as a subscription to it alone, for as long as the owner of the call: other rows come and go without it. A row
   * that is gone stays as it was.
   */
  watchRow(key: string): Accessor<Row | undefined>;
  /** The key of the newest own message, whose status is shown in words. */
  newestOwn: Accessor<string | null>;
  /** Whether the part shown goes up to the newest message. */
  endsAtNewest: Accessor<boolean>;
  /**
   * Shows one step more; false when there is no more that is loaded. Messages beyond the seq `needed`, at the other end, may go;
   * for null only those that would be too many.
   */
  showEarlier(needed: number | null): boolean;
  showLater(needed: number | null): boolean;
  /** Shows the messages around `seq`, or the newest ones for null. */
  show(seq: number | null): void;
  /** The user has scrolled to the message `seq`, or to the end for null: what is shown stays as it is. */
  moveTo(seq: number | null): void;
}

interface Source {
  me: User;
  /** What `me` has sent and the server has not confirmed, in all rooms. */
  outbox: Accessor<readonly OutboxEntry[]>;
  /** A message with what `me` has done to it and the server has not confirmed. */
  asSeen(message: Message): Message;
  room: Accessor<ClientRoom>;
  /** How far the clock of this device is ahead of the server's, in milliseconds. */
  clockAheadMs(): number;
  /** Puts refused messages in their places, once it is loaded. */
  withUnsent(): WithUnsent | undefined;
  /** The divider «New messages» is after this seq; null for none. */
  unreadAfter: Accessor<number | null>;
  /** Where the log opens: at this seq, or at the end for null. */
  openAt: number | null;
}

export function createLogModel({
  me,
  outbox,
  asSeen,
  room,
  clockAheadMs,
  withUnsent,
  unreadAfter,
  openAt,
}: Source): LogModel {
  /** Where the reader is. Scrolling changes it with each frame, and what is shown almost never: only then it is signalled. */
  let place = openAt;
  const [placed, signalPlace] = createSignal(undefined, { equals: false });
  const position = () => {
    placed();
    return place;
  };
  const segment = createMemo(() => {
    const { segments } = room();
    const seq = position();
    return seq === null ? segments.live : segmentAt(segments, seq);
  });
  const loaded = (): LoadedRange => {
    const { first, messages } = segment() ?? NOTHING;
    return {
      oldest: first,
      newest: first + messages.length - 1,
      isLive: segment() === room().segments.live,
      most: mostShown(innerHeight),
    };
  };
  /** Null before the first scroll: the part around the position then, however much of it is loaded. */
  const [wanted, setWanted] = createSignal<ShownRange | null>(null);
  const range = createMemo(
    () => settledRange(wanted() ?? openingRange(position(), loaded()), loaded(), position()),
    undefined,
    { equals: (a, b) => a.first === b.first && a.last === b.last },
  );

  // A memo: what happens in other rooms changes nothing here.
  const queued = createMemo(() => outbox().filter(({ room_id }) => room_id === room().room.id), [], {
    equals: sameItems,
  });

  const bubbles = createMemo((): Bubble[] => {
    const { first, last } = range();
    const { oldest } = loaded();
    const { messages } = segment() ?? NOTHING;
    const shown = messages.slice(first - oldest, last === null ? undefined : last - oldest + 1);
    const changing = new Set(queued().map((entry) => (entry.kind === 'send' ? null : entry.message_id)));
    const confirmed = shown
      .filter((message) => !hasExpired(message) && message.seq > (room().room.expired_seq ?? 0))
      .map((message) => confirmedBubble(asSeen(message), me.id, changing.has(message.id)));
    if (last !== null) return confirmed;
    const unsent = unsentMessages(queued()).map((entry) => waitingBubble(entry));
    return withUnsent()?.(confirmed, unsent, clockAheadMs()) ?? [...confirmed, ...unsent];
  });

  const rows = createMemo((before: ReadonlyMap<string, Row>) => {
    const { timer } = room().room;
    const isTimed = timer && timer.after_seq <= (range().last ?? Infinity);
    const all = arrange(bubbles(), unreadAfter(), now(), isTimed ? timer : undefined);
    // The same object for the same row: rows that stay are not rendered again when others come.
    return new Map(all.map((row) => [row.key, sameRow(before.get(row.key), row)]));
  }, NO_ROWS);
  const keys = createMemo(() => [...rows().keys()], [], { equals: sameItems });

  const watched = new Map<string, Signal<Row | undefined>>();
  createComputed(
    on(rows, (all) => {
      for (const [key, [, set]] of watched) set((before) => all.get(key) ?? before);
    }),
  );

  function move(step: typeof earlierRange, needed: number | null): boolean {
    const before = range();
    const after = step(before, loaded(), needed);
    if (after === before) return false;
    setWanted(after);
    return true;
  }

  return {
    segment,
    position,
    keys,
    row: (key) => rows().get(key),
    watchRow(key) {
      const signal = createSignal(untrack(rows).get(key));
      watched.set(key, signal);
      onCleanup(() => watched.get(key) === signal && watched.delete(key));
      return signal[0];
    },
    newestOwn: createMemo(() => bubbles().findLast(({ isMine }) => isMine)?.key ?? null),
    endsAtNewest: () => range().last === null,
    showEarlier: (needed) => move(earlierRange, needed),
    showLater: (needed) => move(laterRange, needed),
    show: (seq) =>
      batch(() => {
        setWanted(null);
        place = seq;
        signalPlace();
      }),
    moveTo: (seq) =>
      batch(() => {
        setWanted(range());
        const stays =
          place === null || seq === null ? place === seq : segmentAt(room().segments, seq) === segment();
        place = seq;
        if (!stays) signalPlace();
      }),
  };
}

const NO_ROWS: ReadonlyMap<string, Row> = new Map();
const NOTHING: Segment = { first: 1, messages: [] };

/** The row as it was before, if it is the same in every field. */
function sameRow(before: Row | undefined, row: Row): Row {
  const isSame = before && Object.entries(row).every(([name, value]) => before[name as keyof Row] === value);
  return isSame ? before : row;
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
