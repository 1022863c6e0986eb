import { onMount, untrack } from 'solid-js';
import { useRooms } from '../../rooms/rooms.store';
import { openRoomId } from '../../routing/router';
import { secondLoad } from '../../second-load/second-load';
import { Avatar } from '../../ui/avatar';
import { Icon } from '../../ui/icon';
import { MenuButton } from '../../ui/menu-button';
import { simulationWords, words } from '../../words/words';
import { ActingAs } from './acting-as';
import { useIdentity } from './identity.store';

/** The page is made anew for another user: the focus goes on where it was. */
let isChanging = false;

/** Who this window is. Opens the menu in which it becomes somebody else. */
export function SimulationAccount() {
  const identity = useIdentity();
  const rooms = useRooms();
  const username = untrack(() => identity.me()?.username ?? '');

  onMount(() => {
    if (isChanging) document.querySelector<HTMLElement>('[popovertarget="account-menu"]')?.focus();
    isChanging = false;
  });

  /** The open room, for its own two users; the list for all others. */
  function roomFor(chosen: string): number | null {
    isChanging = true;
    const roomId = openRoomId();
    const users = (roomId === null ? undefined : rooms.get(roomId))?.room.users ?? [];
    return users.some((user) => user.username === chosen) ? roomId : null;
  }

  return (
    <MenuButton
      menuId="account-menu"
      class="account-button"
      failure={words.notLoaded.account}
      load={async () => {
        const [{ Menu }, { SETTINGS_PATH }] = await Promise.all([
          import('../../ui/menu'),
          import('../../settings/settings-icon'),
        ]);
        return (opener) => (
          <Menu
            id="account-menu"
            label={simulationWords.menu}
            class="account-menu-place"
            header={<ActingAs roomFor={roomFor} />}
            items={[
              {
                icon: SETTINGS_PATH,
                title: simulationWords.settings,
                run: () => secondLoad().demand(() => secondLoad().content()?.openSettings(opener)),
              },
            ]}
          />
        );
      }}
    >
      <Avatar name={username} small />
      <span class="grid min-w-0 flex-1">
        <span class="truncate font-semibold">{username}</span>
        <span class="text-xs text-pretty text-muted">{simulationWords.label}</span>
      </span>
      <Icon name="chevron" class="size-4 rotate-180 text-muted" />
    </MenuButton>
  );
}
