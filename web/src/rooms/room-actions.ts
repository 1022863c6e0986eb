import { MUTED_FOREVER, type ChangeRoomSettings } from '@parley/shared';
import type { ClientRoom } from '@parley/client';
import { useSession } from '../auth/session';
import { useChat } from '../realtime/chat.store';
import type { MenuItem } from '../ui/menu';
import { dismissNotice, notices, showNotice } from '../ui/notices';
import { nameOf } from '../users/name-of';
import { secondWords } from '../words/words';
import { LISTING_NOTICE, changeListing, markRoom } from './change-listing';
import { MUTE, PIN } from './room-signs';
import { useRooms } from './rooms.store';

const ARCHIVE = 'M3 4h18v5H3ZM5 9v11h14V9M10 13h4';
const UNREAD = 'M20 11v4a3 3 0 0 1-3 3H9l-5 4V8a3 3 0 0 1 3-3h6m6 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z';
const READ = 'm1 13 5 5L16 7m-6 11L21 7';
const CLOCK = 'M12 7v5l3 2m-3 8a10 10 0 1 0 0-20 10 10 0 0 0 0 20Z';

const HOUR_MS = 3_600_000;
const MUTES = [
  ['hour', HOUR_MS],
  ['hours', 8 * HOUR_MS],
  ['week', 7 * 24 * HOUR_MS],
  ['always', null],
] as const;

/** How long a change can be undone, in milliseconds. */
const UNDO_MS = 8_000;

interface Undo {
  text: string;
  to: ChangeRoomSettings;
}

/** What a user can do to a chat as a whole, as items of a menu. */
export interface RoomActions {
  /** @param onMute opens {@link mutes}. */
  items(room: ClientRoom, onMute: () => void): MenuItem[];
  /** For how long a chat can be muted. */
  mutes(room: ClientRoom): MenuItem[];
}

export function createRoomActions(): RoomActions {
  const session = useSession();
  const chat = useChat();
  const rooms = useRooms();
  const words = secondWords.listing;

  /** @param undo what takes it back, and what the user reads then. */
  async function change(room: ClientRoom, to: ChangeRoomSettings, undo?: Undo): Promise<void> {
    if (!(await changeListing(session, room.room.id, to)) || !undo) return;
    const { text } = undo;
    showNotice({
      id: LISTING_NOTICE,
      text,
      action: { label: words.undo, run: () => void change(room, undo.to) },
    });
    setTimeout(() => {
      if (notices().some((notice) => notice.id === LISTING_NOTICE && notice.text === text))
        dismissNotice(LISTING_NOTICE);
    }, UNDO_MS);
  }

  function markRead(room: ClientRoom): void {
    chat.client.markRead(room.room.id, room.room.last_seq);
    if (rooms.listingOf(room).marked_unread) markRoom(session, room.room.id, null);
  }

  const peerName = (room: ClientRoom) => nameOf(rooms.peerOf(room));

  function mute(room: ClientRoom, ms: number | null): void {
    const muted_until = ms === null ? MUTED_FOREVER : new Date(Date.now() + ms).toISOString();
    void change(room, { muted_until }, { text: words.mutedNow(peerName(room)), to: { muted_until: null } });
  }

  return {
    items(room, onMute) {
      const { pinned, muted_until, archived, marked_unread } = rooms.listingOf(room);
      const isUnread = marked_unread || room.room.unread_count > 0;
      return [
        {
          icon: isUnread ? READ : UNREAD,
          title: isUnread ? words.markRead : words.markUnread,
          run: () => (isUnread ? markRead(room) : markRoom(session, room.room.id, room.room.last_seq)),
        },
        {
          icon: PIN,
          title: pinned ? words.unpin : words.pin,
          run: () => void change(room, { pinned: !pinned }),
        },
        muted_until === null
          ? { icon: MUTE, title: words.mute, run: onMute }
          : { icon: MUTE, title: words.unmute, run: () => void change(room, { muted_until: null }) },
        {
          icon: ARCHIVE,
          title: archived ? words.unarchive : words.archive,
          run: () =>
            void change(
              room,
              { archived: !archived },
              archived
                ? undefined
                : {
                    text: words.archivedNow(peerName(room)),
                    to: { archived: false, ...(pinned ? { pinned } : {}) },
                  },
            ),
        },
      ];
    },
    mutes: (room) =>
      MUTES.map(([name, ms]) => ({ icon: CLOCK, title: words.mutes[name], run: () => mute(room, ms) })),
  };
}
