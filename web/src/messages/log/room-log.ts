import { firstUnread, watermarksOf, type ClientRoom, type Segment } from '@parley/client';
import type { Message } from '@parley/shared';
import { createEffect, createMemo, createSignal, on, untrack, type Accessor } from 'solid-js';
import type { Session } from '../../auth/session';
import type { Chat } from '../../realtime/chat.store';
import { hasAttention } from '../../ui/attention';
import { createReadMark, type ReadMark } from '../receipts/read-mark';
import { isFormatComing } from '../text/format';
import { createHistory, type History } from './history.store';
import { createLogModel, type LogModel } from './log.model';
import { createLogScroll, type LogScroll } from './log.scroll';
import { placeToOpen, type Place } from './place';
import type { WithUnsent } from './with-unsent';
import { createUnreadDivider } from './unread-divider';

/** Messages in sight at most, on a large screen. */
const SHOWN_AT_ONCE = 60;

/** The log of an open room: what is shown, what is loaded, where the user is, and how far the user has read. */
export interface RoomLog {
  model: LogModel;
  history: History;
  scroll: LogScroll;
  readMark: ReadMark;
  /** Whether enough is loaded to be shown. */
  isFilled: Accessor<boolean>;
  /** The user looks at the end, and at every message that is not read. */
  isAttended: Accessor<boolean>;
  /** There are unread messages before those in sight. */
  hasUnreadAbove: Accessor<boolean>;
}

/**
 * `targetSeq`: the message that the URL names, or null; the log goes there when it changes. `left`: where the user left the
 * room before. `marked`: the message from which on the user has marked the room as unread, or null. `withUnsent`: once it is loaded.
 */
export function createRoomLog(
  chat: Chat,
  session: Session,
  room: Accessor<ClientRoom>,
  asSeen: (message: Message) => Message,
  targetSeq: Accessor<number | null>,
  left: Place | undefined,
  marked: Accessor<number | null>,
  withUnsent: () => WithUnsent | undefined,
): RoomLog {
  const { me } = chat;
  const roomId = untrack(room).room.id;
  const opening = untrack(() => placeToOpen(room(), me, targetSeq(), left, marked()));
  let scroll: LogScroll | undefined;

  /** Messages that a `sync` brings after a reload have come while the user was away: it is true after they are there. */
  const [isCurrent, setCurrent] = createSignal(false);
  createEffect(() => setCurrent(!chat.state().isRestored));
  const isFollowing = () => (scroll?.isAtEnd() ?? false) && hasAttention() && isCurrent();
  const readMark = createReadMark(room, me, (seq) => chat.client.markRead(roomId, seq));
  const dividerAfter = createUnreadDivider(room, me, readMark.seq, isFollowing);
  const model = createLogModel({
    me: session.user,
    outbox: () => chat.state().outbox,
    asSeen,
    room,
    clockAheadMs: () => chat.client.clockAheadMs,
    withUnsent,
    unreadAfter: () => {
      const seq = marked();
      return seq === null ? dividerAfter() : seq - 1;
    },
    openAt: opening.kind === 'end' ? null : opening.seq,
  });
  const history = createHistory(chat, session, room, model.segment);

  /** At first only the newest message of a room is known, and nothing around any other. */
  const isLoaded = () => {
    const segment = model.segment();
    return (
      segment !== undefined &&
      (segment.messages.length > 1 ||
        segment.first <= (room().room.expired_seq ?? 0) + 1 ||
        history.hasFailed())
    );
  };
  /** Nothing is shown yet, and what would be shown would move at once. */
  const isHeld = createMemo<boolean>(
    (held) => held && (!isLoaded() || isFormatComing(textsOf(model.segment()))),
    true,
  );
  const isFilled = () => isLoaded() && !isHeld();
  const unreadSeq = () => firstUnread(room(), me, readMark.seq());
  const created = createLogScroll(model, history, isFilled, unreadSeq, opening);
  scroll = created;

  createEffect(() => {
    const seq = model.position();
    if (isLoaded() || history.hasFailed()) return;
    if (model.segment()) history.loadOlder();
    else if (seq !== null && seq <= room().room.last_seq) history.loadAround(seq);
    // The server has restored an older database: the message is gone.
    else created.goTo({ kind: 'end' });
  });
  // What has disappeared unread is not there to be seen.
  createEffect(() => {
    const isLeft = room().room.unread_count > 0 && readMark.seq() === watermarksOf(room(), me).read;
    if (isFollowing() && isLeft && unreadSeq() === null) readMark.readAll();
  });
  const goToTarget = (seq: number | null) => {
    if (seq !== null) created.goTo(placeToOpen(room(), me, seq));
  };
  createEffect(on(targetSeq, goToTarget, { defer: true }));
  // What was kept is up to date now: the room opens as it would have without it, unless the user has gone elsewhere.
  createEffect(
    on(
      () => chat.state().isRestored,
      (isRestored, wasRestored) => {
        const unread = unreadSeq();
        if (!wasRestored || isRestored || !created.isAtEnd()) return;
        if (targetSeq() !== null) goToTarget(targetSeq());
        else if (unread !== null && room().room.unread_count) created.goTo({ kind: 'unread', seq: unread });
      },
    ),
  );

  const hasUnreadAbove = () => {
    const unread = unreadSeq();
    return unread !== null && unread < (created.firstVisible() ?? 0);
  };

  return {
    model,
    history,
    scroll: created,
    readMark,
    isFilled,
    hasUnreadAbove,
    isAttended: () => isFollowing() && !hasUnreadAbove(),
  };
}

/** Of the newest messages, as many as may be in sight. */
function textsOf(segment: Segment | undefined): string[] {
  return segment?.messages.slice(-SHOWN_AT_ONCE).map(({ text }) => text) ?? [];
}
