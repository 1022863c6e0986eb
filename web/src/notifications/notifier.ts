import type { ClientRoom } from '@parley/client';
import { isQuiet, type PushedMessage } from '@parley/shared';
import { createEffect, createMemo, onCleanup, untrack } from 'solid-js';
import type { Session } from '../auth/session';
import type { Chat } from '../realtime/chat.store';
import type { Rooms } from '../rooms/rooms.store';
import { navigate, openRoomId } from '../routing/router';
import { useSettings } from '../settings/settings.store';
import { hasAttention } from '../ui/attention';
import { heldLocks, holdLock } from '../ui/locks';
import { nameOf } from '../users/name-of';
import { notificationWords } from './notification-words';
import { createQuestion } from './ask-for-notifications';
import { permission } from './permission';
import { createShownNotifications } from './shown-notifications';
import { followClicks, keepPushSubscription } from './push-subscription';
import { playSound } from './sound';
import { showUnreadSigns } from './unread-signs';
import { attendedLock, attentionLock, notifierLock } from './window-locks';

/**
 * Time from a message to its notification, in milliseconds: so long does a device on which the user is reading need to say
 * that it is read.
 */
const WAIT_MS = 1_200;
/** Most chats that are notified of at once: after a long sleep of the device there may be many. */
const MAX_AT_ONCE = 3;

/**
 * Notifies the user of this window of messages, once for all windows of this browser, until the owner is disposed. Nothing
 * comes of a chat that is muted, is a request, or that the user looks at, and nothing in the quiet hours.
 */
export function notify(chat: Chat, rooms: Rooms, session: Session): void {
  const { me } = chat;
  const settings = useSettings();
  const question = createQuestion(me, () => settings().notifications);
  const shown = createShownNotifications(me);
  keepPushSubscription(session, () => settings().notifications && permission() === 'granted');
  followClicks(me, (roomId) => navigate(session.hrefTo(roomId)));
  const all = createMemo(() => chat.state().rooms);
  let isNotifier = false;
  /** What is older was there before the window, though it may arrive later. By the clock of the device. */
  const startedAt = Date.now();

  const isCounted = (room: ClientRoom) => {
    const { request, blocked } = room.room;
    return !request && !blocked && rooms.unreadOf(room) > 0 && rooms.listingOf(room).muted_until === null;
  };
  const openPeer = () => {
    const room = rooms.get(openRoomId() ?? 0);
    return room ? nameOf(rooms.peerOf(room)) : null;
  };

  showUnreadSigns(() => Object.values(all()).filter(isCounted).length, openPeer);
  onCleanup(holdLock(notifierLock(me), 'exclusive', () => (isNotifier = true)));
  createEffect(() => hasAttention() && onCleanup(holdLock(attentionLock(me), 'shared')));
  createEffect(() => {
    const roomId = rooms.attended();
    if (roomId !== null) onCleanup(holdLock(attendedLock(me, roomId), 'shared'));
  });

  /** The newest `seq` of each room; null before the first list. */
  let known: Map<number, number> | null = null;
  const arrived = new Set<number>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  createEffect(() => {
    const now = all();
    if (!chat.state().ready) return;
    shown.closeRead((roomId) => (now[roomId]?.room.unread_count ?? 0) > 0);
    for (const room of known ? Object.values(now) : []) {
      const { id, last_seq, last_message: message } = room.room;
      const isNew = last_seq > (known?.get(id) ?? 0) && Date.parse(message?.timestamp ?? '') >= startedAt;
      if (isNew && message?.sender.id !== me && untrack(() => isCounted(room))) arrived.add(id);
    }
    known = new Map(Object.values(now).map(({ room }) => [room.id, room.last_seq]));
    if (arrived.size > 0) timer ??= setTimeout(() => void decide(), WAIT_MS);
  });

  async function decide(): Promise<void> {
    timer = undefined;
    const ids = [...arrived];
    arrived.clear();
    const held = await heldLocks();
    const waiting = ids.flatMap((id) => {
      const room = all()[id];
      return room && isCounted(room) && !held.has(attendedLock(me, id)) ? room : [];
    });
    if (waiting.length === 0) return;
    if (!hasAttention()) question.ask();
    if (!isNotifier || isQuiet(settings().quiet_hours, new Date())) return;
    const messages = await withoutPushed(waiting.flatMap((room) => messageOf(room) ?? []));
    if (messages.length === 0) return;
    if (settings().sounds) void playSound();
    if (held.has(attentionLock(me)) || hasAttention()) return;
    if (!settings().notifications || permission() !== 'granted') return;
    await Promise.all(messages.slice(-MAX_AT_ONCE).map(show));
  }

  /** Those of which a push has not notified already: browsers let the timers of a window wait that nobody sees. */
  async function withoutPushed(messages: PushedMessage[]): Promise<PushedMessage[]> {
    const arePushed = await Promise.all(messages.map((message) => shown.isShown(message)));
    return messages.filter((_, index) => !arePushed[index]);
  }

  /** As the server would push it. Null: it was deleted meanwhile. */
  function messageOf(room: ClientRoom): PushedMessage | null {
    const { id, last_message: message, unread_count } = room.room;
    return (
      message && {
        type: 'message',
        user_id: me,
        as: session.mode === 'simulation' ? session.user.username : null,
        room_id: id,
        message_id: message.id,
        seq: message.seq,
        sender: nameOf(rooms.peerOf(room)),
        text: settings().notification_text ? message.text : null,
        has_files: (message.attachments?.length ?? 0) > 0,
        unread_count,
      }
    );
  }

  function show(message: PushedMessage): Promise<void> {
    const { unread_count, text, has_files, room_id } = message;
    return shown.show(message, notificationWords.body(unread_count, text ?? '', has_files), () =>
      navigate(session.hrefTo(room_id)),
    );
  }

  const leave = () => shown.leave();
  window.addEventListener('pagehide', leave);
  onCleanup(() => {
    window.removeEventListener('pagehide', leave);
    clearTimeout(timer);
    shown.closeAll();
  });
}
