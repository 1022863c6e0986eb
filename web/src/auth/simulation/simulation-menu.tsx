import { createSignal, Show } from 'solid-js';
import { ProfileDialog } from '../../profile/profile-dialog';
import { useRooms } from '../../rooms/rooms.store';
import { openRoomId } from '../../routing/router';
import { secondLoad } from '../../second-load/second-load';
import { SETTINGS_PATH } from '../../settings/settings-icon';
import { Menu } from '../../ui/menu';
import { simulationWords, type ProfileWords } from '../../words/words';
import { ActingAs } from './acting-as';
import type { Identity } from './identity.store';
import { createSomeoneElse } from './someone-else';

const PERSON = 'M12 12a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9Zm-8 9a8 8 0 0 1 16 0';

interface SimulationMenuProps {
  identity: Identity;
  opener: HTMLElement | undefined;
  profileWords: ProfileWords;
  /** The window is about to become another user. */
  onChange(): void;
}

/** Who this window is, the profile of that user, and the settings. */
export function SimulationMenu(props: SimulationMenuProps) {
  const rooms = useRooms();
  const [isProfileOpen, setProfileOpen] = createSignal(false);

  /** The open room, for its own two users; the list for all others. */
  function roomFor(chosen: string): number | null {
    props.onChange();
    const roomId = openRoomId();
    const users = (roomId === null ? undefined : rooms.get(roomId))?.room.users ?? [];
    return users.some(({ username }) => username === chosen) ? roomId : null;
  }

  const someoneElse = createSomeoneElse(
    {
      get identity() {
        return props.identity;
      },
      roomFor,
    },
    () => props.opener?.focus(),
  );

  return (
    <>
      <Menu
        id="account-menu"
        label={simulationWords.menu}
        class="account-menu-place"
        header={<ActingAs identity={props.identity} roomFor={roomFor} onSomeoneElse={someoneElse.open} />}
        items={[
          { icon: PERSON, title: simulationWords.profile, run: () => setProfileOpen(true) },
          {
            icon: SETTINGS_PATH,
            title: simulationWords.settings,
            run: () => secondLoad().demand(() => secondLoad().content()?.openSettings(props.opener)),
          },
        ]}
      />
      <someoneElse.Place />
      <Show when={isProfileOpen()}>
        <ProfileDialog
          words={props.profileWords}
          onClose={() => {
            setProfileOpen(false);
            props.opener?.focus();
          }}
        />
      </Show>
    </>
  );
}
