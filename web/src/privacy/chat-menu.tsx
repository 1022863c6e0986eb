import type { ClientRoom } from '@parley/client';
import type { User } from '@parley/shared';
import { createMemo, createSignal, Show, untrack } from 'solid-js';
import { createRoomActions } from '../rooms/room-actions';
import { RoomMenu } from '../rooms/room-menu';
import { useRooms } from '../rooms/rooms.store';
import { useSession } from '../auth/session';
import { Menu, type MenuItem } from '../ui/menu';
import { showNotice } from '../ui/notices';
import { nameOf } from '../users/name-of';
import { privacyWords } from '../words/words';
import { createPeerActions } from './peer-actions';
import { PeerDialog, type PeerView } from './peer-dialog';

const SHARE = 'M2 12s3.5-7 10-7 10 7 10 7-3.5 7-10 7-10-7-10-7Zm10 3a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z';
const TIMER = 'M12 22a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-14v5l3 2M9 2h6';
const BLOCK = 'M12 22a10 10 0 1 0 0-20 10 10 0 0 0 0 20ZM5 5l14 14';
const REPORT = 'M5 22V4.5c4.5-2.5 7 2 11 .5 1.2-.4 2-.8 3-1.5v10c-4.5 3-7-1.5-11 0-1.2.4-2 .8-3 1.5';

interface ChatMenuProps {
  room: ClientRoom;
  peer: User;
  opener: HTMLElement | undefined;
}

/** What the user can do about the other of a chat, and the dialogs for it. */
export function ChatMenu(props: ChatMenuProps) {
  const actions = createPeerActions();
  const session = useSession();
  const rooms = useRooms();
  const ofRoom = createRoomActions();
  const [view, setView] = createSignal<PeerView | null>(null);
  const [isMuting, setMuting] = createSignal(false);
  const name = createMemo(() => nameOf(props.peer));
  const isBlocked = createMemo(() => props.room.room.blocked === true);
  /** The chat is one that the user takes part in: else the server would refuse it. */
  const canSetTimer = createMemo(() => !isBlocked() && !props.room.room.request && !props.peer.deleted);

  async function unblock(): Promise<void> {
    if (!(await actions.unblock(props.peer))) {
      const action = { label: privacyWords.tryAgain, run: () => void unblock() };
      showNotice({ id: 'not-unblocked', text: actions.problem(), action });
    }
  }

  /** What the items of the room depend on. */
  const listing = createMemo(
    () => `${JSON.stringify(rooms.listingOf(props.room))} ${props.room.room.unread_count > 0}`,
  );
  const roomItems = createMemo(() => {
    listing();
    if (props.room.room.request) return [];
    return untrack(() => ofRoom.items(props.room, () => setMuting(true)));
  });

  // Only when one of them changes: new items would take the focus with the old ones.
  const items = createMemo((): MenuItem[] => {
    const timer = { icon: TIMER, title: privacyWords.timer.title, run: () => setView('timer') };
    // Nobody can hide from others, or block them, where anyone can be anyone.
    if (session.mode === 'simulation') return [...roomItems(), timer];
    return [
      ...roomItems(),
      { icon: SHARE, title: privacyWords.share.title, run: () => setView('share') },
      ...(canSetTimer() ? [timer] : []),
      isBlocked()
        ? { icon: BLOCK, title: privacyWords.block.undo(name()), run: () => void unblock() }
        : {
            icon: BLOCK,
            title: privacyWords.block.action(name()),
            isDanger: true,
            run: () => setView('block'),
          },
      {
        icon: REPORT,
        title: privacyWords.report.action(name()),
        isDanger: true,
        run: () => setView('report'),
      },
    ];
  });

  return (
    <>
      <Menu id="chat-menu" label={privacyWords.menu(name())} class="chat-menu-place" items={items()} />
      <Show when={isMuting() && props.opener}>
        {(opener) => (
          <RoomMenu
            room={props.room}
            at={belowOf(opener())}
            opener={opener()}
            isMuting={true}
            onMute={() => undefined}
            onClose={() => setMuting(false)}
          />
        )}
      </Show>
      <PeerDialog
        view={view()}
        room={props.room}
        peer={props.peer}
        onClose={() => {
          setView(null);
          props.opener?.focus();
        }}
      />
    </>
  );
}

function belowOf(element: HTMLElement): { x: number; y: number } {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left, y: bottom };
}
