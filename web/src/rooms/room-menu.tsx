import type { ClientRoom } from '@parley/client';
import { untrack } from 'solid-js';
import { Layer, type Point } from '../messages/actions/layer';
import { MenuItems } from '../ui/menu';
import { nameOf } from '../users/name-of';
import { secondWords } from '../words/words';
import { createRoomActions } from './room-actions';
import { useRooms } from './rooms.store';

interface RoomMenuProps {
  room: ClientRoom;
  /** Null: as a sheet at the bottom of the window. */
  at: Point | null;
  opener: HTMLElement;
  /** It asks for how long the chat is to be muted. */
  isMuting: boolean;
  /** Called after `onClose`: it is to open again, and ask that. */
  onMute(): void;
  onClose(): void;
}

/** What the user can do to a chat, at its row in the list. */
export function RoomMenu(props: RoomMenuProps) {
  const rooms = useRooms();
  const actions = createRoomActions();
  // As they are when it opens: new items would take the focus with the old ones, and what it was opened for is gone when one is chosen.
  const { label, items, onClose } = untrack(() => {
    const { isMuting, onMute } = props;
    return {
      label: isMuting ? secondWords.listing.mute : secondWords.listing.menu(nameOf(rooms.peerOf(props.room))),
      items: isMuting ? actions.mutes(props.room) : actions.items(props.room, onMute),
      onClose: props.onClose,
    };
  });

  return (
    <Layer at={props.at} opener={props.opener} onClose={onClose}>
      <div data-focus="">
        <MenuItems label={label} items={items} onChosen={onClose} />
      </div>
    </Layer>
  );
}
